import type { Benchmark } from "./benchmark.js";
import { parser as httpParser } from "./http/parser.js";
import { httpServer } from "./http/server.js";
import { simulated as httpSimulated } from "./http/simulated.js";
import { devices } from "./simulator/devices.js";
import { quietWeek } from "./simulator/quiet-week.js";
import { socketBytes } from "./socket/bytes.js";
import { socketMessages } from "./socket/messages.js";
import { allocation } from "./tcp/allocation.js";
import { bulk } from "./tcp/bulk.js";
import { connections } from "./tcp/connections.js";
import { echo } from "./tcp/echo.js";
import { tap } from "./tcp/tap.js";

/** All of them, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = Object.freeze([
  bulk,
  tap,
  echo,
  connections,
  allocation,
  socketBytes,
  socketMessages,
  httpParser,
  httpServer,
  httpSimulated,
  devices,
  quietWeek,
]);

/** Those that `name` selects: one, or with a folder's name all in it. */
export function benchmarksNamed(name: string): readonly Benchmark[] {
  return BENCHMARKS.filter((benchmark) => benchmark.name === name || benchmark.name.startsWith(`${name}/`));
}
