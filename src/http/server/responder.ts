import { NetworkError } from "../../error/index.js";
import type { Tcp } from "../../host/index.js";
import { reasonPhrase } from "../message/status.js";
import { BodyWriter, type BodyOutlet, type ResponseFraming } from "./body-writer.js";
import type { Connection } from "./connection.js";
import type { ConnectionOwner } from "./connection-owner.js";
import { Outbox } from "./outbox.js";
import type { Receiver } from "./receiver.js";
import type { HttpResponse, ResponseSink, TakeConnection } from "./response.js";

/** "awaited": nothing of it has been sent. "begun": its head has. "ended": all of it is out or in the outbox. */
type State = "awaited" | "begun" | "ended";

/** One connection's responses: heads and bodies as bytes, sent as the socket has room. */
export class Responder implements ResponseSink, BodyOutlet {
  /** The last one that was expected. */
  response: HttpResponse | undefined;
  /** Who takes the connection over behind the response. */
  take: TakeConnection | undefined;
  readonly #connection: Connection;
  readonly #owner: ConnectionOwner;
  readonly #tcp: Tcp;
  readonly #receiver: Receiver;
  readonly #outbox = new Outbox();
  #state: State = "ended";
  #writer: BodyWriter | undefined;
  #keepAlive = true;
  /** True if `write` has said that too much waits. */
  #owesDrain = false;

  constructor(connection: Connection, tcp: Tcp, receiver: Receiver) {
    this.#connection = connection;
    this.#owner = connection.owner;
    this.#tcp = tcp;
    this.#receiver = receiver;
  }

  get isAwaited(): boolean {
    return this.#state === "awaited";
  }

  get hasEnded(): boolean {
    return this.#state === "ended";
  }

  /** True if the connection is kept behind the response. */
  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  get isFlushed(): boolean {
    return this.#outbox.size === 0;
  }

  get isReady(): boolean {
    return this.#outbox.size === 0 && this.#outbox.room > 0;
  }

  get pieceLength(): number {
    return this.#owner.limits.highWaterMark;
  }

  /** From now on `response` is the one that is sent. */
  expect(response: HttpResponse): void {
    this.response = response;
    this.#state = "awaited";
    this.#writer = undefined;
  }

  encode(text: string): Uint8Array {
    return this.#owner.encode(text);
  }

  respond(response: HttpResponse, body: string | Uint8Array): void {
    if (!this.#isCurrent(response)) return;
    const bytes = typeof body === "string" ? this.#owner.encode(body) : body;
    const { status } = response;
    // RFC 9110 §15.3.6: to 205 belongs no body, and a length that says so.
    const length = status === 205 ? 0 : bytes.length;
    this.#pushHead(response, this.#hasNoLength(status) ? "" : `Content-Length: ${length}\r\n`);
    if (length > 0 && !this.#omitsBody(status)) this.#outbox.push(bytes);
    this.end();
  }

  begin(response: HttpResponse): BodyWriter | undefined {
    if (!this.#isCurrent(response)) return undefined;
    const { length, status } = response;
    let framing: ResponseFraming = "length";
    let line = `Content-Length: ${length}\r\n`;
    if (length === undefined && this.#receiver.head?.minorVersion === 1) {
      framing = "chunked";
      line = "Transfer-Encoding: chunked\r\n";
    } else if (length === undefined) {
      framing = "close";
      line = "";
      response.keepAlive = false;
    }
    this.#pushHead(response, this.#hasNoLength(status) ? "" : line);
    this.#state = "begun";
    this.#writer = new BodyWriter(this, this.#omitsBody(status) ? "none" : framing, length);
    this.#connection.onResponseBegun();
    return this.#writer;
  }

  inform(response: HttpResponse | undefined, head: string): void {
    if (response !== this.response || this.#receiver.head?.minorVersion !== 1) return;
    this.#outbox.push(this.#owner.encode(head));
    this.flush();
  }

  handOver(response: HttpResponse, take: TakeConnection): void {
    if (!this.#isCurrent(response)) return;
    const { head, isComplete } = this.#receiver;
    const isAsked = response.status === 101 ? head?.upgrade !== undefined : head?.method === "CONNECT";
    if (!isAsked || !isComplete) {
      const why = isAsked ? "the request was not read to its end" : "the client has not asked for it";
      throw new NetworkError("EINVAL", "hand connection over", undefined, why);
    }
    this.take = take;
    this.#pushHead(response, "");
    this.end();
  }

  push(bytes: Uint8Array): void {
    this.#outbox.push(bytes);
  }

  flush(): boolean {
    let progress: boolean;
    try {
      progress = this.#outbox.flush(this.#tcp, this.#owner.outMemory);
    } catch (error) {
      this.#connection.close(error as Error);
      return false;
    }
    this.#connection.onFlushed(progress);
    const hasRoom = this.#outbox.size <= this.#owner.limits.highWaterMark;
    if (!hasRoom) this.#owesDrain = true;
    return hasRoom;
  }

  end(): void {
    this.#state = "ended";
    this.#writer = undefined;
    this.#owesDrain = false;
    this.#connection.onResponseEnded();
  }

  breakOff(reason: string): void {
    this.#owner.log?.("error", reason);
    this.#connection.close();
  }

  /** The socket takes `room` bytes. */
  onRoom(room: number): void {
    this.#outbox.room = room;
    if (this.#outbox.size > 0) this.flush();
    this.#writer?.pull();
    if (!this.#owesDrain || this.#outbox.size > this.#owner.limits.highWaterMark / 2) return;
    this.#owesDrain = false;
    try {
      this.response?.onDrain?.();
    } catch (error) {
      this.#connection.onHandlerError(error);
    }
  }

  /** The connection is closed. */
  stop(): void {
    this.#state = "ended";
    this.#outbox.clear();
    this.#writer?.abort();
    this.#writer = undefined;
  }

  #isCurrent(response: HttpResponse): boolean {
    return response === this.response && this.#state === "awaited";
  }

  #pushHead(response: HttpResponse, framing: string): void {
    const { status } = response;
    const option = this.#connectionOption(response);
    const lines = `${this.#owner.commonFields}${response.fieldLines}${framing}${option}`;
    this.#outbox.push(this.#owner.encodeHead(`HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${lines}\r\n`));
  }

  /** Decides whether the connection is kept. @returns the Connection field as a line, empty for none */
  #connectionOption(response: HttpResponse): string {
    const { head, canGoOn } = this.#receiver;
    if (response.status === 101) return "Connection: upgrade\r\n";
    if (this.take !== undefined) return "";
    // Behind an answer to CONNECT that is 2xx the client speaks another protocol.
    const goesOn = canGoOn && !this.#opensTunnel(response.status);
    this.#keepAlive = response.keepAlive && goesOn && head?.keepAlive === true && !this.#connection.isUsedUp;
    if (!this.#keepAlive) return "Connection: close\r\n";
    return head?.minorVersion === 0 ? "Connection: keep-alive\r\n" : "";
  }

  /** True where neither Content-Length nor Transfer-Encoding is allowed (RFC 9110 §8.6, RFC 9112 §6.1), or needed. */
  #hasNoLength(status: number): boolean {
    return status === 204 || status === 304 || this.#opensTunnel(status);
  }

  /** True for what ends with its head (RFC 9112 §6.3). */
  #omitsBody(status: number): boolean {
    return (
      status === 204 ||
      status === 205 ||
      status === 304 ||
      this.#receiver.head?.method === "HEAD" ||
      this.#opensTunnel(status)
    );
  }

  #opensTunnel(status: number): boolean {
    return status < 300 && this.#receiver.head?.method === "CONNECT";
  }
}
