import { NetworkError } from "../../error/index.js";
import type { Tcp } from "../../host/index.js";

/**
 * Bytes put into one write: a head and a small body, or a head and the beginning of a large one, leave together. It is
 * about what one segment carries.
 */
export const COALESCED_WRITE = 1436;

/** Room to assume before the socket says how much it has, in bytes; the smallest known has 1,536. */
const FIRST_ROOM = 1024;

/** Bytes on their way out, sent as the socket has room. They are kept by reference and must not change. */
export class Outbox {
  readonly #queue: Uint8Array[] = [];
  #offset = 0;
  #room = FIRST_ROOM;

  get empty(): boolean {
    return this.#queue.length === 0;
  }

  /** The socket has said how many bytes it takes. */
  set room(bytes: number) {
    this.#room = bytes;
  }

  push(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#queue.push(bytes);
  }

  /** Queues a head and its body so that they leave in as few writes as possible. */
  pushMessage(head: Uint8Array, body: Uint8Array): void {
    const joined = Math.min(body.length, COALESCED_WRITE - head.length);
    if (joined <= 0) {
      this.push(head);
      this.push(body);
      return;
    }
    const first = new Uint8Array(head.length + joined);
    first.set(head);
    first.set(joined === body.length ? body : body.subarray(0, joined), head.length);
    this.push(first);
    if (joined < body.length) this.push(body.subarray(joined));
  }

  /**
   * Writes what there is room for.
   *
   * @returns whether anything went out
   * @throws what the socket throws, except that it has no room
   */
  flush(tcp: Tcp): boolean {
    let progress = false;
    for (let bytes = this.#queue[0]; bytes !== undefined && this.#room > 0; bytes = this.#queue[0]) {
      const end = Math.min(bytes.length, this.#offset + this.#room);
      const whole = this.#offset === 0 && end === bytes.length;
      try {
        this.#room = tcp.write(whole ? bytes : bytes.subarray(this.#offset, end));
      } catch (error) {
        if (!(error instanceof NetworkError) || error.code !== "EWOULDBLOCK") throw error;
        this.#room = 0;
        return progress;
      }
      progress = true;
      this.#offset = end;
      if (end === bytes.length) {
        this.#queue.shift();
        this.#offset = 0;
      }
    }
    return progress;
  }
}
