import { NetworkError } from "../../error/index.js";
import type { Tcp } from "../../host/index.js";

/**
 * Bytes put together into one write: a head and a small body, or a head and the beginning of a large one, leave together. It
 * is about what one segment carries.
 */
export const COALESCED_WRITE = 1436;

/** Room to assume before the socket says how much it has, in bytes; the smallest known has 1,536. */
const FIRST_ROOM = 1024;

/** Bytes on their way out, sent as the socket has room. They are kept by reference and must not change. */
export class Outbox {
  /** Bytes that wait. */
  size = 0;
  /** What the socket takes, in bytes, as it has said last. */
  room = FIRST_ROOM;
  readonly #queue: Uint8Array[] = [];
  /** How much of the first in the queue has gone. */
  #offset = 0;

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#queue.push(bytes);
    this.size += bytes.length;
  }

  /** Drops what waits. */
  clear(): void {
    this.#queue.length = 0;
    this.#offset = 0;
    this.size = 0;
  }

  /**
   * Writes what there is room for.
   *
   * @param memory where small pieces are put together
   * @returns whether anything went out
   * @throws what the socket throws, except that it has no room
   */
  flush(tcp: Tcp, memory: Uint8Array): boolean {
    let progress = false;
    while (this.size > 0 && this.room > 0) {
      const first = this.#queue[0]!;
      const isJoined = this.#queue.length > 1 && first.length - this.#offset < memory.length;
      const bytes = isJoined ? this.#join(memory) : this.#cut(first);
      try {
        this.room = tcp.write(bytes);
      } catch (error) {
        if (!(error instanceof NetworkError) || error.code !== "EWOULDBLOCK") throw error;
        this.room = 0;
        return progress;
      }
      progress = true;
      this.#drop(bytes.length);
    }
    return progress;
  }

  #cut(first: Uint8Array): Uint8Array {
    const end = Math.min(first.length, this.#offset + this.room);
    return this.#offset === 0 && end === first.length ? first : first.subarray(this.#offset, end);
  }

  #join(memory: Uint8Array): Uint8Array {
    const end = Math.min(memory.length, this.room, this.size);
    let offset = this.#offset;
    let at = 0;
    for (let index = 0; at < end; index++) {
      const bytes = this.#queue[index]!;
      const count = Math.min(bytes.length - offset, end - at);
      memory.set(count === bytes.length ? bytes : bytes.subarray(offset, offset + count), at);
      at += count;
      offset = 0;
    }
    return memory.subarray(0, end);
  }

  #drop(count: number): void {
    this.size -= count;
    let left = this.#offset + count;
    for (let first = this.#queue[0]; first !== undefined && left >= first.length; first = this.#queue[0]) {
      left -= first.length;
      this.#queue.shift();
    }
    this.#offset = left;
  }
}
