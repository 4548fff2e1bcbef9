import type { BodySource } from "../message/body-stream.js";

/** How the end of a body is told: not at all, because there is none; by Content-Length; by chunks; by the connection's end. */
export type ResponseFraming = "none" | "length" | "chunked" | "close";

/** Where the bytes of a body go. */
export interface BodyOutlet {
  /** Bytes that `sendFrom` reads at a time. */
  readonly pieceLength: number;
  /** True if all that was pushed is out, and the socket takes more. */
  readonly isReady: boolean;
  /** @param borrowed whether they may change once they are out; all others must not change any more */
  push(bytes: Uint8Array, borrowed?: boolean): void;
  /** Sends what there is room for. @returns false if too much waits */
  flush(): boolean;
  /** The body is complete. */
  end(): void;
  /** The body can't be completed: breaks the connection off, so that the client sees it. */
  breakOff(reason: string): void;
}

/** The longest size line of a piece that `sendFrom` reads, with four digits: pieces are shorter than 64 KiB. */
const SIZE_LINE = 6;
export const MAX_PIECE = 0xffff;

const CR = 0x0d;
const LF = 0x0a;

const LINE_END = Uint8Array.of(CR, LF);
const LAST_CHUNK = Uint8Array.of(0x30, CR, LF);

/** The body of a response that goes piece by piece. */
export class BodyWriter {
  readonly #outlet: BodyOutlet;
  readonly #framing: ResponseFraming;
  /** Bytes still to come, where Content-Length says so. */
  #remaining: number;
  #source: BodySource | undefined;
  #buffer: Uint8Array | undefined;
  #over = false;

  /** @param length bytes of the whole body, with the framing "length" */
  constructor(outlet: BodyOutlet, framing: ResponseFraming, length = 0) {
    this.#outlet = outlet;
    this.#framing = framing;
    this.#remaining = length;
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** @returns false if too much waits, or the client has gone */
  write(bytes: Uint8Array): boolean {
    if (this.#over) return false;
    if (bytes.length > 0 && this.#framing !== "none") {
      if (!this.count(bytes.length)) return false;
      if (this.#framing === "chunked") this.#outlet.push(sizeLine(bytes.length));
      this.#outlet.push(bytes);
      if (this.#framing === "chunked") this.#outlet.push(LINE_END);
    }
    return this.#outlet.flush();
  }

  /** @param trailers lines of fields, each with its line end, encoded; empty for none */
  end(trailers: Uint8Array): void {
    if (this.#over) return;
    if (this.#framing === "length" && this.#remaining > 0) {
      this.breakOff(`a body ended ${this.#remaining} bytes before its Content-Length`);
      return;
    }
    this.#over = true;
    if (this.#framing === "chunked") {
      this.#outlet.push(LAST_CHUNK);
      this.#outlet.push(trailers);
      this.#outlet.push(LINE_END);
    }
    this.#outlet.end();
  }

  /** Takes the body from `source`, as there is room. */
  sendFrom(source: BodySource): void {
    this.#source = source;
    const { pieceLength } = this.#outlet;
    // A chunk is framed where it is read to: it leaves in one write, and is not copied.
    const frame = this.#framing === "chunked" ? SIZE_LINE + LINE_END.length : 0;
    const known = this.#framing === "length" ? this.#remaining : pieceLength;
    this.#buffer = new Uint8Array(Math.max(frame + 1, Math.min(pieceLength, known + frame, MAX_PIECE)));
    // The head is still there: it leaves with the first piece.
    this.pullFrom(source);
    this.pull();
  }

  /** There may be room again for what the source has. */
  pull(): void {
    while (this.#source !== undefined && this.#outlet.isReady) this.pullFrom(this.#source);
  }

  /** The client has gone. */
  abort(): void {
    this.#over = true;
    this.closeSource();
  }

  private pullFrom(source: BodySource): void {
    if (this.#framing === "none" || (this.#framing === "length" && this.#remaining === 0)) this.finish();
    else this.pullPiece(source, this.#buffer!);
  }

  private pullPiece(source: BodySource, buffer: Uint8Array): void {
    const start = this.#framing === "chunked" ? SIZE_LINE : 0;
    const room = start === 0 ? buffer.length : buffer.length - SIZE_LINE - LINE_END.length;
    const wanted = this.#framing === "length" ? Math.min(room, this.#remaining) : room;
    let count: number;
    try {
      count = source.read(buffer.subarray(start, start + wanted));
    } catch (error) {
      this.breakOff(`a body's source failed: ${String(error)}`);
      return;
    }
    if (count === 0) {
      this.finish();
      return;
    }
    this.count(count);
    let end = start + count;
    if (start > 0) {
      writeSize(buffer, count);
      buffer.set(LINE_END, end);
      end += LINE_END.length;
    }
    this.#outlet.push(end === buffer.length ? buffer : buffer.subarray(0, end), true);
    this.#outlet.flush();
  }

  private finish(): void {
    this.closeSource();
    this.end(NO_TRAILERS);
  }

  /** What goes beyond Content-Length would be taken for the next response. @returns false if it does */
  private count(bytes: number): boolean {
    if (this.#framing !== "length") return true;
    this.#remaining -= bytes;
    if (this.#remaining >= 0) return true;
    this.breakOff("a body longer than its Content-Length");
    return false;
  }

  private breakOff(reason: string): void {
    this.abort();
    this.#outlet.breakOff(reason);
  }

  private closeSource(): void {
    const source = this.#source;
    this.#source = undefined;
    this.#buffer = undefined;
    source?.close?.();
  }
}

const NO_TRAILERS = new Uint8Array(0);

function sizeLine(size: number): Uint8Array {
  let digits = 1;
  while (size >= 16 ** digits) digits++;
  const line = new Uint8Array(digits + LINE_END.length);
  for (let at = digits - 1, rest = size; at >= 0; at--, rest = Math.floor(rest / 16))
    line[at] = hexDigit(rest % 16);
  line.set(LINE_END, digits);
  return line;
}

/** Leading zeros are legal (RFC 9112 §7.1). */
function writeSize(buffer: Uint8Array, size: number): void {
  for (let at = 0; at < 4; at++) buffer[at] = hexDigit((size >> (12 - 4 * at)) & 15);
  buffer.set(LINE_END, 4);
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value;
}
