import type { WriteStream } from "node:tty";
import { leaseRows, type LeaseHolder } from "../../../../src/dhcp/index.js";
import { describeHappening, happeningJson, type Happening } from "./happenings.js";
import { MAX_NEWS, layOutLeases } from "./lease-layout.js";
import { LiveScreen } from "./live-screen.js";

/** Where a person, or a program, sees what the server does. */
export interface ServerView {
  show(happening: Happening): void;
  close(): void;
}

/** A line each. @param isJson a JSON object each */
export function lineView(isJson: boolean): ServerView {
  return {
    show(happening) {
      const now = Date.now();
      const line = isJson
        ? happeningJson(happening, now)
        : `${isoTime(now)}  ${describeHappening(happening)}`;
      process.stdout.write(`${line}\n`);
    },
    close: () => undefined,
  };
}

/** The table of leases and below it what happened last, drawn again and again. @param title what stands above */
export function tableView(terminal: WriteStream, title: string, leases: LeaseHolder): ServerView {
  const news: string[] = [];
  const screen = new LiveScreen(terminal, (columns, rows) =>
    layOutLeases({ title, leases: leaseRows(leases), news }, columns, rows),
  );
  return {
    show(happening) {
      news.push(`${clockTime(new Date())}  ${describeHappening(happening)}`);
      if (news.length > MAX_NEWS) news.shift();
      screen.refresh();
    },
    close() {
      screen.close();
      terminal.write("Stopped.\n");
    },
  };
}

/** This place's: "17:05:09". */
function clockTime(date: Date): string {
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** "2026-01-31T17:05:09Z". */
function isoTime(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+/, "");
}
