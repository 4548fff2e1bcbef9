import type { TLSSocket } from "node:tls";
import { NetworkError } from "../../../src/error/index.js";
import type { Timers } from "../../../src/host/index.js";
import { formatEndpoint } from "../io/endpoint.js";
import type { Endpoints, StreamSocket } from "../io/stream-socket.js";
import { secureError } from "./errors.js";
import type { TcpStream } from "./tcp-stream.js";

/** A socket that speaks TLS over a `TcpStream`. */
export class SecureSocket implements StreamSocket {
  readonly readyEvent = "secureConnect";
  readonly writesAtOnce = false;
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
    const watchEnd = (): void => void (stream.onPeerEnd = () => this.#onStreamEnd());
    if (ready) watchEnd();
    else socket.once("secureConnect", watchEnd);
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

  /**
   * The TCP has ended. If TLS has not (close_notify), somebody else may have ended it to cut off what follows (RFC 8446 §6.1): Node
   * takes both for the same. So TLS is given time for what has come, and is not told of this end.
   */
  #onStreamEnd(): void {
    setImmediate(() => {
      const { socket } = this;
      const stream = this.#stream;
      if (socket.destroyed || socket.readableEnded) return;
      if (socket.isPaused()) socket.once("resume", () => this.#onStreamEnd());
      else if (socket.readableLength > 0 || stream.readableLength > 0 || stream.isPaused())
        this.#onStreamEnd();
      else {
        const { remoteAddress, remotePort } = stream.endpoints;
        const subject = formatEndpoint(remoteAddress, remotePort);
        const cut = "the peer left before the end of TLS: what it sent may be cut";
        socket.destroy(new NetworkError("ECONNRESET", "TLS connection to", subject, cut));
      }
    });
  }
}
