import { setImmediate as turn, setTimeout as delay } from "node:timers/promises";
import { nodeIo, nodeTimers } from "../../../../hosts/node/index.js";
import type { Task } from "../../../../hosts/node/tls/index.js";
import { neighbors } from "../../../../simulator/scenarios/neighbors.js";
import type { Lan } from "../../../../simulator/index.js";
import type { Io, Timers } from "../../../../src/host/index.js";

/** Where a client meets a server: what its sockets are, and how its time passes. */
export interface Place {
  readonly client: Io;
  readonly server: Io;
  /** The server's. */
  readonly address: string;
  readonly timers: Timers;
  readonly task?: Task;
  /** ms since it began. */
  now(): number;
  /** Lets so many ms pass. */
  pass(duration: number): Promise<void>;
  /** Waits until it holds. */
  until(condition: () => boolean): Promise<void>;
}

/** Node's sockets, over loopback. */
export function nodePlace(): Place {
  return {
    client: nodeIo,
    server: nodeIo,
    address: "127.0.0.1",
    timers: nodeTimers,
    now: () => performance.now(),
    pass: (duration) => delay(duration),
    async until(condition) {
      while (!condition()) await turn();
    },
  };
}

export interface SimulatedPlace extends Place {
  readonly lan: Lan;
}

/** Two hosts with this project's own TCP, on virtual time. */
export function simulatedPlace(options: { seed?: number; loss?: number } = {}): SimulatedPlace {
  const lan = neighbors(["client", "server"], options);
  const { simulation } = lan;
  return {
    lan,
    client: lan.find("client").stack.io,
    server: lan.find("server").stack.io,
    address: lan.find("server").subnet.address.toString(),
    timers: simulation.timers,
    task: (work) => simulation.task(work),
    now: () => simulation.now(),
    pass: (duration) => simulation.runFor(duration),
    until: (condition) => simulation.until(condition, { within: "30m" }),
  };
}

export const PLACES: readonly (readonly [name: string, open: () => Place])[] = [
  ["Node's sockets", nodePlace],
  ["a simulated LAN", () => simulatedPlace()],
  ["a simulated LAN that loses 5 % of the frames", () => simulatedPlace({ seed: 5, loss: 0.05 })],
];
