import { encodeLatin1, isAscii } from "../../host/index.js";
import type {
  Clock,
  DecodeLatin1,
  EncodeUtf8,
  Io,
  Listener,
  Log,
  TimerHandle,
  Timers,
  WallClock,
} from "../../host/index.js";
import { CommonFields } from "./common-fields.js";
import { Connection } from "./connection.js";
import type { Answer, ConnectionOwner } from "./connection-owner.js";
import type { HandlerFinder } from "./handler.js";
import type { HttpLimits } from "./limits.js";
import { COALESCED_WRITE } from "../message/outbox.js";
import type { Receiver } from "./receiver.js";

/** Bytes read from a socket at a time: what a segment carries. One for the whole server. */
const READ_LENGTH = 1460;

export interface ConnectionPoolOptions {
  readonly io: Io;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly wallClock: WallClock | undefined;
  readonly serverName: string | undefined;
  readonly log: Log | undefined;
  readonly limits: HttpLimits;
  readonly router: HandlerFinder;
  readonly encode: EncodeUtf8;
  readonly decode: DecodeLatin1 | undefined;
  readonly onAnswer: ((answer: Answer) => void) | undefined;
  readonly secure: boolean;
  readonly trace: boolean;
}

/** The connections of a server: a bounded number of them, and one timer for the deadlines of all. */
export class ConnectionPool implements ConnectionOwner {
  readonly io: Io;
  readonly clock: Clock;
  readonly log: Log | undefined;
  readonly limits: HttpLimits;
  readonly router: HandlerFinder;
  readonly encode: EncodeUtf8;
  readonly decode: DecodeLatin1 | undefined;
  readonly onAnswer: ((answer: Answer) => void) | undefined;
  readonly secure: boolean;
  readonly trace: boolean;
  readonly inMemory = new Uint8Array(READ_LENGTH);
  readonly outMemory = new Uint8Array(COALESCED_WRITE);
  readonly #timers: Timers;
  readonly #commonFields: CommonFields;
  readonly #connections: Connection[] = [];
  #listener: Listener | undefined;
  /** Connections that the listener has reported and that were not read yet. */
  #waiting = 0;
  /** When those that wait are told that they wait in vain. */
  #sendAwayAt = Infinity;
  /** The one that is being told so. */
  #sentAway: Connection | undefined;
  #timer: TimerHandle;
  #wakesAt = Infinity;
  #isAdmitting = false;
  #isPumping = false;
  readonly #toPump: Receiver[] = [];
  #pumpTimer: TimerHandle;
  /** The head that was sent last: the next one is often the same, and to encode it is a good part of the work. */
  #head = "";
  #headBytes: Uint8Array = new Uint8Array(0);

  constructor(options: ConnectionPoolOptions) {
    this.io = options.io;
    this.clock = options.clock;
    this.log = options.log;
    this.limits = options.limits;
    this.router = options.router;
    this.encode = options.encode;
    this.decode = options.decode;
    this.onAnswer = options.onAnswer;
    this.secure = options.secure;
    this.trace = options.trace;
    this.#timers = options.timers;
    this.#commonFields = new CommonFields(options.serverName, options.wallClock);
  }

  get size(): number {
    return this.#connections.length;
  }

  get crowded(): boolean {
    return this.#waiting > 0;
  }

  get commonFields(): string {
    return this.#commonFields.lines;
  }

  encodeHead(head: string): Uint8Array {
    if (head !== this.#head) {
      const bytes = this.encode(head);
      this.#headBytes = isAscii(head, bytes) ? bytes : encodeLatin1(head);
      this.#head = head;
    }
    return this.#headBytes;
  }

  /** `count` connections wait in the listener: takes them as there is room, the others go on waiting. */
  admit(listener: Listener, count: number): void {
    this.#listener = listener;
    this.#waiting = count;
    this.admitWaiting();
  }

  /** Closes all connections; what was written is still sent. Those that wait are the listener's. */
  closeAll(): void {
    this.#listener = undefined;
    this.#waiting = 0;
    this.#sendAwayAt = Infinity;
    this.#sentAway?.close();
    for (const connection of [...this.#connections]) connection.close();
  }

  pump(receiver: Receiver): void {
    if (this.#isPumping) {
      this.#toPump.push(receiver);
      return;
    }
    this.#isPumping = true;
    try {
      receiver.run();
      while (this.#toPump.length > 0) this.#toPump.shift()!.run();
    } finally {
      this.#isPumping = false;
    }
  }

  pumpSoon(receiver: Receiver): void {
    this.#toPump.push(receiver);
    if (this.#isPumping || this.#pumpTimer !== undefined) return;
    this.#pumpTimer = this.#timers.set(() => {
      this.#pumpTimer = undefined;
      const next = this.#toPump.shift();
      if (next !== undefined) this.pump(next);
    }, 0);
  }

  watch(deadline: number): void {
    if (deadline >= this.#wakesAt) return;
    this.#timers.clear(this.#timer);
    this.#wakesAt = deadline;
    this.#timer = this.#timers.set(() => this.expire(), deadline - this.clock.now());
  }

  closed(connection: Connection): void {
    if (connection === this.#sentAway) this.#sentAway = undefined;
    else this.#connections.splice(this.#connections.indexOf(connection), 1);
    if (this.#connections.length === 0 && this.#sentAway === undefined) {
      this.#timers.clear(this.#timer);
      this.#timer = undefined;
      this.#wakesAt = Infinity;
    }
    this.admitWaiting();
  }

  private admitWaiting(): void {
    // A connection that is closed here comes back through `closed`.
    if (this.#isAdmitting || !this.crowded) return;
    this.#isAdmitting = true;
    this.admitToFreePlaces();
    while (this.crowded) {
      const spare = this.#connections.find((connection) => connection.isSpare);
      if (spare === undefined) break;
      spare.close();
      this.admitToFreePlaces();
    }
    if (this.crowded) this.makeWait();
    else this.#sendAwayAt = Infinity;
    this.#isAdmitting = false;
  }

  private admitToFreePlaces(): void {
    while (this.#connections.length < this.limits.connections) {
      const connection = this.accept();
      if (connection === undefined) return;
      this.#connections.push(connection);
      this.#sendAwayAt = Infinity;
    }
  }

  /** The next connection that waits; undefined if none does any more. */
  private accept(): Connection | undefined {
    while (this.#waiting > 0) {
      const tcp = this.#listener?.read();
      this.#waiting = tcp === undefined ? 0 : this.#waiting - 1;
      try {
        if (tcp !== undefined) return new Connection(this, tcp);
      } catch (error) {
        // It was reset while it waited.
        this.log?.("debug", `connection lost before it was served: ${String(error)}`);
      }
    }
    return undefined;
  }

  private makeWait(): void {
    for (const connection of this.#connections) connection.crowd();
    const now = this.clock.now();
    if (this.#sendAwayAt === Infinity) {
      // A client that is too slow is told so, and that takes time, too.
      this.#sendAwayAt = now + this.limits.crowdedTime + this.limits.lingerTime;
      this.watch(this.#sendAwayAt);
    } else if (this.#sendAwayAt <= now && this.#sentAway === undefined) {
      this.#sentAway = this.accept();
      this.#sentAway?.sendAway();
    }
  }

  private expire(): void {
    this.#timer = undefined;
    this.#wakesAt = Infinity;
    const now = this.clock.now();
    for (const connection of [...this.#connections]) if (connection.deadline <= now) connection.expire();
    if (this.#sentAway !== undefined && this.#sentAway.deadline <= now) this.#sentAway.expire();
    if (this.#sendAwayAt <= now) this.admitWaiting();
    let next = Math.min(
      this.#sendAwayAt > now ? this.#sendAwayAt : Infinity,
      this.#sentAway?.deadline ?? Infinity,
    );
    for (const connection of this.#connections) next = Math.min(next, connection.deadline);
    if (next < Infinity) this.watch(next);
  }
}
