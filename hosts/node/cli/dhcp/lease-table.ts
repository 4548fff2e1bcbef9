import type { LeaseRow } from "../../../../src/dhcp/index.js";
import { clip, printable } from "./terminal-text.js";

/** Between two columns. */
const GAP = "  ";

interface Column {
  readonly title: string;
  readonly text: (row: LeaseRow) => string;
}

const COLUMNS: readonly Column[] = [
  { title: "ADDRESS", text: ({ address, reserved }) => (reserved === true ? `${address} *` : address) },
  { title: "MAC", text: ({ mac }) => mac },
  { title: "STATE", text: ({ state }) => state },
  {
    title: "EXPIRES IN",
    text: ({ state, expiresIn }) => (state === "free" ? "" : formatTimeLeft(expiresIn)),
  },
  // The last one: it may have any length.
  { title: "NAME", text: ({ hostName }) => printable(hostName ?? "") },
];

/** How many there are of each: "2 bound, 1 free". Says what the table's "*" means if it has one. */
export function summarizeLeases(rows: readonly LeaseRow[]): string {
  const counts = new Map<string, number>();
  for (const { state } of rows) counts.set(state, (counts.get(state) ?? 0) + 1);
  if (counts.size === 0) return "no leases";
  const summary = [...counts].map(([state, count]) => `${count} ${state}`).join(", ");
  return rows.some(({ reserved }) => reserved === true) ? `${summary} (* reserved)` : summary;
}

/** A table with a line for each lease and one above them. Columns are as wide as what is in them. @param width of a line, at most */
export function formatLeaseTable(rows: readonly LeaseRow[], width = Infinity): string[] {
  const cells = [
    COLUMNS.map(({ title }) => title),
    ...rows.map((row) => COLUMNS.map(({ text }) => text(row))),
  ];
  const widths = COLUMNS.map((_, index) => Math.max(...cells.map((line) => line[index]!.length)));
  const lines = cells.map((line) => line.map((cell, index) => cell.padEnd(widths[index]!)).join(GAP));
  return lines.map((line) => clip(line.trimEnd(), width));
}

/** "59:12", "23:59:12", "6 d 23:59:12"; null: "never". */
export function formatTimeLeft(seconds: number | null): string {
  if (seconds === null) return "never";
  const [s, min, h, d] = [
    seconds % 60,
    Math.floor(seconds / 60) % 60,
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 86_400),
  ];
  const two = (value: number): string => String(value).padStart(2, "0");
  if (d > 0) return `${d} d ${two(h)}:${two(min)}:${two(s)}`;
  return h > 0 ? `${h}:${two(min)}:${two(s)}` : `${min}:${two(s)}`;
}
