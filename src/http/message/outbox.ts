import type { Tcp, TcpWriteOptions } from "../../host/index.js";

/**
 * Bytes put together into one write: a head and a small body, or a head and the beginning of a large one, leave together. It
 * is about what one segment carries.
 */
export const COALESCED_WRITE = 1436;

/** Room to assume before the socket says how much it has, in bytes; the smallest known has 1,536. */
const FIRST_ROOM = 1024;

/** Bytes from which on a piece is not copied to what stands before it: sockets with so much room send both together. */
const LARGE_PIECE = 32 * 1024;

const STABLE: TcpWriteOptions = Object.freeze({ stable: true });
const STABLE_AND_MORE: TcpWriteOptions = Object.freeze({ stable: true, more: true });
const MORE: TcpWriteOptions = Object.freeze({ more: true });

/** Bytes on their way out, sent as the socket has room. They are kept by reference. */
export class Outbox {
  // Methods are not `#`: measured on XS, each instance has a slot for each of those.
  /** Bytes that wait. */
  size = 0;
  /** What the socket takes, in bytes, as it has said last. */
  room = FIRST_ROOM;
  readonly #queue: Uint8Array[] = [];
  /** How much of the first in the queue has gone. */
  #offset = 0;
  #hasBorrowed = false;

  /** @param borrowed whether they may change once they are out; all others must not change any more */
  push(bytes: Uint8Array, borrowed = false): void {
    if (bytes.length === 0) return;
    if (borrowed) this.#hasBorrowed = true;
    this.#queue.push(bytes);
    this.size += bytes.length;
  }

  /** Drops what waits. */
  clear(): void {
    this.#queue.length = 0;
    this.#hasBorrowed = false;
    this.#offset = 0;
    this.size = 0;
  }

  /**
   * Writes what there is room for.
   *
   * @param memory where small pieces are put together
   * @throws what the socket throws
   */
  flush(tcp: Tcp, memory: Uint8Array): void {
    const queue = this.#queue;
    while (this.size > 0 && this.room > 0) {
      const first = queue[0]!;
      if (queue.length === 1 && this.#offset === 0 && this.size <= this.room) {
        this.room = tcp.write(first, this.#hasBorrowed ? undefined : STABLE);
        this.clear();
        return;
      }
      const isShort = queue.length > 1 && first.length - this.#offset < memory.length;
      const isAlone = isShort && this.room > LARGE_PIECE && queue[1]!.length >= LARGE_PIECE;
      const isJoined = isShort && !isAlone;
      const bytes = isJoined ? this.join(memory) : this.cut(first);
      this.room = tcp.write(bytes, this.options(isJoined, isAlone));
      this.drop(bytes.length);
    }
  }

  /** @param more whether others follow at once */
  private options(isJoined: boolean, more: boolean): TcpWriteOptions | undefined {
    const isStable = !isJoined && !this.#hasBorrowed;
    if (more) return isStable ? STABLE_AND_MORE : MORE;
    return isStable ? STABLE : undefined;
  }

  private cut(first: Uint8Array): Uint8Array {
    return first.subarray(this.#offset, Math.min(first.length, this.#offset + this.room));
  }

  private join(memory: Uint8Array): Uint8Array {
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

  private drop(count: number): void {
    this.size -= count;
    let left = this.#offset + count;
    for (let first = this.#queue[0]; first !== undefined && left >= first.length; first = this.#queue[0]) {
      left -= first.length;
      this.#queue.shift();
    }
    this.#offset = left;
    if (this.size === 0) this.#hasBorrowed = false;
  }
}
