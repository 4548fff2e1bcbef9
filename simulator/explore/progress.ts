/** What is to be seen while seeds run. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly failed: number;
  /** Real ms since the begin. */
  readonly time: number;
}

const BAR_WIDTH = 30;

/** "[#####-----] 120 of 500 seeds, 3 failed, 12 s left" */
export function progressLine({ done, total, failed, time }: Progress): string {
  const filled = total === 0 ? BAR_WIDTH : Math.floor((done / total) * BAR_WIDTH);
  const bar = "#".repeat(filled) + "-".repeat(BAR_WIDTH - filled);
  const left = done === 0 ? "" : `, ${Math.ceil(((time / done) * (total - done)) / 1000)} s left`;
  return `[${bar}] ${done} of ${total} seeds, ${failed} failed${left}`;
}

/** Draws the line anew in a terminal; nothing where a stream is none. @returns what shows progress, and what clears it away */
export function progressBar(stream: NodeJS.WriteStream): { show(progress: Progress): void; clear(): void } {
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  return {
    show: (progress) => void stream.write(`\r${progressLine(progress)}\u001b[K`),
    clear: () => void stream.write("\r\u001b[K"),
  };
}
