import type { NetworkError } from "../../error/index.js";
import type { Fields } from "../message/fields.js";
import type { BodyReader } from "../message/body-stream.js";

/** Calls a handler's reader, and has what it throws answered as if the handler had thrown it. */
export class GuardedReader {
  readonly #reader: BodyReader;
  readonly #onThrow: ReadFailure;
  #isOver = false;

  constructor(reader: BodyReader, onThrow: ReadFailure) {
    this.#reader = reader;
    this.#onThrow = onThrow;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  data(bytes: Uint8Array): void {
    if (this.#isOver) return;
    try {
      this.#reader.onData(bytes);
    } catch (error) {
      this.#isOver = true;
      this.#onThrow.onHandlerError(error);
    }
  }

  end(trailers: Fields | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      this.#reader.onEnd(trailers);
    } catch (error) {
      this.#onThrow.onHandlerError(error);
    }
  }

  fail(cause: NetworkError): void {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      this.#reader.onError?.(cause);
    } catch (error) {
      this.#onThrow.onHandlerError(error);
    }
  }
}

/** Who deals with what a reader throws. */
interface ReadFailure {
  onHandlerError(error: unknown): void;
}
