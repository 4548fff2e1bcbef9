import { NetworkError } from "../../error/index.js";
import { isAscii } from "../../host/index.js";
import { reasonPhrase } from "../message/status.js";
import { BodyWriter, type BodyOutlet, type ResponseFraming } from "./body-writer.js";
import type { Connection } from "./connection.js";
import { COALESCED_WRITE, Outbox } from "../message/outbox.js";
import type { HttpResponse, ResponseSink, TakeConnection } from "./response.js";

/** "awaited": nothing of it has been sent. "begun": its head has. "ended": all of it is out or in the outbox. */
type State = "awaited" | "begun" | "ended";

/**
 * Characters of text that is encoded together with its head, for both to leave in one write: measured on XS, to put the bytes
 * together takes two instructions for each, and the host's encoder 32 in all. More than that do not fit into one write.
 */
const SHORT = COALESCED_WRITE;

/** One connection's responses: heads and bodies as bytes, sent as the socket has room. */
export class Responder implements ResponseSink, BodyOutlet {
  /** The last one that was expected. */
  response: HttpResponse | undefined;
  /** Who takes the connection over behind the response. */
  take: TakeConnection | undefined;
  readonly #connection: Connection;
  readonly #outbox = new Outbox();
  #state: State = "ended";
  #writer: BodyWriter | undefined;
  #isBodiless = false;
  #keepAlive = true;
  /** True if `write` has said that too much waits. */
  #owesDrain = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get isAwaited(): boolean {
    return this.#state === "awaited";
  }

  /** True if its head was sent and is all that there is to send, but the handler has not ended it. */
  get isBodiless(): boolean {
    return this.#state === "begun" && this.#isBodiless;
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
    return this.#connection.owner.limits.highWaterMark;
  }

  /** From now on `response` is the one that is sent. */
  expect(response: HttpResponse): void {
    this.response = response;
    this.#state = "awaited";
    this.#writer = undefined;
  }

  encode(text: string): Uint8Array {
    return this.#connection.owner.encode(text);
  }

  encodeFields(lines: string): Uint8Array {
    return this.#connection.owner.encodeHead(lines);
  }

  respond(response: HttpResponse, body: string | Uint8Array): void {
    if (response !== this.response || this.#state !== "awaited") return;
    const status = response.status;
    const isOmitted = this.omitsBody(status);
    const option = this.announce(response);
    const short =
      typeof body !== "string" || isOmitted ? undefined : this.encodeShort(response, body, option);
    if (short !== undefined) {
      this.#outbox.push(short);
    } else {
      const bytes = typeof body === "string" ? this.encode(body) : body;
      // RFC 9110 §15.3.6: to 205 belongs no body, and a length that says so.
      const length = status === 205 ? 0 : bytes.length;
      const framing = isOmitted && this.hasNoLength(status) ? "" : lengthLine(length);
      this.#outbox.push(this.encodeFields(this.head(response, framing, option)));
      if (!isOmitted) this.#outbox.push(bytes);
    }
    this.end();
  }

  begin(response: HttpResponse): BodyWriter | undefined {
    if (!this.isCurrent(response)) return undefined;
    const { status } = response;
    // RFC 9110 §15.3.6, as in `respond`.
    const length = status === 205 ? 0 : response.length;
    let framing: ResponseFraming = "length";
    let line = lengthLine(length ?? 0);
    if (length === undefined && this.#connection.receiver.head?.minorVersion === 1) {
      framing = "chunked";
      line = "Transfer-Encoding: chunked\r\n";
    } else if (length === undefined) {
      framing = "close";
      line = "";
      response.keepAlive = false;
    }
    const option = this.announce(response);
    this.#outbox.push(this.encodeFields(this.head(response, this.hasNoLength(status) ? "" : line, option)));
    this.#state = "begun";
    this.#isBodiless = this.omitsBody(status);
    this.#writer = new BodyWriter(this, this.#isBodiless ? "none" : framing, length);
    this.#connection.onResponseBegun();
    return this.#writer;
  }

  inform(response: HttpResponse | undefined, head: string): void {
    if (response !== this.response || this.#connection.receiver.head?.minorVersion !== 1) return;
    this.#outbox.push(this.encodeFields(head));
    this.flush();
  }

  handOver(response: HttpResponse, take: TakeConnection): void {
    if (!this.isCurrent(response)) return;
    const { head, isComplete } = this.#connection.receiver;
    const isAsked = response.status === 101 ? head?.upgrade !== undefined : head?.method === "CONNECT";
    if (!isAsked || !isComplete) {
      const why = isAsked ? "the request was not read to its end" : "the client has not asked for it";
      throw new NetworkError("EINVAL", "hand connection over", undefined, why);
    }
    this.take = take;
    const option = this.announce(response);
    this.#outbox.push(this.encodeFields(this.head(response, "", option)));
    this.end();
  }

  push(bytes: Uint8Array, borrowed?: boolean): void {
    this.#outbox.push(bytes, borrowed);
  }

  flush(): boolean {
    const outbox = this.#outbox;
    const before = outbox.size;
    try {
      outbox.flush(this.#connection.tcp, this.#connection.owner.outMemory);
    } catch (error) {
      if (!(error instanceof NetworkError) || error.code !== "EWOULDBLOCK") {
        this.#connection.close(error as Error);
        return false;
      }
      outbox.room = 0;
    }
    this.#connection.onFlushed(outbox.size < before);
    if (outbox.size <= this.pieceLength) return true;
    this.#owesDrain = true;
    return false;
  }

  end(): void {
    this.#state = "ended";
    this.#writer = undefined;
    this.#owesDrain = false;
    this.#connection.onResponseEnded();
  }

  breakOff(reason: string): void {
    this.#connection.owner.log?.("error", reason);
    this.#connection.close();
  }

  /** The socket takes `room` bytes. */
  onRoom(room: number): void {
    this.#outbox.room = room;
    if (this.#outbox.size > 0) this.flush();
    this.#writer?.pull();
    if (!this.#owesDrain || this.#outbox.size > this.#connection.owner.limits.highWaterMark / 2) return;
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

  private isCurrent(response: HttpResponse): boolean {
    return response === this.response && this.#state === "awaited";
  }

  /** Head and body in one. @returns undefined for a long body, and for what is not ASCII */
  private encodeShort(response: HttpResponse, body: string, option: string): Uint8Array | undefined {
    const { length } = body;
    if (length > SHORT) return undefined;
    const text = this.head(response, lengthLine(length), option) + body;
    const bytes = this.encode(text);
    return isAscii(text, bytes) ? bytes : undefined;
  }

  private head(response: HttpResponse, framing: string, option: string): string {
    const { status } = response;
    const common = this.#connection.owner.commonFields;
    return `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n${common}${response.fieldLines}${framing}${option}\r\n`;
  }

  /** Tells who wants to know that this is the answer. @returns the line of its Connection field, empty for none */
  private announce(response: HttpResponse): string {
    const { owner, receiver, remoteAddress, remotePort } = this.#connection;
    const option = this.connectionOption(response);
    if (owner.onAnswer !== undefined) {
      const { method, head } = receiver;
      owner.onAnswer({ method, target: head?.rawTarget, status: response.status, remoteAddress, remotePort });
    }
    return option;
  }

  /** Decides whether the connection is kept. @returns the Connection field as a line, empty for none */
  private connectionOption(response: HttpResponse): string {
    const connection = this.#connection;
    const head = connection.receiver.head;
    if (response.status === 101) return "Connection: upgrade\r\n";
    if (this.take !== undefined) return "";
    this.#keepAlive =
      response.keepAlive &&
      head?.keepAlive === true &&
      // Behind an answer to CONNECT that is 2xx the client speaks another protocol.
      (head.method !== "CONNECT" || response.status >= 300) &&
      connection.receiver.canGoOn &&
      !connection.isUsedUp;
    if (!this.#keepAlive) return "Connection: close\r\n";
    return head?.minorVersion === 0 ? "Connection: keep-alive\r\n" : "";
  }

  /** True where neither Content-Length nor Transfer-Encoding is allowed (RFC 9110 §8.6, RFC 9112 §6.1), or needed. */
  private hasNoLength(status: number): boolean {
    return status === 204 || status === 304 || this.opensTunnel(status);
  }

  /** True for what ends with its head (RFC 9112 §6.3). */
  private omitsBody(status: number): boolean {
    const { method } = this.#connection.receiver;
    if (method === "HEAD" || status === 204 || status === 205 || status === 304) return true;
    return method === "CONNECT" && status < 300;
  }

  private opensTunnel(status: number): boolean {
    return status < 300 && this.#connection.receiver.head?.method === "CONNECT";
  }
}

function lengthLine(length: number): string {
  return `Content-Length: ${length}\r\n`;
}
