import type { IpAddress } from "../../../src/address/index.js";

/** What `poll` reports, with Linux's numbers. */
export const POLLIN = 0x001;
export const POLLPRI = 0x002;
export const POLLOUT = 0x004;
export const POLLERR = 0x008;
export const POLLHUP = 0x010;
export const POLLRDNORM = 0x040;
export const POLLWRNORM = 0x100;
export const POLLRDHUP = 0x2000;

/** The value of a socket option. */
export type OptionValue = number | string | { readonly onoff: number; readonly linger: number };

/**
 * A socket as BSD's system calls see one. What would block returns undefined, what fails throws `Errno` or
 * `NetworkError`, and what this stack cannot do throws `NotOffered`.
 */
export interface Socket {
  readonly protocol: "tcp" | "udp";
  /** O_NONBLOCK. */
  nonBlocking: boolean;
  /** Undefined until the socket is bound. */
  readonly localPort: number | undefined;
  /** Undefined until it is connected. */
  readonly remotePort: number | undefined;
  bind(port: number, address: IpAddress | undefined): void;
  listen(backlog: number): void;
  accept(): Socket | undefined;
  /** Begins to connect; `connected` tells how that went. */
  connect(address: IpAddress, port: number): void;
  /** @returns true once the connection stands */
  connected(): true | undefined;
  /** Up to `count` bytes; none at the end of the stream. */
  receive(count: number): Uint8Array | undefined;
  /** @returns how many bytes were taken */
  send(bytes: Uint8Array, to?: { readonly address: IpAddress; readonly port: number }): number | undefined;
  /** What was sent last is urgent. */
  markUrgent(): void;
  /** @param how what will not be done any more */
  shutdown(how: { readonly read: boolean; readonly write: boolean }): void;
  close(): void;
  /** The events of `poll` that hold now. */
  readonly pollEvents: number;
  /** Bytes that wait to be read (SIOCINQ). */
  readonly inputBytes: number;
  /** Bytes not acknowledged yet, sent or not (SIOCOUTQ). */
  readonly outputBytes: number;
  getOption(level: string, name: string): OptionValue;
  setOption(level: string, name: string, value: OptionValue): void;
  /** What `tcp_info` tells, by its fields' names. */
  readonly info: ReadonlyMap<string, number>;
}
