import type { Clock, EncodeUtf8, Io, Listener, Log, TimerHandle, Timers } from "../../host/index.js";
import { Connection, type ConnectionOwner } from "./connection.js";
import type { HttpLimits } from "../message/limits.js";
import type { HandlerFinder } from "./handler.js";

/** Bytes read from a socket at a time: what a segment carries. One for the whole server. */
const SCRATCH = 1460;

export interface ConnectionPoolOptions {
  readonly io: Io;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log | undefined;
  readonly limits: HttpLimits;
  readonly router: HandlerFinder;
  readonly encode: EncodeUtf8;
}

/** The connections of a server: a bounded number of them, and one timer for the deadlines of all. */
export class ConnectionPool implements ConnectionOwner {
  readonly io: Io;
  readonly clock: Clock;
  readonly log: Log | undefined;
  readonly limits: HttpLimits;
  readonly router: HandlerFinder;
  readonly encode: EncodeUtf8;
  readonly scratch = new Uint8Array(SCRATCH);
  readonly #timers: Timers;
  readonly #connections: Connection[] = [];
  #listener: Listener | undefined;
  /** Connections that the listener has reported and that were not read yet. */
  #waiting = 0;
  #timer: TimerHandle;
  #wakesAt = Infinity;
  #admitting = false;

  constructor(options: ConnectionPoolOptions) {
    this.io = options.io;
    this.clock = options.clock;
    this.log = options.log;
    this.limits = options.limits;
    this.router = options.router;
    this.encode = options.encode;
    this.#timers = options.timers;
  }

  get size(): number {
    return this.#connections.length;
  }

  get crowded(): boolean {
    return this.#waiting > 0;
  }

  /** `count` connections wait in the listener: takes them as there is room, the others go on waiting. */
  admit(listener: Listener, count: number): void {
    this.#listener = listener;
    this.#waiting = count;
    this.#admitWaiting();
  }

  /** Closes all connections; what was written is still sent. Those that wait are the listener's. */
  closeAll(): void {
    this.#listener = undefined;
    this.#waiting = 0;
    for (const connection of [...this.#connections]) connection.close();
  }

  watch(deadline: number): void {
    if (deadline >= this.#wakesAt) return;
    this.#timers.clear(this.#timer);
    this.#wakesAt = deadline;
    this.#timer = this.#timers.set(() => this.#expire(), deadline - this.clock.now());
  }

  closed(connection: Connection): void {
    this.#connections.splice(this.#connections.indexOf(connection), 1);
    if (this.#connections.length === 0) {
      this.#timers.clear(this.#timer);
      this.#timer = undefined;
      this.#wakesAt = Infinity;
    }
    this.#admitWaiting();
  }

  #admitWaiting(): void {
    // A connection that is closed here comes back through `closed`.
    if (this.#admitting) return;
    this.#admitting = true;
    this.#admitToFreePlaces();
    while (this.crowded) {
      const spare = this.#connections.find((connection) => connection.isSpare);
      if (spare === undefined) break;
      spare.close();
      this.#admitToFreePlaces();
    }
    if (this.crowded) for (const connection of this.#connections) connection.crowd();
    this.#admitting = false;
  }

  #admitToFreePlaces(): void {
    while (this.#waiting > 0 && this.#connections.length < this.limits.connections) {
      const tcp = this.#listener?.read();
      if (tcp === undefined) {
        this.#waiting = 0;
        return;
      }
      this.#waiting--;
      try {
        this.#connections.push(new Connection(this, tcp));
      } catch (error) {
        // It was reset while it waited.
        this.log?.("debug", `connection lost before it was served: ${String(error)}`);
      }
    }
  }

  #expire(): void {
    this.#timer = undefined;
    this.#wakesAt = Infinity;
    const now = this.clock.now();
    for (const connection of [...this.#connections]) if (connection.deadline <= now) connection.expire();
    let next = Infinity;
    for (const connection of this.#connections) next = Math.min(next, connection.deadline);
    if (next < Infinity) this.watch(next);
  }
}
