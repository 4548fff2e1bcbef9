import { cpus, loadavg } from "node:os";
import type { Benchmark, Effort, Measurement } from "./benchmark.js";
import { BENCHMARKS, benchmarksNamed } from "./benchmarks.js";
import { formatJson, formatTable } from "./report.js";

/** At least 5 s of each thing that is measured. */
const THOROUGH = { rounds: 5, roundTime: 1_000, isThorough: true };
/** For a look, or to see that everything works: the figures say little. */
const QUICK = { rounds: 3, roundTime: 100, isThorough: false };

const NAME_WIDTH = Math.max(...BENCHMARKS.map(({ name }) => name.length));

const HELP = `Measures the stack's speed on this machine, and compares it with Node's own sockets in the same run.

Usage: npm run bench -- [NAME…] [OPTION…]

${BENCHMARKS.map(({ name, summary }) => `  ${name.padEnd(NAME_WIDTH)}  ${summary}`).join("\n")}

Without a name, all run; "tcp" runs all whose names begin so. Each figure is the median of ${THOROUGH.rounds} rounds of ${THOROUGH.roundTime / 1000} s.
Rounds of things that are compared take turns, and a ratio is the median of the rounds' ratios; beside it stands what it
is to reach. Stop what else keeps the machine busy.

  --json    print JSON lines: name, value, unit; against, ratio, atLeast and atMost where there are such
            (use "npm run --silent bench -- --json": npm prints a banner otherwise)
  --quick   ${QUICK.rounds} rounds of ${QUICK.roundTime / 1000} s
  --help    print this
`;

interface Call {
  readonly benchmarks: readonly Benchmark[];
  readonly json: boolean;
  readonly quick: boolean;
  readonly help: boolean;
}

/** `npm run bench`. Sets the exit status: 0, 1 if a benchmark went wrong, 2 for a wrong call. */
export function main(args: readonly string[]): void {
  const call = readArguments(args);
  if (typeof call === "string") fail(`${call} Try --help.`, 2);
  else if (call.help) process.stdout.write(HELP);
  else run(call).catch((error: unknown) => fail(error instanceof Error ? error.message : String(error), 1));
}

/** @returns what is wrong with the arguments, as a sentence, if something is */
function readArguments(args: readonly string[]): Call | string {
  const options = args.filter((argument) => argument.startsWith("-"));
  const names = args.filter((argument) => !argument.startsWith("-"));
  const badOption = options.find((option) => !["--json", "--quick", "--help", "-h"].includes(option));
  if (badOption !== undefined) return `There is no option "${badOption}".`;
  const badName = names.find((name) => benchmarksNamed(name).length === 0);
  if (badName !== undefined) {
    return `There is no benchmark "${badName}"; there are ${BENCHMARKS.map(({ name }) => name).join(", ")}.`;
  }
  const named = new Set(names.flatMap(benchmarksNamed));
  return {
    benchmarks: BENCHMARKS.filter((benchmark) => names.length === 0 || named.has(benchmark)),
    json: options.includes("--json"),
    quick: options.includes("--quick"),
    help: options.includes("--help") || options.includes("-h"),
  };
}

async function run({ benchmarks, json, quick }: Call): Promise<void> {
  const progress = process.stderr.isTTY ? showProgress : () => undefined;
  const effort: Effort = { ...(quick ? QUICK : THOROUGH), progress };
  const all: Measurement[] = [];
  for (const benchmark of benchmarks) {
    const found = await benchmark.run(effort).finally(() => progress(""));
    if (json) for (const measurement of found) process.stdout.write(`${formatJson(measurement)}\n`);
    all.push(...found);
  }
  if (json) return;
  process.stdout.write(
    `${describeMachine()}\nMedians of ${effort.rounds} rounds of ${effort.roundTime / 1000} s\n\n`,
  );
  process.stdout.write(formatTable(all));
}

/** What figures depend on; with a load above the number of processors they say little. */
function describeMachine(): string {
  const processors = cpus();
  const model = processors[0]?.model.trim() ?? "processor";
  const load = loadavg()[0]?.toFixed(1);
  return `Node ${process.versions.node} on ${processors.length} × ${model}, load average ${load}`;
}

/** Overwrites the terminal's line. */
function showProgress(text: string): void {
  process.stderr.write(`\r\x1b[K${text}`);
}

function fail(message: string, status: number): void {
  process.stderr.write(`wirelet bench: ${message}\n`);
  process.exitCode = status;
}
