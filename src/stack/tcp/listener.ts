import type { IpAddress } from "../../address/index.js";
import type { Task } from "../tasks.js";
import type { Connection } from "./connection.js";

/** Connections that may wait to be accepted, where the listener names no number. */
export const DEFAULT_BACKLOG = 16;

/** A port in LISTEN (RFC 9293 §3.10.2). Connections in SYN-RECEIVED are the business of passive-open.ts. */
export class TcpListener {
  /** Connections whose handshake is done, oldest first. */
  readonly #ready: Connection[] = [];

  constructor(
    readonly port: number,
    /** The only local address it answers for, if it is bound to one. */
    readonly address: IpAddress | undefined,
    readonly backlog: number,
    private readonly user: Task & { connectionReady(): void },
  ) {}

  get isFull(): boolean {
    return this.#ready.length >= this.backlog;
  }

  get readyCount(): number {
    return this.#ready.length;
  }

  established(connection: Connection): void {
    this.#ready.push(connection);
    this.user.connectionReady();
  }

  /** A connection is gone before it was accepted. */
  lost(connection: Connection): void {
    const at = this.#ready.indexOf(connection);
    if (at >= 0) this.#ready.splice(at, 1);
  }

  accept(): Connection | undefined {
    const connection = this.#ready.shift();
    if (connection !== undefined) connection.listener = undefined;
    return connection;
  }
}
