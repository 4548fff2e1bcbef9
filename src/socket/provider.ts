import type { IpAddress } from "../address/index.js";
import type { Io, Timers } from "../host/index.js";

/**
 * Finds the addresses of a host name, the one to try first in front.
 *
 * @throws whatever a call that was given the name is to be rejected with
 */
export type Resolver = (name: string) => readonly IpAddress[] | Promise<readonly IpAddress[]>;

/** What sockets run on: a host of the simulator, Node, or a device. */
export interface SocketProvider {
  readonly io: Io;
  /** For time limits. */
  readonly timers: Timers;
  /** Absent: no names can be given, but for "localhost". */
  readonly resolve?: Resolver | undefined;
}
