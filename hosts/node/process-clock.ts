import type { Clock } from "../../src/host/index.js";

/** Milliseconds since the process began; monotonic, with fractions. */
export const processClock: Clock = Object.freeze({ now: () => performance.now() });
