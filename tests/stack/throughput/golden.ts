import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { measureThroughput, throughputBound, type PathSpec } from "./transfer.js";

/** The page that holds the table. */
const PAGE = path.join(__dirname, "../../../docs/throughput.md");
const KIB = 1024;
export const ROUND_TRIPS = Object.freeze([1, 20, 100]);
export const LOSSES = Object.freeze([0, 0.001, 0.01, 0.05]);
const BUFFERS = Object.freeze([8, 64, 1024].map((kib) => kib * KIB));

/** A row of the table: one path, with each size of buffer. */
export interface GoldenRow {
  readonly rtt: number;
  readonly loss: number;
  readonly cells: readonly GoldenCell[];
}

export interface GoldenCell {
  readonly path: PathSpec;
  /** Mbit/s of user data. */
  readonly megabits: number;
  /** The part of the bound that this is. */
  readonly share: number;
}

/** The table as the page has it. */
export function readGolden(): GoldenRow[] {
  return [...readFileSync(PAGE, "utf8").matchAll(/^\| +\d.*\|$/gm)].map(([line]) => {
    const [rtt = "", loss = "", ...cells] = line.split("|").slice(1, -1);
    const spec = { rtt: parseFloat(rtt), loss: parseFloat(loss) / 100 };
    return {
      ...spec,
      cells: cells.map((cell, i) => {
        const [megabits = NaN, share = NaN] = cell.split("(").map(parseFloat);
        return { path: { ...spec, buffer: BUFFERS[i]! }, megabits, share };
      }),
    };
  });
}

/** Runs the transfers of one row, rounded as the page has them. */
export function measureRow(rtt: number, loss: number): GoldenRow {
  const cells = BUFFERS.map((buffer) => {
    const path = { rtt, loss, buffer };
    const throughput = measureThroughput(path);
    const share = throughput / throughputBound(path);
    return { path, megabits: Number((throughput / 1e6).toPrecision(3)), share: Number(share.toFixed(2)) };
  });
  return { rtt, loss, cells };
}

/** Puts `rows` where the page has those for the same paths. */
export function writeGolden(rows: readonly GoldenRow[]): void {
  const table = rows.map(({ rtt, loss, cells }) => {
    const columns = cells.map(({ megabits, share }) => `${megabits} (${share.toFixed(2)})`);
    return `| ${[`${rtt} ms`, `${loss * 100} %`, ...columns].join(" | ")} |`;
  });
  const page = readFileSync(PAGE, "utf8").replace(
    /(?:^\| +\d.*\|\n)*(?=\n<!-- end of table -->)/m,
    `${table.join("\n")}\n`,
  );
  writeFileSync(PAGE, page);
}

/** What the table says of a path that is at least as good in everything, in bits a second: the best that it promises. */
export function promisedThroughput(path: PathSpec): number {
  const cells = readGolden().flatMap((row) => row.cells);
  const worse = cells.filter(
    (cell) => cell.path.rtt >= path.rtt && cell.path.loss >= path.loss && cell.path.buffer <= path.buffer,
  );
  return Math.max(...worse.map(({ megabits }) => megabits * 1e6));
}
