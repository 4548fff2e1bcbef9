/** What a terminal shows as one character each: Latin, without what controls the terminal. */
const UNPRINTABLE = /[^\x20-\x7e\u00a1-\u024f]/gu;

/** Text that somebody else chose, fit for a terminal: whatever it might obey, or take for wider, becomes "?". */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, "?");
}

/** The beginning of a line, if it is too long, with "…" at its end. */
export function clip(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
