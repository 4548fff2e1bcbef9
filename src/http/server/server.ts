import {
  encodeUtf8,
  type Clock,
  type DecodeLatin1,
  type EncodeUtf8,
  type Io,
  type Listener,
  type Log,
  type Timers,
  type WallClock,
} from "../../host/index.js";
import type { Answer } from "./connection-owner.js";
import { ConnectionPool } from "./connection-pool.js";
import { completeLimits, type HttpLimits } from "./limits.js";
import { Router } from "./router.js";

export interface HttpServerOptions {
  readonly io: Io;
  /** 0 picks a free one. */
  readonly port: number;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log?: Log;
  /** Knows what goes into the field Date; absent: responses have none. */
  readonly wallClock?: WallClock;
  /** For the field Server; absent: responses have none. */
  readonly serverName?: string;
  /** True if `io` speaks TLS: `request.secure` says it. */
  readonly secure?: boolean;
  /** True if TRACE is to be answered, with the request but for its credentials (RFC 9110 §9.3.8). */
  readonly trace?: boolean;
  /** Limits that differ from `DEVICE_LIMITS`. */
  readonly limits?: Partial<HttpLimits>;
  /** The host's own encoder, where it has a faster one. */
  readonly encode?: EncodeUtf8;
  /** The host's own decoder for heads, where it has a faster one. */
  readonly decode?: DecodeLatin1;
  /** Told of each response when its head is about to be sent, refusals included: for a log. It must not throw. */
  readonly onAnswer?: (answer: Answer) => void;
  /** The listener failed after `start`; the server has stopped. */
  readonly onError?: (error?: Error) => void;
}

/**
 * An HTTP/1.1 server on the sockets of ECMA-419.
 *
 * @example
 * const server = new HttpServer({ io, port: 80, clock, timers });
 * server.get("/", (request, response) => response.send("Hello"));
 * server.route("POST", "/led", (request, response) => {
 *   led.write(request.body[0] === 0x31 ? 1 : 0);
 *   response.json({ on: request.body[0] === 0x31 });
 * });
 * server.start();
 */
export class HttpServer extends Router {
  readonly #io: Io;
  readonly #port: number;
  readonly #pool: ConnectionPool;
  readonly #onError: ((error?: Error) => void) | undefined;
  #listener: Listener | undefined;

  constructor(options: HttpServerOptions) {
    super();
    const { io, clock, timers, wallClock, serverName, log, limits, encode = encodeUtf8 } = options;
    this.#io = io;
    this.#port = options.port;
    this.#onError = options.onError;
    this.#pool = new ConnectionPool({
      io,
      clock,
      timers,
      wallClock,
      serverName,
      log,
      limits: completeLimits(limits),
      router: this,
      encode,
      decode: options.decode,
      onAnswer: options.onAnswer,
      secure: options.secure ?? false,
      trace: options.trace ?? false,
    });
  }

  /** The port it listens on; 0 while it does not. */
  get port(): number {
    return this.#listener?.port ?? 0;
  }

  /** How many connections are served now. */
  get connections(): number {
    return this.#pool.size;
  }

  /**
   * Starts to listen, if it does not yet.
   *
   * @throws NetworkError EADDRINUSE, EACCES, ENETDOWN; a host that learns it later calls `onError`
   */
  start(): void {
    if (this.#listener !== undefined) return;
    const pool = this.#pool;
    this.#listener = new this.#io.Listener({
      port: this.#port,
      onReadable(this: Listener, count: number): void {
        pool.admit(this, count);
      },
      onError: (error?: Error) => this.listenerFailed(error),
    });
  }

  /** Stops listening and closes all connections; what was written is still sent. */
  stop(): void {
    this.#listener?.close();
    this.#listener = undefined;
    this.#pool.closeAll();
  }

  private listenerFailed(error: Error | undefined): void {
    this.stop();
    this.#onError?.(error);
  }
}
