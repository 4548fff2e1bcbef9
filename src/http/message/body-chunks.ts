import type { NetworkError } from "../../error/index.js";
import type { BodyReader } from "./body-stream.js";

/** What it reads from. */
interface ReadableBody {
  readBody(reader: BodyReader): void;
  pause(): void;
  resume(): void;
}

type Result = IteratorResult<Uint8Array, undefined>;

/** A body for `for await`: one piece at a time is in memory. */
export class BodyChunks
  implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array, undefined>, BodyReader
{
  readonly #body: ReadableBody;
  #reading = false;
  #ended = false;
  #error: NetworkError | undefined;
  readonly #pieces: Uint8Array[] = [];
  #resolve: ((result: Result) => void) | undefined;
  #reject: ((error: NetworkError) => void) | undefined;

  constructor(body: ReadableBody) {
    this.#body = body;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Rejects with the NetworkError of a body that was cut short. */
  next(): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.deliver();
      if (this.#resolve === undefined) return;
      if (this.#reading) this.#body.resume();
      else {
        this.#reading = true;
        this.#body.readBody(this);
      }
    });
  }

  /** The loop was left: what still comes is nobody's. */
  return(): Promise<Result> {
    this.#ended = true;
    this.#pieces.length = 0;
    if (this.#reading) this.#body.resume();
    return Promise.resolve({ done: true, value: undefined });
  }

  onData(bytes: Uint8Array): void {
    if (this.#ended) return;
    this.#pieces.push(bytes.slice());
    this.#body.pause();
    this.deliver();
  }

  onEnd(): void {
    this.#ended = true;
    this.deliver();
  }

  onError(error: NetworkError): void {
    this.#error = error;
    this.deliver();
  }

  private deliver(): void {
    const resolve = this.#resolve;
    if (resolve === undefined) return;
    const piece = this.#pieces.shift();
    if (piece === undefined && this.#error === undefined && !this.#ended) return;
    this.#resolve = undefined;
    if (piece !== undefined) resolve({ done: false, value: piece });
    else if (this.#error !== undefined) this.#reject!(this.#error);
    else resolve({ done: true, value: undefined });
  }
}
