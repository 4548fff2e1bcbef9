import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  ALL_FAULTS,
  DEFAULT_LASTING,
  DEFAULT_MOST,
  DEFAULT_SEEDS,
  DEFAULT_WITHIN,
  MAX_SEED,
  explore as exploreScenario,
  type Duration,
  type ExploreOptions,
  type ScenarioModule,
} from "../../../simulator/index.js";
import { numberOption, parseCall, textOption, UsageError, type OptionValue } from "./options.js";

/** Scenarios by their names, which lie in simulator/scenarios. */
const SHIPPED: Readonly<Record<string, string>> = Object.freeze({ "first-boot": "faulty-first-boot" });

export const EXPLORE_HELP = `Runs a scenario with many seeds, on several threads. In each run other things go wrong at other times. What fails is
made short, and printed as a jest test to paste. docs/simulator.md tells how a scenario is written.

Usage: npm run wirelet -- explore MODULE [OPTION…]     or: wirelet explore MODULE [OPTION…]

  MODULE           a file that exports a scenario by default; FILE#NAME: that export of it.
                   Or one that Wirelet has: ${Object.keys(SHIPPED).join(", ")}
  --seeds N        how many (default ${DEFAULT_SEEDS})
  --first N        the first of them (default 1)
  --shard I/N      of N machines this is number I, and runs its share of the seeds
  --workers N      threads (default: one for each core)
  --faults A,B     what may go wrong (default: all there is)
  --on A,B         on which hosts and cables (default: all)
  --most N         faults in a run, at most (default ${DEFAULT_MOST})
  --within TIME    when the last one begins, at the latest (default ${DEFAULT_WITHIN})
  --lasting TIME   how long one lasts, at most (default ${DEFAULT_LASTING})
  --twice          run each seed twice, and fail if the two runs differ
  --json           print one JSON object on standard output
  --help           print this

Faults: ${wrapped(ALL_FAULTS)}
Status 0: all passed; 1: some failed; 2: a wrong call.
`;

function wrapped(names: readonly string[]): string {
  const half = Math.ceil(names.length / 2);
  return `${names.slice(0, half).join(", ")},\n        ${names.slice(half).join(", ")}`;
}

/** `wirelet explore` */
export async function explore(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCall(args, {
    seeds: { type: "string" },
    first: { type: "string" },
    shard: { type: "string" },
    workers: { type: "string" },
    faults: { type: "string" },
    on: { type: "string" },
    most: { type: "string" },
    within: { type: "string" },
    lasting: { type: "string" },
    twice: { type: "boolean" },
    json: { type: "boolean" },
  });
  const count = (name: string, maximum: number, minimum = 1): Record<string, number> =>
    optional(name, numberOption(name, values[name], { minimum, maximum, integer: true }));
  const options: ExploreOptions = {
    ...count("seeds", MAX_SEED),
    ...count("first", MAX_SEED, 0),
    ...count("workers", 1_024),
    ...count("most", 1_000),
    ...optional("shard", textOption("shard", values.shard)),
    ...optional("faults", namesOption("faults", values.faults)),
    ...optional("on", namesOption("on", values.on)),
    ...optional("within", textOption("within", values.within) as Duration | undefined),
    ...optional("lasting", textOption("lasting", values.lasting) as Duration | undefined),
    twice: values.twice === true,
  };
  const exploration = await exploreScenario(options, scenarioOf(positionals));
  process.stdout.write(`${values.json === true ? JSON.stringify(exploration) : exploration.toString()}\n`);
  return exploration.failed.length === 0 ? 0 : 1;
}

function optional<T>(name: string, value: T | undefined): Record<string, T> {
  return value === undefined ? {} : { [name]: value };
}

/** @throws UsageError */
function namesOption(name: string, value: OptionValue): readonly string[] | undefined {
  return textOption(name, value)
    ?.split(",")
    .map((each) => each.trim());
}

/** @throws UsageError */
function scenarioOf([place, ...others]: readonly string[]): ScenarioModule {
  const shipped = `a file that exports a scenario, or ${Object.keys(SHIPPED).join(", ")}`;
  if (place === undefined) throw new UsageError(`Name ${shipped}.`);
  if (others.length > 0) throw new UsageError(`Name one scenario, not "${[place, ...others].join(" ")}".`);
  if (Object.hasOwn(SHIPPED, place)) return { module: shippedModule(SHIPPED[place]!) };
  const [, module = "", name] = /^(.*?)(?:#([\w$]+))?$/.exec(place) ?? [];
  if (!existsSync(module)) throw new UsageError(`There is no file "${module}": name ${shipped}.`);
  return { module, ...(name !== undefined && { name }) };
}

/** In the sources it is TypeScript, in the package JavaScript. */
function shippedModule(name: string): string {
  const folder = new URL("../../../simulator/scenarios/", import.meta.url);
  const file = fileURLToPath(new URL(`${name}.ts`, folder));
  return existsSync(file) ? file : fileURLToPath(new URL(`${name}.js`, folder));
}
