import type { MemoryReporter } from "wirelet/host/index";

type FigureName = "XS Slot Heap Used" | "XS Chunk Heap Used" | "System Free Memory";

/** Moddable's module `instrumentation`: the number of a figure by its name, and its value. */
export interface NativeInstrumentation {
  map(name: FigureName): number | undefined;
  get(figure: number | undefined): number | undefined;
}

/**
 * The XS heap in use, and with what the system still has, all there is: the heap grows into that. Only debug (`-d`) and
 * instrumented (`-i`) builds count; a release build of the SDK has no figure at all, and reports 0. The simulator has no
 * free memory to tell of.
 */
export function createMemoryReporter(instrumentation: NativeInstrumentation): MemoryReporter {
  return () => {
    const used = read(instrumentation, "XS Slot Heap Used") + read(instrumentation, "XS Chunk Heap Used");
    const free = read(instrumentation, "System Free Memory");
    return free === 0 ? { used } : { used, total: used + free };
  };
}

function read(instrumentation: NativeInstrumentation, name: FigureName): number {
  const figure = instrumentation.map(name);
  return (figure === undefined ? undefined : instrumentation.get(figure)) ?? 0;
}
