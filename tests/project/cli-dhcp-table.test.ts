import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { EventEmitter } from "node:events";
import type { WriteStream } from "node:tty";
import { layOutLeases } from "../../hosts/node/cli/dhcp/lease-layout.js";
import { formatLeaseTable, formatTimeLeft } from "../../hosts/node/cli/dhcp/lease-table.js";
import { LiveScreen } from "../../hosts/node/cli/dhcp/live-screen.js";
import type { LeaseRow } from "../../src/dhcp/index.js";

function row(number: number, more: Partial<LeaseRow> = {}): LeaseRow {
  return {
    address: `10.77.0.${100 + number}`,
    mac: `02:00:00:00:00:0${number % 10}`,
    clientId: null,
    hostName: null,
    state: "bound",
    expiresIn: 3_600,
    reserved: false,
    ...more,
  };
}

/** Longer than any that a client should have. */
const LONG_NAME = "refrigerator-on-the-third-floor-of-the-old-building";

const ROWS = [
  row(0, { hostName: "lamp" }),
  row(1, { reserved: true, hostName: LONG_NAME, expiresIn: null }),
  row(2, { state: "free", expiresIn: 0 }),
  row(3, { state: "declined", expiresIn: 599, reserved: null }),
];

describe("the table of leases", () => {
  it("fits into 80 columns", () => {
    expect(formatLeaseTable(ROWS, 80)).toEqual([
      "ADDRESS        MAC                STATE     EXPIRES IN  NAME",
      "10.77.0.100    02:00:00:00:00:00  bound     1:00:00     lamp",
      "10.77.0.101 *  02:00:00:00:00:01  bound     never       refrigerator-on-the-thi…",
      "10.77.0.102    02:00:00:00:00:02  free",
      "10.77.0.103    02:00:00:00:00:03  declined  9:59",
    ]);
  });

  it("is cut nowhere if nobody says how wide it may be", () => {
    expect(formatLeaseTable(ROWS)[2]).toContain(LONG_NAME);
  });

  it("shows names as what they are: somebody else's text", () => {
    const [, line] = formatLeaseTable([row(0, { hostName: "a\x1b[2J\u009bb\nü\u202e電" })]);
    expect(line).toMatch(/ {2}a\?\[2J\?b\?ü\?\?$/);
  });

  it.each([
    [0, "0:00"],
    [59, "0:59"],
    [3_599, "59:59"],
    [3_600, "1:00:00"],
    [86_399, "23:59:59"],
    [90_061, "1 d 01:01:01"],
    [null, "never"],
  ])("writes %p s as %s", (seconds, text) => expect(formatTimeLeft(seconds)).toBe(text));
});

describe("a screen of leases", () => {
  const title = "DHCP server";
  const leases = Array.from({ length: 100 }, (_, number) => row(number));
  const news = Array.from({ length: 20 }, (_, index) => `event ${index + 1}`);

  it("has the table and the latest news", () => {
    const leases = [row(0, { hostName: "lamp", reserved: true })];
    expect(layOutLeases({ title, leases, news: news.slice(0, 2) }, 80, 24)).toEqual([
      title,
      "1 bound (* reserved)",
      "",
      "ADDRESS        MAC                STATE  EXPIRES IN  NAME",
      "10.77.0.100 *  02:00:00:00:00:00  bound  1:00:00     lamp",
      "",
      "event 1",
      "event 2",
    ]);
  });

  it("says how many leases there is no room for", () => {
    const lines = layOutLeases({ title, leases, news }, 80, 24);
    expect(lines).toHaveLength(24);
    expect(lines.slice(18)).toEqual(["… and 86 more", "", ...news.slice(-4)]);
    expect(lines[17]).toContain("10.77.0.113");
  });

  it("says what it can before there are leases", () => {
    expect(layOutLeases({ title, leases: [], news: ["starting"] }, 80, 24)).toEqual([
      title,
      "no leases",
      "",
      "starting",
    ]);
  });

  it("never has more lines or wider ones than the terminal", () => {
    for (let rows = 1; rows < 60; rows++) {
      for (const columns of [1, 20, 80]) {
        const lines = layOutLeases({ title, leases, news }, columns, rows);
        expect(lines.length).toBeLessThanOrEqual(rows);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      }
    }
  });
});

/** What a `LiveScreen` uses of a terminal. */
class Terminal extends EventEmitter {
  columns = 10;
  rows = 3;
  readonly writes: string[] = [];

  write(text: string): boolean {
    this.writes.push(text);
    return true;
  }
}

describe("a live screen", () => {
  let terminal: Terminal;
  let lines: string[];
  let screen: LiveScreen;

  beforeEach(() => {
    jest.useFakeTimers();
    terminal = new Terminal();
    lines = ["one", "two"];
    screen = new LiveScreen(terminal as unknown as WriteStream, () => lines);
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it("keeps what was on the terminal, and gives it back", () => {
    expect(terminal.writes[0]).toBe("\x1b[?1049h\x1b[?25l");
    screen.close();
    expect(terminal.writes.at(-1)).toBe("\x1b[?25h\x1b[?1049l");
    const { length } = terminal.writes;
    terminal.emit("resize");
    jest.advanceTimersByTime(10_000);
    expect(terminal.writes).toHaveLength(length);
  });

  it("draws over what is there, in one write that clears nothing before it is drawn", () => {
    expect(terminal.writes.slice(1)).toEqual([
      "\x1b[?2026h\x1b[Hone\x1b[K\r\ntwo\x1b[K\r\n\x1b[J\x1b[?2026l",
    ]);
    screen.close();
  });

  it("draws a screen that is full to its last character", () => {
    lines = ["0123456789", "0123456789", "0123456789"];
    screen.refresh();
    jest.advanceTimersByTime(100);
    expect(terminal.writes.at(-1)).toBe("\x1b[?2026h\x1b[H0123456789\r\n0123456789\r\n0123456789\x1b[?2026l");
    screen.close();
  });

  it("draws what changes: soon if it is told, each second otherwise, and nothing that is the same", () => {
    jest.advanceTimersByTime(5_000);
    expect(terminal.writes).toHaveLength(2);
    lines = ["one", "three"];
    for (let i = 0; i < 10; i++) screen.refresh();
    jest.advanceTimersByTime(100);
    expect(terminal.writes).toHaveLength(3);
    lines = ["four"];
    jest.advanceTimersByTime(1_000);
    expect(terminal.writes).toHaveLength(4);
    screen.close();
  });

  it("draws everything again when the terminal has another size", () => {
    terminal.emit("resize");
    expect(terminal.writes).toHaveLength(3);
    screen.close();
  });
});
