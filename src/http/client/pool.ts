import { NetworkError } from "../../error/index.js";
import type { Clock, Io, Resolver, SecureSockets, Timers } from "../../host/index.js";
import { COALESCED_WRITE } from "../message/outbox.js";
import { ClientConnection } from "./connection.js";
import type { ClientLimits } from "./limits.js";
import { Opening, type Dialer } from "./opening.js";
import type { Route } from "./route.js";

/** Who waits for a connection. */
export interface Ticket {
  readonly route: Route;
  /** True if a kept connection will not do. */
  readonly isFresh: boolean;
  /** An idle connection that is the ticket's now. */
  take(connection: ClientConnection): void;
  refuse(error: unknown): void;
}

/** What a pool is made of. */
export interface PoolOptions {
  readonly io: Pick<Io, "TCP">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly resolve: Resolver | undefined;
  readonly secure: SecureSockets | undefined;
  readonly limits: ClientLimits;
}

/** Bytes read from a socket at a time: what a segment carries. One for the whole client. */
const SCRATCH = 1460;

/** Connections: a bounded number of them, kept for a while after use, and those who wait for one. */
export class Pool implements Dialer {
  readonly io: Pick<Io, "TCP">;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly resolve: Resolver | undefined;
  readonly secure: SecureSockets | undefined;
  readonly limits: ClientLimits;
  readonly scratch = new Uint8Array(SCRATCH);
  readonly sendMemory = new Uint8Array(COALESCED_WRITE);
  /** In the order in which they were last released. */
  readonly #connections: ClientConnection[] = [];
  readonly #openings: Opening[] = [];
  readonly #waiting: Ticket[] = [];
  readonly #toRead: ClientConnection[] = [];
  #isReading = false;
  #isServing = false;

  constructor({ io, clock, timers, resolve, secure, limits }: PoolOptions) {
    this.io = io;
    this.clock = clock;
    this.timers = timers;
    this.resolve = resolve;
    this.secure = secure;
    this.limits = limits;
  }

  /** How many connections there are, those that are being made included. */
  get size(): number {
    return this.#connections.length + this.#openings.length;
  }

  /** Gives the ticket a connection, now or when there is one. */
  request(ticket: Ticket): void {
    this.#waiting.push(ticket);
    this.serve();
    // Those for whom a connection is being made wait for the network, not for others.
    const waiting = this.#waiting.length - this.#openings.length;
    if (waiting <= this.limits.waiting || !this.#waiting.includes(ticket)) return;
    this.withdraw(ticket);
    const detail = `${this.limits.waiting} requests wait for a connection`;
    ticket.refuse(new NetworkError("ENOBUFS", "connect to", ticket.route.hop.origin, detail));
  }

  /** The ticket wants none any more. */
  withdraw(ticket: Ticket): void {
    remove(this.#waiting, ticket);
    const { key } = ticket.route;
    const openings = this.#openings.filter(({ route }) => route.key === key);
    if (openings.length <= this.#waiting.filter(({ route }) => route.key === key).length) return;
    const last = openings.at(-1)!;
    remove(this.#openings, last);
    last.cancel();
    this.serve();
  }

  /** Closes all connections; those who use one or wait for one are told ECANCELED. */
  close(): void {
    const closed = new NetworkError("ECANCELED", "request", undefined, "the client was closed");
    for (const ticket of this.#waiting.splice(0)) ticket.refuse(closed);
    for (const opening of this.#openings.splice(0)) opening.cancel();
    for (const connection of [...this.#connections]) connection.abort(closed);
  }

  /** One connection after the other: they share the memory that they read into. */
  read(connection: ClientConnection): void {
    this.#toRead.push(connection);
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      for (let next = this.#toRead.shift(); next !== undefined; next = this.#toRead.shift()) next.receive();
    } finally {
      this.#isReading = false;
    }
  }

  released(connection: ClientConnection): void {
    remove(this.#connections, connection);
    this.#connections.push(connection);
    this.serve();
  }

  closed(connection: ClientConnection): void {
    remove(this.#connections, connection);
    this.serve();
  }

  /** Gives connections to those who wait, in their order. */
  private serve(): void {
    // A connection that is closed here comes back through `closed`.
    if (this.#isServing) return;
    this.#isServing = true;
    for (const ticket of [...this.#waiting]) {
      const idle = ticket.isFresh ? undefined : this.findIdle(ticket.route.key);
      if (idle === undefined) this.openFor(ticket);
      else if (remove(this.#waiting, ticket)) ticket.take(idle);
    }
    this.#isServing = false;
  }

  /** The one that was used last: it is the least likely to be ended. */
  private findIdle(key: string): ClientConnection | undefined {
    for (let index = this.#connections.length - 1; index >= 0; index--) {
      const connection = this.#connections[index]!;
      if (connection.key === key && connection.isIdle) return connection;
    }
    return undefined;
  }

  /** Makes a connection for the ticket, if it may have one and none is being made. */
  private openFor(ticket: Ticket): void {
    const { route } = ticket;
    const { connectionsPerOrigin } = this.limits;
    const isSame = ({ key }: { key: string }): boolean => key === route.key;
    const openings = this.#openings.filter(({ route: { key } }) => key === route.key).length;
    const place = this.#waiting.indexOf(ticket);
    const before = this.#waiting.slice(0, Math.max(0, place));
    if (place < 0 || openings > before.filter((other) => isSame(other.route)).length) return;
    const own = this.#connections.filter(isSame).length + openings;
    // A ticket that wants a fresh one takes the place of an idle one.
    if (own >= connectionsPerOrigin && !this.closeIdle(isSame)) return;
    if (this.size >= this.limits.connections && !this.closeIdle(() => true)) return;
    const opening: Opening = new Opening(this, route, {
      opened: (tcp, room) => {
        remove(this.#openings, opening);
        const connection = new ClientConnection(this, route.key, tcp, room);
        this.#connections.push(connection);
        const first = this.#waiting.find((other) => isSame(other.route));
        if (first !== undefined && remove(this.#waiting, first)) first.take(connection);
      },
      failed: (error) => {
        remove(this.#openings, opening);
        const first = this.#waiting.find((other) => isSame(other.route));
        if (first !== undefined && remove(this.#waiting, first)) first.refuse(error);
        this.serve();
      },
    });
    this.#openings.push(opening);
    opening.start();
  }

  /** Closes the idle connection that was used longest ago. @returns false if there is none */
  private closeIdle(isMeant: (connection: ClientConnection) => boolean): boolean {
    const idle = this.#connections.find((connection) => connection.isIdle && isMeant(connection));
    idle?.close();
    return idle !== undefined;
  }
}

/** @returns false if it was not in the list */
function remove<T>(list: T[], item: T): boolean {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}
