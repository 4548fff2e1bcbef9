import type { Io, Resolver, Timers } from "../host/index.js";

/** What sockets run on: a host of the simulator, Node, or a device. */
export interface SocketProvider {
  readonly io: Io;
  /** For time limits. */
  readonly timers: Timers;
  /** Absent: no names can be given, but for "localhost". */
  readonly resolve?: Resolver | undefined;
}
