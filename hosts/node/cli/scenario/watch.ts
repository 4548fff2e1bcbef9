import type { Lan, StoryLine } from "../../../../simulator/index.js";
import { formatStoryLine } from "../../../../simulator/index.js";
import { LiveScreen } from "../dhcp/live-screen.js";
import { clip, printable } from "../dhcp/terminal-text.js";
import { HOST_COLUMNS, hostRows } from "./host-rows.js";
import type { Traffic } from "./traffic.js";

/** Lines of the story below the table. */
const STORY_LINES = 8;

/** Shows a LAN's hosts as a table that stays where it is, and the last of its story below. @returns what ends it */
export function watchOnTerminal(title: string, lan: () => Lan, traffic: Traffic): () => void {
  const screen = new LiveScreen(process.stdout, (columns, rows) =>
    render(title, lan(), traffic, rows).map((line) => clip(line, columns)),
  );
  return () => screen.close();
}

/** The lines of the screen. @param rows how many there may be */
export function render(title: string, lan: Lan, traffic: Traffic, rows: number): string[] {
  const story = lan.story.slice(-Math.min(STORY_LINES, Math.max(rows - 6, 0)));
  const room = Math.max(rows - story.length - 4, 1);
  const hosts = hostRows(lan, traffic);
  const shown = hosts.length > room ? hosts.slice(0, room - 1) : hosts;
  const left = hosts.length - shown.length;
  return [
    `${printable(title)}, ${(lan.simulation.now() / 1000).toFixed(1)} s, seed ${lan.seed}`,
    "",
    ...columns([HOST_COLUMNS, ...shown]),
    ...(left > 0 ? [`… and ${left} more`] : []),
    "",
    ...story.map((line: StoryLine) => printable(formatStoryLine(line))),
  ].slice(0, rows);
}

function columns(table: readonly (readonly string[])[]): string[] {
  const widths = HOST_COLUMNS.map((_, at) => Math.max(...table.map((row) => row[at]!.length)));
  return table.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join("  ")
      .trimEnd(),
  );
}
