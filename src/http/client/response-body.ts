import { BodyCollector } from "../message/body-collector.js";
import type { Fields } from "../message/fields.js";
import type { BodyReader } from "../message/body-stream.js";

/** Where a body comes from. */
export interface BodyOrigin {
  /** The reader wants more than there is. */
  resume(): void;
  /** Nobody wants the rest. */
  abandon(error: unknown): void;
}

/** A response's body on its way from the socket to whoever reads it; a little of it waits where nobody does. */
export class ResponseBody {
  trailers: Fields | undefined;
  readonly #origin: BodyOrigin;
  readonly #readAhead: number;
  readonly #pieces: Uint8Array[] = [];
  #waiting = 0;
  #reader: BodyReader | undefined;
  #isPaused = false;
  #isComplete = false;
  #failure: { readonly error: unknown } | undefined;

  /** @param readAhead bytes that may wait for a reader */
  constructor(origin: BodyOrigin, readAhead: number) {
    this.#origin = origin;
    this.#readAhead = readAhead;
  }

  get wantsMore(): boolean {
    return this.isFlowing || this.#waiting < this.#readAhead;
  }

  /** True once somebody reads it. */
  get isUsed(): boolean {
    return this.#reader !== undefined;
  }

  /** True if no more will come. */
  get isOver(): boolean {
    return this.#isComplete || this.#failure !== undefined;
  }

  /** Takes bytes[start..end), which are borrowed. */
  push(bytes: Uint8Array, start: number, end: number): void {
    if (this.isOver) return;
    if (this.isFlowing && this.#waiting === 0) this.give(bytes.subarray(start, end));
    else {
      this.#pieces.push(bytes.slice(start, end));
      this.#waiting += end - start;
    }
  }

  complete(trailers: Fields | undefined): void {
    this.trailers = trailers;
    this.#isComplete = true;
    this.deliver();
  }

  /** What has come already is still delivered. */
  fail(error: unknown): void {
    if (this.isOver) return;
    this.#failure = { error };
    this.deliver();
  }

  /** Throws away what waits; the reader is told `error`, unless it has had all. */
  cancel(error: unknown): void {
    this.#pieces.length = 0;
    this.#waiting = 0;
    if (!this.isOver) this.#origin.abandon(error);
    this.fail(error);
  }

  read(reader: BodyReader): void {
    this.#reader = reader;
    this.resume();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    this.deliver();
    if (this.isFlowing && !this.isOver) this.#origin.resume();
  }

  /** The whole of it. @param tooLong makes the error for a body beyond `limit` bytes */
  collect(limit: number, tooLong: () => unknown): Promise<Uint8Array> {
    const collector = new BodyCollector();
    return new Promise((resolve, reject) => {
      this.read({
        onData: (bytes) => {
          if (collector.length + bytes.length > limit) this.cancel(tooLong());
          else collector.append(bytes, 0, bytes.length);
        },
        onEnd: () => resolve(collector.take()),
        onError: (error) => reject(error as Error),
      });
    });
  }

  private get isFlowing(): boolean {
    return this.#reader !== undefined && !this.#isPaused;
  }

  /** A reader that throws wants no more, and is told why. */
  private give(bytes: Uint8Array): void {
    try {
      this.#reader!.onData(bytes);
    } catch (error) {
      this.cancel(error);
    }
  }

  private deliver(): void {
    while (this.isFlowing && this.#waiting > 0) {
      const piece = this.#pieces.shift()!;
      this.#waiting -= piece.length;
      this.give(piece);
    }
    if (!this.isFlowing || this.#waiting > 0 || !this.isOver) return;
    const reader = this.#reader!;
    this.#reader = OVER;
    if (this.#failure === undefined) reader.onEnd(this.trailers);
    else reader.onError?.(this.#failure.error as Parameters<NonNullable<BodyReader["onError"]>>[0]);
  }
}

/** Hears nothing. */
const OVER: BodyReader = Object.freeze({ onData: () => undefined, onEnd: () => undefined });
