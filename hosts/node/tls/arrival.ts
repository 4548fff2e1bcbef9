import { NetworkError } from "../../../src/error/index.js";
import type { Io, Tcp, TimerHandle, Timers } from "../../../src/host/index.js";
import { NodeConnection } from "../io/connection.js";
import { formatEndpoint } from "../io/endpoint.js";
import type { Task } from "./busy.js";
import { secureError } from "./errors.js";
import type { Handshakes, Outcome } from "./handshakes.js";
import { PLAIN_HTTP_ANSWER, isPlainHttp } from "./plain-http.js";
import { SecureSocket } from "./secure-socket.js";
import { TcpStream } from "./tcp-stream.js";

/** The first byte of a record that holds a handshake (RFC 8446 §5.1). */
const HANDSHAKE_RECORD = 22;

export interface ArrivalHost {
  readonly io: Io;
  readonly timers: Timers;
  readonly handshakes: Handshakes;
  readonly handshakeTime: number;
  readonly task: Task | undefined;
}

/** A connection whose TLS handshake is under way. */
export class Arrival {
  readonly #host: ArrivalHost;
  readonly #stream: TcpStream;
  readonly #timer: TimerHandle;
  #done: ((outcome: NodeConnection | NetworkError) => void) | undefined;

  /**
   * @param done called once, later, unless `abandon` is
   * @throws NetworkError if the peer has left already
   */
  constructor(host: ArrivalHost, tcp: Tcp, done: (outcome: NodeConnection | NetworkError) => void) {
    this.#host = host;
    this.#done = done;
    this.#stream = new TcpStream(host.io, { from: tcp }, host.task);
    this.#stream.on("error", (error) => this.#settle(error));
    this.#stream.on("close", () =>
      this.#settle(new NetworkError("ECONNRESET", "TLS handshake", this.#subject)),
    );
    this.#stream.once("readable", () => this.#begin());
    this.#timer = host.timers.set(() => {
      this.#settle(new NetworkError("ETIMEDOUT", "TLS handshake with", this.#subject));
    }, host.handshakeTime);
  }

  /** Ends it without a word to anybody. */
  abandon(): void {
    this.#done = undefined;
    this.#host.timers.clear(this.#timer);
    this.#stream.destroy();
  }

  #begin(): void {
    const first = this.#stream.read() as Uint8Array | null;
    if (first === null) {
      if (this.#stream.readableEnded) this.#settle(this.#error("EPROTO", "the peer left without a word"));
      else this.#stream.once("readable", () => this.#begin());
    } else if (first[0] === HANDSHAKE_RECORD) {
      this.#stream.unshift(first);
      this.#host.handshakes.begin(this.#stream, (outcome) => this.#settle(outcome));
    } else {
      this.#refuse(first);
    }
  }

  /** The peer speaks something else. */
  #refuse(first: Uint8Array): void {
    const isHttp = isPlainHttp(first);
    const reason = this.#error("EPROTO", `the peer speaks ${isHttp ? "plain HTTP" : "no TLS"}`);
    if (!isHttp) {
      this.#settle(reason);
      return;
    }
    // What it still sends is read: else its end of the connection may be reset before it has the answer.
    this.#stream.resume();
    this.#stream.end(PLAIN_HTTP_ANSWER);
    this.#stream.once("end", () => this.#settle(reason));
  }

  #settle(outcome: Outcome): void {
    const done = this.#done;
    if (done === undefined) return;
    this.#done = undefined;
    this.#host.timers.clear(this.#timer);
    if (outcome instanceof Error) {
      this.#stream.destroy();
      done(secureError(outcome, "TLS handshake with", this.#subject));
    } else {
      done(new NodeConnection(new SecureSocket(outcome, this.#stream, this.#host.timers, true)));
    }
  }

  #error(code: "EPROTO", detail: string): NetworkError {
    return new NetworkError(code, "TLS handshake with", this.#subject, detail);
  }

  get #subject(): string {
    const { remoteAddress, remotePort } = this.#stream.endpoints;
    return formatEndpoint(remoteAddress, remotePort);
  }
}
