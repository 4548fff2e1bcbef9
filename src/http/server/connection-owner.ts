import type { Clock, DecodeLatin1, EncodeUtf8, Io, Log } from "../../host/index.js";
import type { Connection } from "./connection.js";
import type { HandlerFinder } from "./handler.js";
import type { HttpLimits } from "./limits.js";
import type { Receiver } from "./receiver.js";

/** A response whose head is about to be sent, and what it answers. */
export interface Answer {
  /** Method and target of the request, as they stand in it; undefined if it was refused before they were known. */
  readonly method: string | undefined;
  readonly target: string | undefined;
  readonly status: number;
  /** The client, where the platform knows it. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
}

/** What the connections of a server share, and whom they report to. */
export interface ConnectionOwner {
  readonly io: Io;
  readonly clock: Clock;
  readonly log: Log | undefined;
  readonly limits: HttpLimits;
  readonly router: HandlerFinder;
  readonly secure: boolean;
  /** True if TRACE is answered. */
  readonly trace: boolean;
  readonly encode: EncodeUtf8;
  readonly decode: DecodeLatin1 | undefined;
  readonly onAnswer: ((answer: Answer) => void) | undefined;
  /** Memory to read into: for the receiver that runs, until it returns. */
  readonly inMemory: Uint8Array;
  /** Memory to put a write together in: for who flushes, until it returns. */
  readonly outMemory: Uint8Array;
  /** True while others wait for a connection to be free. */
  readonly crowded: boolean;
  /** The fields that each response has, as lines: Date and Server. */
  readonly commonFields: string;
  /** The head of a response as bytes, a character each; they are kept for the next that is the same. */
  encodeHead(head: string): Uint8Array;
  /** Has `receiver` run now, or when the one that runs has done. */
  pump(receiver: Receiver): void;
  /** Has `receiver` run soon: not from inside of the call. */
  pumpSoon(receiver: Receiver): void;
  /** Has `expire` called at a deadline, in monotonic ms. */
  watch(deadline: number): void;
  /** A connection is over. */
  closed(connection: Connection): void;
}
