import { ChunkedDecoder, type BodyEvents } from "./chunked-decoder.js";
import type { Fields } from "./fields.js";
import type { RequestLimits } from "./limits.js";
import { badRequest, Refusal } from "./refusal.js";
import { parseRequestHead, type RequestHead } from "./request-head.js";

/** "head" and "body": it wants more bytes. "complete" and "refused": it takes none until `reset`. */
export type ParserState = "head" | "body" | "complete" | "refused";

/** What a parser finds, in this order: a head, pieces of its body, the end; a refusal may take the place of any. */
export interface RequestEvents extends BodyEvents {
  /** The head is complete. `bodyLimit` of the parser can be set here. */
  onHead(head: RequestHead): void;
  /** The request is complete. @param trailers what came behind the last chunk; undefined if there was nothing */
  onComplete(trailers: Fields | undefined): void;
  /** The request is not to be served, and where the next one begins is not known. */
  onRefusal(refusal: Refusal): void;
}

/**
 * Bytes decoded at a time. Each is an argument of a function on the way, and XS's whole stack has 384 slots; bytes
 * behind the head that are in the same piece are decoded in vain.
 */
const PIECE = 64;

/**
 * Takes the bytes of one request after another, cut anywhere; what comes out depends on the bytes alone, not on the
 * cuts (but for those of the body's pieces). It knows no sockets and no time.
 *
 * The head becomes one string and is checked and searched as such. Measured on XS, instructions a byte: a loop with a
 * table 20, each `Uint8Array.indexOf` 8, decoding 7, each search or expression over the string 1 or less.
 */
export class RequestParser {
  /**
   * Bytes of body that the request may have, from the limits. One that announces more is refused when `onHead` has
   * returned, before any of it was read.
   */
  bodyLimit: number;
  readonly #limits: RequestLimits;
  readonly #events: RequestEvents;
  #state: ParserState = "head";
  /** What has come of the head; each byte a character, so that its length is a number of bytes. */
  #text = "";
  #sawEmptyLine = false;
  #sawRequestLine = false;
  #chunks: ChunkedDecoder | undefined;
  /** Bytes of the body still to come, where Content-Length says so. */
  #remaining = 0;
  #held = false;

  constructor(limits: RequestLimits, events: RequestEvents) {
    this.#limits = limits;
    this.#events = events;
    this.bodyLimit = limits.body;
  }

  get state(): ParserState {
    return this.#state;
  }

  /** True while no byte of a request has come. */
  get idle(): boolean {
    return this.#state === "head" && this.#text === "";
  }

  /** Makes ready for the next request. */
  reset(): void {
    this.bodyLimit = this.#limits.body;
    this.#state = "head";
    this.#text = "";
    this.#sawEmptyLine = false;
    this.#sawRequestLine = false;
    this.#chunks = undefined;
  }

  /**
   * Called from `onHead` or `onBody`: the `push` that is under way returns behind what it has delivered, and what
   * follows is for a later `push`.
   */
  hold(): void {
    this.#held = true;
    this.#chunks?.hold();
  }

  /**
   * Takes bytes[start..end), which stay the caller's.
   *
   * @returns where it stopped: at `end`, behind the request, or where it was held or refused
   */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    this.#held = false;
    while (at < end && this.#state === "head") at = this.#takeHead(bytes, at, Math.min(end, at + PIECE));
    if (at < end && this.#state === "body" && !this.#held) at = this.#takeBody(bytes, at, end);
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
    const head = parseRequestHead(this.#text.slice(0, length), this.#limits);
    this.#text = "";
    const stop = start + length - before;
    return head instanceof Refusal ? this.#refuse(head, stop) : this.#startBody(head, stop);
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
    return this.#state === "head";
  }

  #startBody(head: RequestHead, at: number): number {
    const { framing } = head;
    this.#state = "body";
    this.#events.onHead(head);
    if (framing === "chunked") {
      this.#chunks = new ChunkedDecoder(this.#limits, this.#events, this.bodyLimit);
    } else if (framing > this.bodyLimit) {
      return this.#refuse(new Refusal(413, `more than ${this.bodyLimit} bytes of body`), at);
    } else if (framing === 0) {
      return this.#complete(undefined, at);
    } else {
      this.#remaining = framing;
    }
    return at;
  }

  #takeBody(bytes: Uint8Array, start: number, end: number): number {
    const chunks = this.#chunks;
    if (chunks === undefined) {
      const stop = Math.min(end, start + this.#remaining);
      this.#remaining -= stop - start;
      this.#events.onBody(bytes, start, stop);
      return this.#remaining === 0 ? this.#complete(undefined, stop) : stop;
    }
    const stop = chunks.push(bytes, start, end);
    if (chunks.refusal !== undefined) return this.#refuse(chunks.refusal, stop);
    return chunks.done ? this.#complete(chunks.trailers, stop) : stop;
  }

  #complete(trailers: Fields | undefined, at: number): number {
    this.#state = "complete";
    this.#events.onComplete(trailers);
    return at;
  }

  #refuse(refusal: Refusal, at: number): number {
    this.#state = "refused";
    this.#text = "";
    this.#events.onRefusal(refusal);
    return at;
  }
}
