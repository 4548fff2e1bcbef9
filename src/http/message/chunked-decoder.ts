import type { BodyCollector } from "./body-collector.js";
import { checkFields } from "./fields.js";
import { MAX_CHUNK_LINE, MAX_TRAILER, type HttpLimits } from "./limits.js";
import { badRequest, Refusal } from "./refusal.js";

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const DELETE = 0x7f;

/**
 * "size-start": at the first digit of a chunk's size. "extension": between ";" and the end of that line. "data-cr" and
 * "data-lf": at the line end behind a chunk's data.
 */
type State =
  "size-start" | "size" | "extension" | "size-lf" | "data" | "data-cr" | "data-lf" | "trailer" | "done";

/** Takes the chunks off a body (RFC 9112 §7.1). Trailer fields are checked and dropped. */
export class ChunkedDecoder {
  readonly #limits: HttpLimits;
  readonly #body: BodyCollector;
  #state: State = "size-start";
  /** Of the chunk: while the size is read what it is so far, then how many bytes are still to come. */
  #size = 0;
  #lineLength = 0;
  #trailer = "\r\n";
  #refusal: Refusal | undefined;

  constructor(limits: HttpLimits, body: BodyCollector) {
    this.#limits = limits;
    this.#body = body;
  }

  get done(): boolean {
    return this.#state === "done";
  }

  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** Takes bytes[start..end). @returns where it stopped: at `end`, behind the body, or where something is wrong */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && !this.done && this.#refusal === undefined) {
      if (this.#state === "data") {
        const stop = Math.min(end, at + this.#size);
        this.#body.append(bytes, at, stop);
        this.#size -= stop - at;
        at = stop;
        if (this.#size === 0) this.#state = "data-cr";
      } else {
        this.#refusal = this.#step(bytes[at++]!);
      }
    }
    return at;
  }

  #step(byte: number): Refusal | undefined {
    switch (this.#state) {
      case "size-start":
      case "size":
      case "extension":
        return this.#stepSize(byte);
      case "size-lf":
        if (byte !== LF) return badRequest("a chunk size without its line end");
        this.#state = this.#size === 0 ? "trailer" : "data";
        this.#lineLength = 0;
        return undefined;
      case "data-cr":
        if (byte !== CR) return badRequest("a chunk longer than its size");
        this.#state = "data-lf";
        return undefined;
      case "data-lf":
        if (byte !== LF) return badRequest("a chunk longer than its size");
        this.#state = "size-start";
        this.#size = 0;
        return undefined;
      default:
        return this.#stepTrailer(byte);
    }
  }

  #stepSize(byte: number): Refusal | undefined {
    if (++this.#lineLength > MAX_CHUNK_LINE) return badRequest("a chunk size line that does not end");
    if (this.#state === "extension") {
      if (byte === CR) this.#state = "size-lf";
      else if ((byte < SPACE && byte !== TAB) || byte === DELETE)
        return badRequest("a malformed chunk extension");
      return undefined;
    }
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#state = "size";
      this.#size = 16 * this.#size + digit;
      if (this.#body.length + this.#size > this.#limits.body) {
        return new Refusal(413, `more than ${this.#limits.body} bytes of body`);
      }
      return undefined;
    }
    if (this.#state === "size-start") return badRequest("a malformed chunk size");
    if (byte === CR) this.#state = "size-lf";
    else if (byte === SEMICOLON) this.#state = "extension";
    else return badRequest("a malformed chunk size");
    return undefined;
  }

  #stepTrailer(byte: number): Refusal | undefined {
    this.#trailer += String.fromCharCode(byte);
    if (byte === LF) {
      if (!this.#trailer.endsWith("\r\n")) return badRequest("a line that does not end with CRLF");
      if (this.#trailer.endsWith("\r\n\r\n")) {
        this.#state = "done";
        return checkFields(this.#trailer, this.#limits.fields);
      }
    }
    if (++this.#lineLength > MAX_TRAILER) return new Refusal(431, "a trailer that does not end");
    return undefined;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
