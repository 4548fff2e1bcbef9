import { TLSSocket } from "node:tls";
import { NetworkError, type ErrorCode } from "../../../src/error/index.js";
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

const OPERATION = "TLS handshake with";

export interface ArrivalHost {
  readonly io: Io;
  readonly timers: Timers;
  readonly handshakes: Handshakes;
  readonly handshakeTime: number;
  readonly task: Task | undefined;
}

type Done = (outcome: NodeConnection | NetworkError) => void;

/** A connection whose TLS handshake is under way. */
export class Arrival {
  readonly #host: ArrivalHost;
  readonly #stream: TcpStream;
  readonly #timer: TimerHandle;
  #done: Done | undefined;
  /** Why it was refused, while the peer is told. */
  #refusal: NetworkError | undefined;

  /**
   * @param done called once, later, unless `abandon` is
   * @throws NetworkError if the peer has left already
   */
  constructor(host: ArrivalHost, tcp: Tcp, done: Done) {
    const stream = new TcpStream(host.io, { from: tcp }, host.task);
    this.#host = host;
    this.#done = done;
    this.#stream = stream;
    stream.once("readable", () => this.#begin());
    stream.once("end", () => this.#fail(this.#error("ECONNRESET", "the peer left in the TLS handshake")));
    stream.once("error", (error) => this.#fail(error));
    this.#timer = host.timers.set(() => this.#fail(this.#error("ETIMEDOUT")), host.handshakeTime);
  }

  /** Ends it without a word to anybody. */
  abandon(): void {
    this.#settle();
    this.#stream.destroy();
  }

  #begin(): void {
    const first = this.#stream.read() as Uint8Array | null;
    // The peer has left: the event "end" follows.
    if (first === null) return;
    if (first[0] === HANDSHAKE_RECORD) {
      this.#stream.unshift(first);
      this.#host.handshakes.begin(this.#stream, (outcome) => this.#onOutcome(outcome));
    } else if (isPlainHttp(first)) {
      this.#refusal = this.#error("EPROTO", "the peer speaks plain HTTP");
      // What it still sends is read until it leaves: else a reset may overtake the answer.
      this.#stream.resume();
      this.#stream.end(PLAIN_HTTP_ANSWER);
    } else {
      this.#fail(this.#error("EPROTO", "the peer speaks no TLS"));
    }
  }

  #onOutcome(outcome: Outcome): void {
    if (outcome instanceof TLSSocket)
      this.#settle()?.(new NodeConnection(new SecureSocket(outcome, this.#stream, this.#host.timers, true)));
    else this.#fail(outcome);
  }

  #fail(error: Error): void {
    const done = this.#settle();
    if (done === undefined) return;
    this.#stream.destroy();
    done(this.#refusal ?? secureError(error, OPERATION, this.#subject));
  }

  /** @returns whom to tell what has come of it */
  #settle(): Done | undefined {
    const done = this.#done;
    this.#done = undefined;
    this.#host.timers.clear(this.#timer);
    return done;
  }

  #error(code: ErrorCode, detail?: string): NetworkError {
    return new NetworkError(code, OPERATION, this.#subject, detail);
  }

  get #subject(): string {
    const { remoteAddress, remotePort } = this.#stream.endpoints;
    return formatEndpoint(remoteAddress, remotePort);
  }
}
