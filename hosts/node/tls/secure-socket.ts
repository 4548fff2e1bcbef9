import type { TLSSocket } from "node:tls";
import type { NetworkError } from "../../../src/error/index.js";
import type { Timers } from "../../../src/host/index.js";
import type { Endpoints, StreamSocket } from "../io/stream-socket.js";
import { secureError } from "./errors.js";
import type { TcpStream } from "./tcp-stream.js";

/** A socket that speaks TLS over a `TcpStream`. */
export class SecureSocket implements StreamSocket {
  readonly readyEvent = "secureConnect";
  readonly socket: TLSSocket;
  readonly ready: boolean;
  readonly #stream: TcpStream;
  readonly #timers: Timers;

  /** @param ready whether its handshake is done */
  constructor(socket: TLSSocket, stream: TcpStream, timers: Timers, ready: boolean) {
    this.socket = socket;
    this.ready = ready;
    this.#stream = stream;
    this.#timers = timers;
  }

  get endpoints(): Endpoints {
    return this.#stream.endpoints;
  }

  /** The TCP resets the connection if it holds bytes that were not read. */
  reset(): void {
    this.socket.destroy();
  }

  limitClose(milliseconds: number): void {
    const timer = this.#timers.set(() => this.socket.destroy(), milliseconds);
    this.socket.once("close", () => this.#timers.clear(timer));
  }

  explain(error: Error, operation: string, subject: string): NetworkError {
    return secureError(error, operation, subject);
  }
}
