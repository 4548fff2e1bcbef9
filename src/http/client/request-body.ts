import { NetworkError } from "../../error/index.js";
import { bytesOf, type ByteBuffer, type EncodeUtf8 } from "../../host/index.js";
import { COALESCED_WRITE } from "../message/outbox.js";
import type { BodySource } from "../message/body-stream.js";

/** What a request can carry: text, bytes, or something that gives bytes as the socket has room. */
export type RequestBody = string | ByteBuffer | BodySource | AsyncIterable<string | ByteBuffer>;

/** A body on its way out, asked for one piece after another. */
export interface OutgoingBody {
  /** Bytes of the whole; undefined if nobody knows, and it goes in chunks. */
  readonly length: number | undefined;
  /** True if nothing was taken of it yet, or all of it can be given again. */
  readonly isFresh: boolean;
  /**
   * @param onReady called later, once, if there is nothing now
   * @returns the next piece, "end", or "later"
   * @throws what the source throws
   */
  pull(onReady: (error?: unknown) => void): Uint8Array | "end" | "later";
  /** No more is wanted of it now; it may be sent once more while it is fresh. */
  close(): void;
  /** It will not be sent any more. */
  discard(): void;
}

/** @throws NetworkError EINVAL for what is no body */
export function outgoingBody(body: RequestBody, encode: EncodeUtf8): OutgoingBody {
  if (typeof body === "string") return new WholeBody(encode(body));
  if (typeof body !== "object") throw new NetworkError("EINVAL", "send body", String(body));
  if (Symbol.asyncIterator in body) return new IteratedBody(body, encode);
  if ("read" in body) return new PulledBody(body);
  return new WholeBody(bytesOf(body));
}

/** Bytes that are there. They go out without being copied. */
export class WholeBody implements OutgoingBody {
  readonly isFresh = true;
  readonly #bytes: Uint8Array;
  #isTaken = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  pull(): Uint8Array | "end" {
    if (this.#isTaken) return "end";
    this.#isTaken = true;
    return this.#bytes;
  }

  /** It can be sent again. */
  close(): void {
    this.#isTaken = false;
  }

  discard(): void {
    // Nothing is held.
  }
}

class PulledBody implements OutgoingBody {
  isFresh = true;
  readonly #source: BodySource;
  #isOpen = true;

  constructor(source: BodySource) {
    this.#source = source;
  }

  get length(): number | undefined {
    return this.#source.length;
  }

  pull(): Uint8Array | "end" {
    this.isFresh = false;
    // The piece before may still be on its way, so each has memory of its own.
    const buffer = new Uint8Array(COALESCED_WRITE);
    const count = this.#source.read(buffer);
    return count === 0 ? "end" : buffer.subarray(0, count);
  }

  close(): void {
    if (!this.isFresh) this.discard();
  }

  discard(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#source.close?.();
  }
}

class IteratedBody implements OutgoingBody {
  readonly length = undefined;
  isFresh = true;
  readonly #iterable: AsyncIterable<string | ByteBuffer>;
  readonly #encode: EncodeUtf8;
  #iterator: AsyncIterator<string | ByteBuffer> | undefined;
  #next: Uint8Array | "end" | undefined;

  constructor(iterable: AsyncIterable<string | ByteBuffer>, encode: EncodeUtf8) {
    this.#iterable = iterable;
    this.#encode = encode;
  }

  pull(onReady: (error?: unknown) => void): Uint8Array | "end" | "later" {
    const next = this.#next;
    this.#next = next === "end" ? next : undefined;
    if (next !== undefined) return next;
    this.isFresh = false;
    this.#iterator ??= this.#iterable[Symbol.asyncIterator]();
    this.#iterator.next().then(
      ({ done, value }) => {
        try {
          this.#next =
            done === true ? "end" : typeof value === "string" ? this.#encode(value) : bytesOf(value);
        } catch (error) {
          onReady(error);
          return;
        }
        onReady();
      },
      (error: unknown) => onReady(error),
    );
    return "later";
  }

  close(): void {
    this.discard();
  }

  discard(): void {
    const iterator = this.#iterator;
    if (this.#next === "end" || iterator === undefined) return;
    this.#next = "end";
    // What a generator says when it is stopped is of no interest any more.
    iterator.return?.().then(undefined, () => undefined);
  }
}
