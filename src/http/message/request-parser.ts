import { decodeLatin1, LATIN1_PIECE, type DecodeLatin1 } from "../../host/index.js";
import { checkBegunFields } from "./begun-fields.js";
import { ChunkedDecoder } from "./chunked-decoder.js";
import { isToken, type Fields } from "./fields.js";
import type { RequestLimits } from "./limits.js";
import { badRequest, Refusal } from "./refusal.js";
import type { RequestEvents } from "./request-events.js";
import { checkLine, parseRequestHead, type RequestHead } from "./request-head.js";

/** "head" and "body": it wants more bytes. "complete" and "refused": it takes none until `reset`. */
export type ParserState = "head" | "body" | "complete" | "refused";

/** Bytes that a host's own decoder is given at a time: it is a call each, and what stands behind a head is decoded in vain. */
const NATIVE_PIECE = 1024;

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
  readonly #decode: DecodeLatin1;
  #state: ParserState = "head";
  /** What may come next of a head. RFC 9112 §2.2: an empty line before the request line is passed over. */
  #expected: "empty-line" | "request-line" | "fields" = "empty-line";
  /** What has come of the head; each byte a character, so that its length is a number of bytes. */
  #received = "";
  #chunks: ChunkedDecoder | undefined;
  /** Bytes of the body still to come, where Content-Length says so. */
  #remaining = 0;
  #held = false;

  /** @param decode the host's own, where it has a faster one */
  constructor(limits: RequestLimits, events: RequestEvents, decode: DecodeLatin1 = decodeLatin1) {
    this.#limits = limits;
    this.#events = events;
    this.#decode = decode;
    this.bodyLimit = limits.body;
  }

  get state(): ParserState {
    return this.#state;
  }

  /** True while no byte of a request has come. */
  get idle(): boolean {
    return this.#state === "head" && this.#received === "";
  }

  /** Makes ready for the next request. */
  reset(): void {
    this.bodyLimit = this.#limits.body;
    this.#state = "head";
    this.#expected = "empty-line";
    this.#received = "";
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
    if (at < end && this.#state === "head") at = this.takeHead(bytes, at, end);
    if (at < end && this.#state === "body" && !this.#held) at = this.takeBody(bytes, at, end);
    return at;
  }

  private takeHead(bytes: Uint8Array, start: number, end: number): number {
    const decode = this.#decode;
    const piece = decode === decodeLatin1 ? LATIN1_PIECE : NATIVE_PIECE;
    const limit = this.#limits.head;
    const known = this.#received.length;
    let received = this.#received;
    let at = start;
    let mark: number;
    do {
      const before = received.length;
      const stop = at + piece < end ? at + piece : end;
      received += decode(bytes, at, stop);
      at = stop;
      if (before < 2 && this.#expected === "empty-line" && received.startsWith("\r\n")) {
        this.#expected = "request-line";
        received = received.slice(2);
      }
      mark = received.indexOf("\r\n\r\n", before > 3 ? before - 3 : 0);
    } while (mark < 0 && at < end && received.length <= limit);
    this.#received = received;
    const refusal = this.#expected === "fields" ? undefined : this.checkRequestLine(received);
    if (refusal !== undefined) return this.refuse(refusal, at);
    const length = mark < 0 ? received.length : mark + 4;
    if (mark < 0 || length > limit) {
      const stray =
        this.#expected === "fields"
          ? checkBegunFields(received.slice(0, limit), known, this.#limits)
          : undefined;
      if (stray !== undefined) return this.refuse(stray, at);
      return length > limit ? this.refuse(new Refusal(431, `more than ${limit} bytes`), at) : at;
    }
    const head = parseRequestHead(received.slice(0, length), this.#limits);
    const stop = at - received.length + length;
    return head instanceof Refusal ? this.refuse(head, stop) : this.startBody(head, stop);
  }

  /** Says of a request line that it is wrong as soon as that can be known. */
  private checkRequestLine(received: string): Refusal | undefined {
    const limit = this.#limits.requestLine;
    const end = received.indexOf("\n");
    const isLong = end < 0 ? received.length > limit + 1 : end > limit + 1;
    if (end > 1 && !isLong && received.startsWith("\r", end - 1)) {
      this.#expected = "fields";
      return undefined;
    }
    // No later than it is seen: what speaks another protocol may never send the end of a line.
    const line = received.slice(0, end < 0 || isLong ? limit + 1 : end);
    const control = checkLine(line.endsWith("\r") ? line.slice(0, -1) : line);
    if (control !== undefined) return control;
    if (isLong) return new Refusal(414, `more than ${limit} bytes of request line`);
    return end < 0 ? undefined : badRequest("a request line that does not end with CRLF");
  }

  private startBody(head: RequestHead, at: number): number {
    const { framing } = head;
    this.#received = "";
    this.#state = "body";
    this.#events.onHead(head);
    if (framing === 0) return this.complete(undefined, at);
    if (framing === "chunked") {
      this.#chunks = new ChunkedDecoder(this.#limits, this.#events, this.bodyLimit, this.#decode);
    } else if (framing > this.bodyLimit) {
      return this.refuse(new Refusal(413, `more than ${this.bodyLimit} bytes of body`), at);
    } else {
      this.#remaining = framing;
    }
    return at;
  }

  private takeBody(bytes: Uint8Array, start: number, end: number): number {
    const chunks = this.#chunks;
    if (chunks === undefined) {
      const stop = Math.min(end, start + this.#remaining);
      this.#remaining -= stop - start;
      this.#events.onBody(bytes, start, stop);
      return this.#remaining === 0 ? this.complete(undefined, stop) : stop;
    }
    const stop = chunks.push(bytes, start, end);
    if (chunks.refusal !== undefined) return this.refuse(chunks.refusal, stop);
    return chunks.done ? this.complete(chunks.trailers, stop) : stop;
  }

  private complete(trailers: Fields | undefined, at: number): number {
    this.#state = "complete";
    this.#events.onComplete(trailers);
    return at;
  }

  private refuse(refusal: Refusal, at: number): number {
    const method = this.#state === "head" ? methodOf(this.#received) : undefined;
    this.#state = "refused";
    this.#received = "";
    this.#events.onRefusal(refusal, method);
    return at;
  }
}

/** What stands before the first blank, if it may be a method. */
function methodOf(received: string): string | undefined {
  const method = received.slice(0, Math.max(0, received.indexOf(" ")));
  return isToken(method) ? method : undefined;
}
