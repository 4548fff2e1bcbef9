import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { XsEngine } from "./engine.js";

/** Bytes of a slot on a microcontroller. */
export const SLOT_BYTES = 16;

/** What a machine needs when its garbage is collected. */
export interface Heap {
  /** Objects, properties, closures: each a number of slots, the same number on every machine. */
  readonly slots: number;
  /** Bytes of strings, buffers, bytecode and big integers. */
  readonly chunkBytes: number;
}

export interface MeasuredHeap extends Heap {
  /**
   * Those of its chunks' that are bytecode. Here each function that is made gets a copy; a microcontroller's functions point into the flash
   * that their module is in.
   */
  readonly codeBytes: number;
}

/** The heap beyond what `before` had. */
export function heapSince(before: Heap, after: Heap): Heap {
  return { slots: after.slots - before.slots, chunkBytes: after.chunkBytes - before.chunkBytes };
}

/** `heapSince` without bytecode: what it takes of a microcontroller's RAM. */
export function dataSince(before: MeasuredHeap, after: MeasuredHeap): Heap {
  const { slots, chunkBytes } = heapSince(before, after);
  return { slots, chunkBytes: chunkBytes - (after.codeBytes - before.codeBytes) };
}

/**
 * Measures what is left after a collection, in a snapshot, which makes one itself: each script that is evaluated, if only to
 * collect garbage, would leave its name behind, a slot and 24 bytes.
 */
export async function measureHeap(engine: XsEngine): Promise<MeasuredHeap> {
  const directory = await mkdtemp(join(tmpdir(), "xs-heap-"));
  try {
    const path = join(directory, "snapshot");
    await engine.snapshot(path);
    const atoms = atomsOf(await readFile(path));
    const [slots, chunks] = [atoms.get("HEAP")!, atoms.get("BLOC")!];
    return {
      slots: slots.length / SLOT_LENGTH,
      chunkBytes: chunks.length,
      codeBytes: codeBytesOf(slots, chunks),
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}

const ATOM_HEADER_LENGTH = 8;

/** A snapshot's parts. Atoms (uint32 size with its header, four letters, content) fill one named XS_M. */
function atomsOf(snapshot: Buffer): Map<string, Buffer> {
  const atoms = new Map<string, Buffer>();
  let offset = ATOM_HEADER_LENGTH;
  while (offset < snapshot.length) {
    const size = snapshot.readUInt32BE(offset);
    if (size < ATOM_HEADER_LENGTH) throw new Error("not a snapshot of XS");
    const content = offset + ATOM_HEADER_LENGTH;
    atoms.set(snapshot.toString("latin1", offset + 4, content), snapshot.subarray(content, offset + size));
    offset += size;
  }
  return atoms;
}

/** Bytes of a slot here: next (8), kind (1) and more (7), value (16). */
const SLOT_LENGTH = 32;
const KIND = 8;
const VALUE = 16;
/** A function's bytecode: the value is where its chunk's content begins. */
const CODE_KIND = 19;
/** Bytes in front of a chunk's content, of which the first four are its size, these included. */
const CHUNK_HEADER_LENGTH = 16;

function codeBytesOf(slots: Buffer, chunks: Buffer): number {
  const contents = new Set<number>();
  for (let slot = 0; slot < slots.length; slot += SLOT_LENGTH)
    if (slots[slot + KIND] === CODE_KIND) contents.add(Number(slots.readBigUInt64LE(slot + VALUE)));
  let bytes = 0;
  for (const content of contents) bytes += chunks.readUInt32LE(content - CHUNK_HEADER_LENGTH);
  return bytes;
}
