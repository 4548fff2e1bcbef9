import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Benchmark, Effort, Measurement } from "../benchmark.js";
import { median } from "../support/rounds.js";

const COMMAND = join(__dirname, "..", "..", "scripts", "wirelet.mjs");
const FEW = 1_000;
const MANY = 10_000;
const MIB = 2 ** 20;

/** What the command tells of a run. */
interface Run {
  readonly devices: number;
  readonly leases: number;
  readonly statuses: number;
  readonly wallMilliseconds: { readonly total: number };
  readonly cpuMilliseconds: number;
  readonly peakMemoryBytes: number;
}

/** Devices on subnets of 250 boot, lease, and are each asked for their status, in a process of their own. */
export const devices: Benchmark = {
  name: "simulator/devices",
  summary: "1,000 and 10,000 devices boot and are each asked for their status, as `npm start -- --devices`",
  run,
};

async function run(effort: Effort): Promise<readonly Measurement[]> {
  const few = await simulate(FEW, effort.isThorough ? effort.rounds : 1, effort);
  if (!effort.isThorough) return figuresOf(few, { seconds: 10, mebibytes: 1024 });
  // Of a minute once, other rounds would say no more than its half minutes do.
  const many = await simulate(MANY, 1, effort);
  return [
    ...figuresOf(few, { seconds: 10, mebibytes: 1024 }),
    ...figuresOf(many, { seconds: 120 }),
    {
      name: `${devices.name}-growth`,
      title: `processor time a device, of ${MANY} to that of ${FEW}`,
      value: many.cpuMilliseconds / MANY / (few.cpuMilliseconds / FEW),
      unit: "×",
      atMost: 1.5,
    },
  ];
}

/** The median run. */
async function simulate(count: number, rounds: number, { progress }: Effort): Promise<Run> {
  const runs: Run[] = [];
  for (let round = 1; round <= rounds; round++) {
    progress(`${devices.name}: ${count} devices, round ${round} of ${rounds}`);
    runs.push(await simulateOnce(count));
  }
  const medianOf = (figure: (run: Run) => number): number => median(runs.map(figure));
  return {
    ...runs[0]!,
    wallMilliseconds: { total: medianOf(({ wallMilliseconds }) => wallMilliseconds.total) },
    cpuMilliseconds: medianOf(({ cpuMilliseconds }) => cpuMilliseconds),
    peakMemoryBytes: medianOf(({ peakMemoryBytes }) => peakMemoryBytes),
  };
}

async function simulateOnce(count: number): Promise<Run> {
  const args = [COMMAND, "sim", "--devices", String(count), "--once", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const run = JSON.parse(stdout) as Run;
  if (run.leases !== count || run.statuses !== count)
    throw new Error(`of ${count} devices ${run.leases} have a lease and ${run.statuses} have answered`);
  return run;
}

function figuresOf(
  { devices: count, wallMilliseconds, peakMemoryBytes }: Run,
  most: { readonly seconds: number; readonly mebibytes?: number },
): Measurement[] {
  const name = `${devices.name}-${count}`;
  return [
    {
      name,
      title: `${count} devices, from the command's begin to its end`,
      value: wallMilliseconds.total / 1000,
      unit: "s",
      atMost: most.seconds,
    },
    {
      name: `${name}-memory`,
      title: "the most that the process took",
      value: peakMemoryBytes / MIB,
      unit: "MiB",
      ...(most.mebibytes !== undefined && { atMost: most.mebibytes }),
    },
  ];
}
