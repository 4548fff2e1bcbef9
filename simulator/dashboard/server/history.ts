import { BatchWriter, type PacketRecord } from "../protocol/index.js";

/** Bytes of records that are kept together, and given up together. */
const CHUNK = 64 * 1024;
/** 16 MiB: some minutes of a busy LAN. */
export const MAX_CHUNKS = 256;
/** How many packets back the copy of a frame is looked for that a switch has passed on. */
const RECENT = 512;

interface Recent {
  readonly number: number;
  readonly bytes: Uint8Array;
}

interface Chunk {
  readonly writer: BatchWriter;
  /** The number of the first packet that comes with it or after it. */
  readonly first: number;
}

/** Where a reader of the history is. */
export interface Cursor {
  /** Of all chunks that there ever were. */
  chunk: number;
  /** Bytes of it that were read. */
  at: number;
  /** The number of the first packet that was not read. */
  next: number;
}

/** The newest packets of a run, as the batches that pages get: written once, whoever reads them. */
export class PacketHistory {
  readonly #chunks: Chunk[] = [{ writer: new BatchWriter(CHUNK), first: 1 }];
  /** Chunks that were given up. */
  #forgotten = 0;
  #packets = 0;
  readonly #recent: (Recent | undefined)[] = new Array<Recent | undefined>(RECENT).fill(undefined);

  /** How many there were, the forgotten included. */
  get packets(): number {
    return this.#packets;
  }

  add(packet: Omit<PacketRecord, "kind" | "number">): void {
    const record = { ...packet, number: ++this.#packets };
    let at = this.#last.packet(record);
    if (at < 0) {
      this.#grow(record.number);
      at = this.#last.packet(record);
    }
    const bytes = this.#last.from(at).subarray(0, packet.bytes.length);
    this.#recent[record.number % RECENT] = { number: record.number, bytes };
  }

  /** Notes what became of a frame behind a switch; nothing if nobody remembers the frame. */
  addFate(frame: Uint8Array, where: string, comment: string): void {
    const number = this.#find(frame);
    if (number === undefined) return;
    const fate = { number, where, comment };
    if (this.#last.fate(fate)) return;
    this.#grow(this.#packets + 1);
    this.#last.fate(fate);
  }

  /** A reader that begins with what the last `chunks` have. */
  cursor(chunks: number): Cursor {
    const index = Math.max(0, this.#chunks.length - chunks);
    return { chunk: this.#forgotten + index, at: 0, next: this.#chunks[index]!.first };
  }

  /** How many packets a reader has missed because they were forgotten; it goes on behind them. */
  skipForgotten(cursor: Cursor, maxBehind: number): number {
    const oldest = this.#forgotten + Math.max(0, this.#chunks.length - maxBehind);
    if (cursor.chunk >= oldest) return 0;
    const { first } = this.#chunks[oldest - this.#forgotten]!;
    const missed = first - cursor.next;
    Object.assign(cursor, { chunk: oldest, at: 0, next: first });
    return missed;
  }

  /** The next piece for a reader; empty if it has all. It is not to be kept for long. */
  read(cursor: Cursor): Uint8Array {
    const index = cursor.chunk - this.#forgotten;
    const piece = this.#chunks[index]!.writer.from(cursor.at);
    const following = this.#chunks[index + 1];
    if (following === undefined)
      Object.assign(cursor, { at: cursor.at + piece.length, next: this.#packets + 1 });
    else Object.assign(cursor, { chunk: cursor.chunk + 1, at: 0, next: following.first });
    return piece;
  }

  get #last(): BatchWriter {
    return this.#chunks[this.#chunks.length - 1]!.writer;
  }

  #grow(first: number): void {
    this.#chunks.push({ writer: new BatchWriter(CHUNK), first });
    if (this.#chunks.length <= MAX_CHUNKS) return;
    this.#chunks.shift();
    this.#forgotten++;
  }

  /** The newest packet with these bytes. */
  #find(frame: Uint8Array): number | undefined {
    for (let number = this.#packets; number > 0 && number > this.#packets - RECENT; number--) {
      const recent = this.#recent[number % RECENT];
      if (recent !== undefined && isSame(recent.bytes, frame)) return recent.number;
    }
    return undefined;
  }
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
