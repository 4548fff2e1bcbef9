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

/** The heap beyond what `before` had. */
export function heapSince(before: Heap, after: Heap): Heap {
  return { slots: after.slots - before.slots, chunkBytes: after.chunkBytes - before.chunkBytes };
}

/** Collects garbage and measures what is left. XS reports slots itself; chunks are counted in a snapshot of it. */
export async function measureHeap(engine: XsEngine): Promise<Heap> {
  const { currentHeapCount } = await engine.collect();
  const directory = await mkdtemp(join(tmpdir(), "xs-heap-"));
  try {
    const path = join(directory, "snapshot");
    await engine.snapshot(path);
    return { slots: currentHeapCount, chunkBytes: chunkBytesOf(await readFile(path)) };
  } finally {
    await rm(directory, { recursive: true });
  }
}

const ATOM_HEADER_LENGTH = 8;

/** The size of the atom BLOC. Atoms (uint32 size with its header, four letters, content) fill one named XS_M. */
function chunkBytesOf(snapshot: Buffer): number {
  let offset = ATOM_HEADER_LENGTH;
  while (offset < snapshot.length) {
    const size = snapshot.readUInt32BE(offset);
    if (size < ATOM_HEADER_LENGTH) break;
    if (snapshot.toString("latin1", offset + 4, offset + 8) === "BLOC") return size - ATOM_HEADER_LENGTH;
    offset += size;
  }
  throw new Error("a snapshot of XS without BLOC");
}
