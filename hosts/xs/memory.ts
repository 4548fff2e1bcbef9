import type { MemoryReporter } from "wirelet/host/index";

/** Moddable's module `instrumentation`: the number of a figure by its name, and its value. */
export interface NativeInstrumentation {
  map(name: "XS Slot Heap Used" | "XS Chunk Heap Used" | "System Free Memory"): number | undefined;
  get(figure: number | undefined): number | undefined;
}

/**
 * The XS heap in use, and with what the system still has, all there is: the heap grows into that. Only debug (`-d`) and
 * instrumented (`-i`) builds count; a release build of the SDK has no figure at all, and reports 0. The simulator has no
 * free memory to tell of.
 */
export function createMemoryReporter(instrumentation: NativeInstrumentation): MemoryReporter {
  const slots = instrumentation.map("XS Slot Heap Used");
  const chunks = instrumentation.map("XS Chunk Heap Used");
  const system = instrumentation.map("System Free Memory");
  const read = (figure: number | undefined): number =>
    (figure === undefined ? undefined : instrumentation.get(figure)) ?? 0;
  return () => {
    const used = read(slots) + read(chunks);
    const free = read(system);
    return free === 0 ? { used } : { used, total: used + free };
  };
}
