import { BodyCollector } from "./body-collector.js";
import { ChunkedDecoder } from "./chunked-decoder.js";
import type { HttpLimits } from "./limits.js";
import { badRequest, Refusal } from "./refusal.js";
import { parseRequestHead, type RequestHead } from "./request-head.js";

/** "head" and "body": it wants more bytes. "complete" and "refused": it takes none until `reset`. */
export type ParserState = "head" | "body" | "complete" | "refused";

/**
 * Bytes decoded at a time. Each is an argument of a function on the way, and XS's whole stack has 384 slots; bytes
 * behind the head that are in the same piece are decoded in vain.
 */
const PIECE = 64;

/**
 * Takes the bytes of one request after another, cut anywhere; what comes out depends on the bytes alone, not on the
 * cuts. It knows no sockets and no time.
 *
 * The head becomes one string and is checked and searched as such. Measured on XS, instructions a byte: a loop with a
 * table 20, each `Uint8Array.indexOf` 8, decoding 7, each search or expression over the string 1 or less.
 */
export class RequestParser {
  readonly #limits: HttpLimits;
  readonly #body = new BodyCollector();
  #state: ParserState = "head";
  /** What has come of the head; each byte a character, so that its length is a number of bytes. */
  #text = "";
  #sawEmptyLine = false;
  #sawRequestLine = false;
  #head: RequestHead | undefined;
  #refusal: Refusal | undefined;
  #chunks: ChunkedDecoder | undefined;
  /** Bytes of the body still to come, where Content-Length says so. */
  #remaining = 0;

  constructor(limits: HttpLimits) {
    this.#limits = limits;
  }

  get state(): ParserState {
    return this.#state;
  }

  /** True while no byte of a request has come. */
  get idle(): boolean {
    return this.#state === "head" && this.#text === "";
  }

  /** The head, once the state is "body" or "complete"; also with a refusal that came later than the head. */
  get head(): RequestHead | undefined {
    return this.#head;
  }

  /** Why, if the state is "refused". */
  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** Takes the body of a complete request out. */
  takeBody(): Uint8Array {
    return this.#body.take();
  }

  /** Makes ready for the next request. */
  reset(): void {
    this.#state = "head";
    this.#text = "";
    this.#sawEmptyLine = false;
    this.#sawRequestLine = false;
    this.#head = undefined;
    this.#refusal = undefined;
    this.#chunks = undefined;
    this.#body.take();
  }

  /** Takes bytes[start..end), which stay the caller's. @returns where it stopped: at `end`, or behind the request */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#state === "head") at = this.#takeHead(bytes, at, Math.min(end, at + PIECE));
    if (at < end && this.#state === "body") at = this.#takeBody(bytes, at, end);
    return at;
  }

  #takeHead(bytes: Uint8Array, start: number, end: number): number {
    let before = this.#text.length;
    this.#text += String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]);
    // RFC 9112 §2.2: an empty line before the request, which old clients send after a body, is ignored.
    if (!this.#sawEmptyLine && this.#text.startsWith("\r\n")) {
      this.#sawEmptyLine = true;
      this.#text = this.#text.slice(2);
      before -= 2;
    }
    if (!this.#sawRequestLine && !this.#checkRequestLine()) return end;
    const mark = this.#text.indexOf("\r\n\r\n", Math.max(0, before - 3));
    const length = mark < 0 ? this.#text.length : mark + 4;
    if (length > this.#limits.head)
      return this.#refuse(new Refusal(431, `more than ${this.#limits.head} bytes`), end);
    if (mark < 0) return end;
    this.#startBody(parseRequestHead(this.#text.slice(0, length), this.#limits));
    this.#text = "";
    return start + length - before;
  }

  /** Refuses a request line as soon as it is known to be wrong. @returns false if it did */
  #checkRequestLine(): boolean {
    const limit = this.#limits.requestLine;
    const end = this.#text.indexOf("\n");
    if (end < 0 ? this.#text.length > limit + 1 : end > limit + 1) {
      this.#refuse(new Refusal(414, `more than ${limit} bytes of request line`), 0);
    } else if (end >= 0 && (end < 2 || this.#text.charAt(end - 1) !== "\r")) {
      this.#refuse(badRequest("a request line that does not end with CRLF"), 0);
    }
    this.#sawRequestLine = end >= 0;
    return this.#refusal === undefined;
  }

  #startBody(head: RequestHead | Refusal): void {
    if (head instanceof Refusal) {
      this.#refuse(head, 0);
      return;
    }
    this.#head = head;
    if (head.framing === "chunked") {
      this.#chunks = new ChunkedDecoder(this.#limits, this.#body);
      this.#state = "body";
    } else if (head.framing > this.#limits.body) {
      this.#refuse(new Refusal(413, `more than ${this.#limits.body} bytes of body`), 0);
    } else {
      this.#remaining = head.framing;
      this.#state = head.framing === 0 ? "complete" : "body";
    }
  }

  #takeBody(bytes: Uint8Array, start: number, end: number): number {
    const chunks = this.#chunks;
    if (chunks === undefined) {
      const stop = Math.min(end, start + this.#remaining);
      this.#body.append(bytes, start, stop);
      this.#remaining -= stop - start;
      if (this.#remaining === 0) this.#state = "complete";
      return stop;
    }
    const stop = chunks.push(bytes, start, end);
    if (chunks.refusal !== undefined) return this.#refuse(chunks.refusal, stop);
    if (chunks.done) this.#state = "complete";
    return stop;
  }

  #refuse(refusal: Refusal, at: number): number {
    this.#refusal = refusal;
    this.#state = "refused";
    this.#text = "";
    return at;
  }
}
