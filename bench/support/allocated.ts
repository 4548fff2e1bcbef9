import { getHeapStatistics } from "node:v8";

/** Bytes in use by the engine: objects, and the memory behind ArrayBuffers. */
function bytesInUse(): number {
  const { used_heap_size, external_memory } = getHeapStatistics();
  return used_heap_size + external_memory;
}

/**
 * Bytes that pieces of work allocate. A piece must be short, since only those can be counted during which nothing is
 * collected: garbage collection shows as memory that shrinks, and every piece it falls into is left out.
 */
export class AllocationMeter {
  #bytes = 0;
  #work = 0;
  readonly #overhead: number;

  constructor() {
    // What asking allocates itself.
    const samples = Array.from({ length: 9 }, () => -bytesInUse() + bytesInUse()).filter(
      (bytes) => bytes >= 0,
    );
    this.#overhead = Math.min(...samples);
  }

  /** Runs one piece. @param piece returns how much work it did, in the unit that `perUnit` counts in */
  measure(piece: () => number): void {
    const before = bytesInUse();
    const work = piece();
    const bytes = bytesInUse() - before - this.#overhead;
    if (bytes < 0) return;
    this.#bytes += bytes;
    this.#work += work;
  }

  /** Bytes allocated for each unit of work. */
  get perUnit(): number {
    return this.#bytes / this.#work;
  }
}
