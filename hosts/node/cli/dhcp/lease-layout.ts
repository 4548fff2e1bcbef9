import type { LeaseRow } from "../../../../src/dhcp/index.js";
import { formatLeaseTable, summarizeLeases } from "./lease-table.js";
import { clip } from "./terminal-text.js";

/** Lines of news where there is room for them, and where leases want it: two clients that come, or one. */
export const MAX_NEWS = 8;
const LEAST_NEWS = 4;
/** Lines of the table, its head included, that are worth more than any news. */
const LEAST_TABLE = 8;

export interface LeaseScreen {
  readonly title: string;
  readonly leases: readonly LeaseRow[];
  /** What happened, the latest last. */
  readonly news: readonly string[];
}

/** The lines of a screen of so many columns and rows: a title, the table of leases, and the latest news. */
export function layOutLeases({ title, leases, news }: LeaseScreen, columns: number, rows: number): string[] {
  const head = [title, summarizeLeases(leases), ""];
  const table = leases.length === 0 ? [] : formatLeaseTable(leases);
  // One more line is empty.
  const room = Math.max(0, rows - head.length - 1);
  const wanted = Math.min(MAX_NEWS, Math.max(LEAST_NEWS, room - table.length));
  const count = Math.max(0, Math.min(wanted, room - Math.min(table.length, LEAST_TABLE)));
  const latest = news.slice(Math.max(0, news.length - count));
  const below = latest.length === 0 || table.length === 0 ? latest : ["", ...latest];
  return [...head, ...shorten(table, room + 1 - below.length), ...below]
    .slice(0, rows)
    .map((line) => clip(line, columns));
}

/** The beginning of a table, and how many lines do not fit. */
function shorten(table: readonly string[], room: number): readonly string[] {
  if (table.length <= room) return table;
  const shown = Math.max(0, room - 1);
  return [...table.slice(0, shown), `… and ${table.length - shown} more`];
}
