import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { buildSync } from "esbuild";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { readLeases } from "../../../hosts/node/leases/index.js";
import { formatLease, parseLease } from "../../../hosts/node/leases/lease-lines.js";
import { SimulatedRandom } from "../../../simulator/index.js";

const KILLS = 60;
/** Changes after which it is killed, at most: enough to have the file written anew several times. */
const MAX_CHANGES = 250;

const SEED = Number(process.env["SEED"] ?? Date.now() % 1_000_000);

let folder: string;
let recorder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirelet-kill-"));
  recorder = join(folder, "recorder.js");
  // TypeScript at run time would take longer to start than all else.
  buildSync({
    entryPoints: [join(__dirname, "recorder.ts")],
    bundle: true,
    platform: "node",
    outfile: recorder,
  });
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Has leases recorded until so many changes are done, and kills the recorder. @returns all that it has said */
async function recordAndKill(path: string, seed: number, changes: number): Promise<string[]> {
  const child = spawn(process.execPath, [recorder, path, `${seed}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = once(child, "close");
  const lines: string[] = [];
  let done = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith("done ")) done++;
    // It goes on while the signal is under way, so that it meets any moment.
    lines.push(line);
    if (done === changes) child.kill("SIGKILL");
  }
  expect(await closed).toEqual([null, "SIGKILL"]);
  return lines;
}

/** The leases by address, as lines. */
type Table = Map<string, string>;

function apply(table: Table, line: string): Table {
  const change = parseLease(line)!;
  const next = new Map(table);
  next.delete(change.address.toString());
  if (change.state !== "removed") next.set(change.address.toString(), line);
  return next;
}

function tableOf(path: string): Table {
  const { leases } = readLeases(path);
  return new Map([...leases.values()].map((lease) => [lease.address.toString(), formatLease(lease)]));
}

it(`a server killed ${KILLS} times keeps what it has promised (SEED=${SEED})`, async () => {
  const random = SimulatedRandom.fromSeed(SEED);
  const path = join(folder, "leases");
  let table: Table = new Map();
  let changes = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    // One of them in eight while it opens the file.
    const lines = await recordAndKill(
      path,
      random.uint32(),
      random.below(8) === 0 ? 0 : random.below(MAX_CHANGES),
    );
    const done = lines.filter((line) => line.startsWith("done ")).map((line) => line.slice("done ".length));
    changes += done.length;
    for (const line of done) table = apply(table, line);
    // What it was about when it died is there or is not.
    const last = lines.at(-1)!;
    const perhaps = last.startsWith("try ") ? apply(table, last.slice("try ".length)) : table;
    const found = existsSync(path) ? tableOf(path) : new Map<string, string>();
    expect([sorted(table), sorted(perhaps)]).toContainEqual(sorted(found));
    table = found;
  }
  process.stderr.write(`lease file: ${KILLS} kills, ${changes} changes, SEED=${SEED}\n`);
});

function sorted(table: Table): [string, string][] {
  return [...table].sort();
}
