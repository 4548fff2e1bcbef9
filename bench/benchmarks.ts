import type { Benchmark } from "./benchmark.js";
import { echo } from "./echo.js";
import { http } from "./http.js";
import { tcp } from "./tcp.js";

/** All of them, in the order in which they run. */
export const BENCHMARKS: readonly Benchmark[] = Object.freeze([tcp, echo, http]);
