import type { Cidr } from "wirelet/address";
import type { Clock, WallClock } from "wirelet/host";
import type { CancelSignal, SocketProvider } from "wirelet/socket";

/** The host that a program runs on: simulated, this computer, a stack of its own on a TAP interface, or a device. */
export interface Host {
  /** What sockets are made of. */
  readonly sockets: SocketProvider;
  /** The host's own address, and its network: "192.168.1.10/24". */
  readonly network: Cidr;
  /** Measures how long something takes. */
  readonly clock: Clock;
  /** Knows what time of day it is, if the host does. */
  readonly wallClock: WallClock;
}

/** What an example gets when it is started. It knows nothing else of where it runs. */
export interface Context extends Host {
  readonly args: readonly string[];
  /** The lines that the user types, until there are no more. */
  readonly input: AsyncIterable<string>;
  /** Tells the user something, in one line. */
  readonly print: (line: string) => void;
  /** Fires when the program is to end. Calls that wait take it, and are rejected then. */
  readonly signal: CancelSignal;
}

/** An example, or one role of it. It ends when its promise is settled. */
export type Program = (context: Context) => Promise<void>;
