import { createHash } from "node:crypto";

/** The first line of each file. */
export const JOURNAL_HEADER = "wirelet leases, format 1";

/** Hexadecimal digits of SHA-256: of damaged lines one in four thousand million passes. */
const CHECKSUM_DIGITS = 8;

/** What is wrong with a line: it is not what was written, the file ends within it, or it means nothing. */
export interface JournalFault {
  /** Counted from 1. */
  readonly line: number;
  readonly reason: "damaged" | "torn" | "meaningless";
}

export interface JournalEntry {
  readonly line: number;
  readonly text: string;
}

export interface JournalContent {
  /** The good lines, in order. */
  readonly entries: readonly JournalEntry[];
  readonly faults: readonly JournalFault[];
  /** The header is there, and the last line is finished: another one can be appended. */
  readonly isWhole: boolean;
}

/** A line of a journal. @param text without a line break */
export function formatJournalLine(text: string): string {
  return `${checksum(text)} ${text}\n`;
}

/** Reads a journal, whatever may have happened to it. */
export function parseJournal(content: string): JournalContent {
  const entries: JournalEntry[] = [];
  const faults: JournalFault[] = [];
  const lines = content.split("\n");
  const last = lines.length;
  const hasHeader = lines[0] === JOURNAL_HEADER;
  const isFinished = lines[last - 1] === "";
  for (let line = hasHeader ? 2 : 1; line <= last; line++) {
    const whole = lines[line - 1]!;
    const text = whole.slice(CHECKSUM_DIGITS + 1);
    if (`${whole}\n` === formatJournalLine(text)) entries.push({ line, text });
    else if (line < last) faults.push({ line, reason: "damaged" });
    else if (!isFinished) faults.push({ line, reason: "torn" });
  }
  return { entries, faults, isWhole: hasHeader && isFinished && last > 1 };
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, CHECKSUM_DIGITS);
}
