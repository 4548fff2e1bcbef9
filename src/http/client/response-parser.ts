import { ChunkedDecoder, type BodyEvents } from "../message/chunked-decoder.js";
import type { Fields } from "../message/fields.js";
import { parseResponseHead, ResponseFault, type ResponseHead } from "./response-head.js";

/** What the server could make grow: bytes of a head, and its field lines. */
export interface ResponseLimits {
  readonly head: number;
  readonly fields: number;
}

/** What a parser finds, in this order: interim heads, the head, pieces of the body, the end; a fault may take the place of any. */
export interface ResponseEvents extends BodyEvents {
  /** A response 1xx, which is followed by another one (RFC 9110 §15.2). */
  onInformational(head: ResponseHead): void;
  onHead(head: ResponseHead): void;
  /** The response is complete. @param trailers what came behind the last chunk; undefined if there was nothing */
  onComplete(trailers: Fields | undefined): void;
  onFault(fault: ResponseFault): void;
}

/** Responses 1xx in front of the real one: 100, 103, and a few of 102 while the server works. */
export const MAX_INFORMATIONAL = 16;

/** "head" and "body": it wants more bytes. "done": it takes none until `expect`. */
type State = "head" | "body" | "done";

/** Bytes decoded at a time: each is an argument of a function on the way, and XS's whole stack has 384 slots. */
const PIECE = 64;

/** No body is longer than what a double counts exactly. */
const MAX_BODY_LENGTH = Number.MAX_SAFE_INTEGER;

/**
 * Takes the bytes of one response after another, cut anywhere; what comes out depends on the bytes alone, not on the cuts
 * (but for those of the body's pieces). It knows no sockets and no time.
 */
export class ResponseParser {
  readonly #limits: ResponseLimits;
  readonly #events: ResponseEvents;
  #state: State = "done";
  #method = "";
  /** What has come of the head; each byte a character, so that its length is a number of bytes. */
  #head = "";
  #informational = 0;
  #chunks: ChunkedDecoder | undefined;
  /** Bytes of the body still to come; Infinity where the connection's end is the body's. */
  #remaining = 0;

  constructor(limits: ResponseLimits, events: ResponseEvents) {
    this.#limits = limits;
    this.#events = events;
  }

  /** A response is to come, to a request with this method. */
  expect(method: string): void {
    this.#state = "head";
    this.#method = method;
    this.#head = "";
    this.#informational = 0;
    this.#chunks = undefined;
  }

  /** Takes bytes[start..end), which stay the caller's. @returns where it stopped: at `end`, or behind the response */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#state === "head") at = this.takeHead(bytes, at, Math.min(end, at + PIECE));
    if (at < end && this.#state === "body") at = this.takeBody(bytes, at, end);
    return at;
  }

  /** The server has ended the connection. */
  end(): void {
    if (this.#state === "done") return;
    if (this.#state === "body" && this.#remaining === Infinity) this.complete(undefined);
    else {
      const what = this.#state === "body" ? "its body" : this.#head === "" ? "any of it" : "its head";
      this.fail(new ResponseFault("ECONNABORTED", `the server ended the connection before ${what} had come`));
    }
  }

  private takeHead(bytes: Uint8Array, start: number, end: number): number {
    const before = this.#head.length;
    this.#head += String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
    const mark = this.#head.indexOf("\r\n\r\n", Math.max(0, before - 3));
    const length = mark < 0 ? this.#head.length : mark + 4;
    if (length > this.#limits.head) {
      this.fail(new ResponseFault("EMSGSIZE", `a head of more than ${this.#limits.head} bytes`));
      return end;
    }
    if (mark < 0) return end;
    const head = parseResponseHead(this.#head.slice(0, length), this.#method, this.#limits.fields);
    this.#head = "";
    if (head instanceof ResponseFault) this.fail(head);
    // 101 is the last response there is: what follows is another protocol (RFC 9110 §15.2.2).
    else if (head.status < 200 && head.status !== 101) this.takeInformational(head);
    else this.startBody(head);
    return start + length - before;
  }

  private takeInformational(head: ResponseHead): void {
    if (++this.#informational > MAX_INFORMATIONAL)
      this.fail(new ResponseFault("EMSGSIZE", `more than ${MAX_INFORMATIONAL} responses 1xx`));
    else this.#events.onInformational(head);
  }

  private startBody(head: ResponseHead): void {
    const { framing } = head;
    this.#state = "body";
    this.#remaining = framing === "close" ? Infinity : framing === "chunked" ? 0 : framing;
    if (framing === "chunked")
      this.#chunks = new ChunkedDecoder({ ...this.#limits, body: MAX_BODY_LENGTH }, this.#events);
    this.#events.onHead(head);
    if (framing === 0) this.complete(undefined);
  }

  private takeBody(bytes: Uint8Array, start: number, end: number): number {
    const chunks = this.#chunks;
    if (chunks === undefined) {
      const stop = Math.min(end, start + this.#remaining);
      this.#remaining -= stop - start;
      this.#events.onBody(bytes, start, stop);
      if (this.#remaining === 0) this.complete(undefined);
      return stop;
    }
    const stop = chunks.push(bytes, start, end);
    if (chunks.refusal !== undefined) this.fail(ResponseFault.from(chunks.refusal));
    else if (chunks.done) this.complete(chunks.trailers);
    return stop;
  }

  private complete(trailers: Fields | undefined): void {
    this.#state = "done";
    this.#events.onComplete(trailers);
  }

  private fail(fault: ResponseFault): void {
    this.#state = "done";
    this.#head = "";
    this.#events.onFault(fault);
  }
}
