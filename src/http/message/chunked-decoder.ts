import { Pattern, decodeLatin1, LATIN1_PIECE, type DecodeLatin1 } from "../../host/index.js";
import { parseChunkLine, startsWithSize } from "./chunk-line.js";
import { parseFieldSection } from "./field-section.js";
import type { Fields } from "./fields.js";
import { MAX_CHUNK_EXTENSIONS, MAX_CHUNK_LINE, MAX_TRAILER, type MessageLimits } from "./limits.js";
import { badRequest, Refusal } from "./refusal.js";

const CR = 0x0d;
const LF = 0x0a;

/** Digits of a size that is read without a string: chunks up to 256 MiB. */
const USUAL_DIGITS = 7;

const LF_ALONE = new Pattern(() => /[^\r]\n/);

/** Who takes the bytes of a body as they come. */
export interface BodyEvents {
  /** Takes bytes[start..end), which are borrowed: they may change once it has returned. */
  onBody(bytes: Uint8Array, start: number, end: number): void;
}

/** "line": in a chunk's size and extensions. "data-cr" and "data-lf": at the line end behind a chunk's data. */
type State = "line" | "data" | "data-cr" | "data-lf" | "trailer" | "done";

/** Takes the chunks off a body (RFC 9112 §7.1). Chunk extensions are checked and dropped. */
export class ChunkedDecoder {
  readonly #limits: MessageLimits;
  readonly #events: BodyEvents;
  readonly #decode: DecodeLatin1;
  /** Bytes of data that may still come. */
  #allowance: number;
  #state: State = "line";
  /** Bytes of the chunk that are still to come. */
  #size = 0;
  /** Bytes of extensions, of all chunks together. */
  #extensions = 0;
  /** What has come of a chunk's line, then of the trailers; each byte a character, so that its length is a number of bytes. */
  #received = "";
  #trailers: Fields | undefined;
  #refusal: Refusal | undefined;
  #held = false;

  /**
   * @param bodyLimit bytes of data, all chunks together
   * @param decode the host's own, where it has a faster one
   */
  constructor(
    limits: MessageLimits,
    events: BodyEvents,
    bodyLimit = limits.body,
    decode: DecodeLatin1 = decodeLatin1,
  ) {
    this.#decode = decode;
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
      if (this.#state === "line") at = this.takeLine(bytes, at, end);
      else if (this.#state === "data") at = this.takeData(bytes, at, end);
      else if (this.#state === "trailer") at = this.takeTrailer(bytes, at, Math.min(end, at + LATIN1_PIECE));
      else if (bytes[at++] !== (this.#state === "data-cr" ? CR : LF))
        this.#refusal = badRequest("a chunk longer than its size");
      else this.#state = this.#state === "data-cr" ? "data-lf" : "line";
    }
    return at;
  }

  private takeLine(bytes: Uint8Array, start: number, end: number): number {
    if (this.#received === "") {
      const behind = this.takeSize(bytes, start, end);
      if (behind > start) return behind;
    }
    // One byte more than is allowed, which may be the CR or be what is too much.
    const limit = Math.min(end, start + MAX_CHUNK_LINE + 1 - this.#received.length);
    let stop = start;
    while (stop < limit && bytes[stop] !== LF) stop++;
    this.#received += this.#decode(bytes, start, stop);
    if (stop < limit) {
      this.takeWholeLine(this.#received);
      return stop + 1;
    }
    if (!startsWithSize(this.#received)) this.#refusal = badRequest("a malformed chunk size");
    else if (this.#received.length > MAX_CHUNK_LINE)
      this.#refusal = badRequest("a chunk size line that does not end");
    return stop;
  }

  /** Takes what nearly all lines are, in one piece: a few digits. @returns behind the line, or `start` if it is another one */
  private takeSize(bytes: Uint8Array, start: number, end: number): number {
    const limit = Math.min(end - 2, start + USUAL_DIGITS);
    let size = 0;
    let at = start;
    for (let digit: number; at < limit && (digit = hexDigit(bytes[at]!)) >= 0; at++) size = size * 16 + digit;
    if (at === start || bytes[at] !== CR || bytes[at + 1] !== LF) return start;
    this.startChunk(size);
    return at + 2;
  }

  private takeWholeLine(line: string): void {
    const chunk = parseChunkLine(line);
    if (chunk instanceof Refusal) {
      this.#refusal = chunk;
      return;
    }
    this.#extensions += chunk.extensions;
    this.startChunk(chunk.size);
    if (this.#extensions > MAX_CHUNK_EXTENSIONS)
      this.#refusal ??= badRequest("too many bytes of chunk extensions");
  }

  private startChunk(size: number): void {
    if (size > this.#allowance) this.#refusal = new Refusal(413, "more bytes of body than allowed");
    this.#allowance -= size;
    this.#size = size;
    this.#state = size === 0 ? "trailer" : "data";
    this.#received = size === 0 ? "\r\n" : "";
  }

  private takeData(bytes: Uint8Array, start: number, end: number): number {
    const stop = Math.min(end, start + this.#size);
    this.#size -= stop - start;
    if (this.#size === 0) this.#state = "data-cr";
    this.#events.onBody(bytes, start, stop);
    const isWhole = this.#state === "data-cr" && stop + 1 < end && !this.#held;
    if (!isWhole || bytes[stop] !== CR || bytes[stop + 1] !== LF) return stop;
    this.#state = "line";
    return stop + 2;
  }

  private takeTrailer(bytes: Uint8Array, start: number, end: number): number {
    const before = this.#received.length;
    const received = this.#received + this.#decode(bytes, start, end);
    const mark = received.indexOf("\r\n\r\n", Math.max(0, before - 3));
    const length = mark < 0 ? received.length : mark + 4;
    this.#received = received.slice(0, length);
    if (LF_ALONE.regexp.test(this.#received.slice(0, MAX_TRAILER + 2))) {
      this.#refusal = badRequest("a line that does not end with CRLF");
    } else if (length > MAX_TRAILER + 2) {
      this.#refusal = new Refusal(431, `more than ${MAX_TRAILER} bytes of trailers`);
    } else if (mark >= 0) {
      this.finish();
    }
    return start + length - before;
  }

  private finish(): void {
    this.#state = "done";
    // Nothing came but the empty line.
    if (this.#received === "\r\n\r\n") return;
    const trailers = parseFieldSection(this.#received, this.#limits.fields);
    if (trailers instanceof Refusal) this.#refusal = trailers;
    else this.#trailers = trailers;
  }
}

/** The value of a hexadecimal digit; -1 of another byte. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
