import { parseFieldSection } from "./field-section.js";
import type { Fields } from "./fields.js";
import { MAX_CHUNK_LINE, MAX_TRAILER, type MessageLimits } from "./limits.js";
import { badRequest, Refusal } from "./refusal.js";

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const DELETE = 0x7f;

/** What may stand behind a chunk's size (RFC 9112 §7.1.1), where control bytes are refused: names, each perhaps with a value. */
const EXTENSIONS =
  /^(?:[\t ]*;[\t ]*[\w!#$%&'*+.^`|~-]+(?:[\t ]*=[\t ]*(?:[\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*"))?)*$/;

/** Who takes the bytes of a body as they come. */
export interface BodyEvents {
  /** Takes bytes[start..end), which are borrowed: they may change once it has returned. */
  onBody(bytes: Uint8Array, start: number, end: number): void;
}

/**
 * "size-start": at the first digit of a chunk's size. "extension": between ";" and the end of that line. "data-cr" and
 * "data-lf": at the line end behind a chunk's data.
 */
type State =
  "size-start" | "size" | "extension" | "size-lf" | "data" | "data-cr" | "data-lf" | "trailer" | "done";

/** Takes the chunks off a body (RFC 9112 §7.1). Chunk extensions are checked and dropped. */
export class ChunkedDecoder {
  readonly #limits: MessageLimits;
  readonly #events: BodyEvents;
  /** Bytes of data that may still come. */
  #allowance: number;
  #state: State = "size-start";
  /** Of the chunk: while the size is read what it is so far, then how many bytes are still to come. */
  #size = 0;
  #lineLength = 0;
  /** What has come of the chunk's extensions, then of the trailers, each byte a character. */
  #text = "";
  #trailers: Fields | undefined;
  #refusal: Refusal | undefined;
  #held = false;

  /** @param bodyLimit bytes of data, all chunks together */
  constructor(limits: MessageLimits, events: BodyEvents, bodyLimit = limits.body) {
    this.#limits = limits;
    this.#events = events;
    this.#allowance = bodyLimit;
  }

  get done(): boolean {
    return this.#state === "done";
  }

  get refusal(): Refusal | undefined {
    return this.#refusal;
  }

  /** What came behind the last chunk, once it is done; undefined if there was nothing. */
  get trailers(): Fields | undefined {
    return this.#trailers;
  }

  /** Makes the `push` that is under way return behind the bytes that it has delivered. */
  hold(): void {
    this.#held = true;
  }

  /** Takes bytes[start..end). @returns where it stopped: at `end`, behind the body, or where it was held or refused */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    this.#held = false;
    while (at < end && !this.#held && !this.done && this.#refusal === undefined) {
      if (this.#state === "data") {
        const stop = Math.min(end, at + this.#size);
        this.#size -= stop - at;
        if (this.#size === 0) this.#state = "data-cr";
        this.#events.onBody(bytes, at, stop);
        at = stop;
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
        this.#text = this.#size === 0 ? "\r\n" : "";
        this.#allowance -= this.#size;
        this.#lineLength = 0;
        return undefined;
      case "data-cr":
        if (byte !== CR) return badRequest("a chunk longer than its size");
        this.#state = "data-lf";
        return undefined;
      case "data-lf":
        if (byte !== LF) return badRequest("a chunk longer than its size");
        this.#state = "size-start";
        return undefined;
      default:
        return this.#stepTrailer(byte);
    }
  }

  #stepSize(byte: number): Refusal | undefined {
    if (++this.#lineLength > MAX_CHUNK_LINE) return badRequest("a chunk size line that does not end");
    const digit = this.#state === "extension" ? -1 : hexDigit(byte);
    if (digit >= 0) {
      this.#state = "size";
      this.#size = 16 * this.#size + digit;
      return this.#size > Number.MAX_SAFE_INTEGER
        ? badRequest("a chunk size that nobody can count")
        : undefined;
    }
    if (this.#state === "size-start") return badRequest("a malformed chunk size");
    if (byte === CR) {
      if (!EXTENSIONS.test(this.#text)) return badRequest("a malformed chunk extension");
      this.#state = "size-lf";
      return this.#size > this.#allowance ? new Refusal(413, "more bytes of body than allowed") : undefined;
    }
    if (this.#state === "size" && byte !== SEMICOLON) return badRequest("a malformed chunk size");
    if ((byte < SPACE && byte !== TAB) || byte === DELETE) return badRequest("a malformed chunk extension");
    this.#state = "extension";
    this.#text += String.fromCharCode(byte);
    return undefined;
  }

  #stepTrailer(byte: number): Refusal | undefined {
    this.#text += String.fromCharCode(byte);
    if (byte === LF) {
      if (!this.#text.endsWith("\r\n")) return badRequest("a line that does not end with CRLF");
      if (this.#text.endsWith("\r\n\r\n")) return this.#finish();
    }
    if (++this.#lineLength > MAX_TRAILER) return new Refusal(431, "a trailer that does not end");
    return undefined;
  }

  #finish(): Refusal | undefined {
    this.#state = "done";
    if (this.#text.length === 4) return undefined;
    const trailers = parseFieldSection(this.#text, this.#limits.fields);
    if (trailers instanceof Refusal) return trailers;
    this.#trailers = trailers;
    return undefined;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
