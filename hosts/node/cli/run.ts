import { EXAMPLES, type Example, type Role } from "../../../examples/examples.js";
import type { Host } from "../../../examples/context.js";
import { play } from "../../../examples/play.js";
import { formatStoryLine } from "../../../simulator/index.js";
import { UsageError, parseCall } from "./options.js";
import { loopbackHost, thisComputer } from "./places/here.js";
import { PLACE_HELP, PLACE_OPTIONS, readPlace, type TapPlace } from "./places/options.js";
import { playSimulated } from "./places/simulated.js";
import { openTapHost } from "./places/tap.js";
import { typedLines } from "./typed-lines.js";
import { untilSignal } from "./until-signal.js";

const NAME_WIDTH = Math.max(...Object.keys(EXAMPLES).map((name) => name.length));

export const RUN_HELP = `Runs an example: all its roles together, or one of them. The same program runs in each place.

Usage: npm run wirelet -- run EXAMPLE [OPTION…]               all roles
       npm run wirelet -- run EXAMPLE ROLE [ARG…] [OPTION…]   one role, on node or tap

${Object.entries(EXAMPLES).map(describeExample).join("\n")}

Where it runs (default: all roles on sim, one on node):

${PLACE_HELP}
  --help             print this

What begins with "-" and is meant for the example stands behind "--".
`;

function describeExample([name, { summary, roles }]: [string, Example]): string {
  const usages = Object.entries(roles).map(([role, { usage }]) => `${role} ${usage}`);
  const indent = " ".repeat(NAME_WIDTH + 4);
  return `  ${name.padEnd(NAME_WIDTH)}  ${summary}\n${usages.map((usage) => `${indent}${usage}`).join("\n")}`;
}

/** `wirelet run` */
export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCall(args, PLACE_OPTIONS);
  const [name, roleName, ...rest] = positionals;
  const example = find(EXAMPLES, "example", name);
  const role = roleName === undefined ? undefined : find(example.roles, "role", roleName);
  const place = readPlace(values, role === undefined ? "sim" : "node");
  if (place.on === "sim") {
    if (role !== undefined) throw new UsageError("On the simulated LAN all roles run: name none.");
    await playSimulated(example, place, print);
    if (place.pcap !== undefined) print(`Capture written to ${place.pcap}`);
    return 0;
  }
  if (place.on === "node" && role === undefined) await playHere(example);
  else if (role === undefined)
    throw new UsageError(`On a TAP interface one role runs: ${Object.keys(example.roles).join(" or ")}?`);
  else if (place.on === "node") await perform(role, rest, thisComputer());
  else await performOnTap(role, rest, place);
  return 0;
}

/** @throws UsageError */
function find<T>(known: Readonly<Record<string, T>>, kind: string, name: string | undefined): T {
  const names = Object.keys(known).join(", ");
  if (name === undefined) throw new UsageError(`Name an ${kind}: ${names}.`);
  const found = Object.hasOwn(known, name) ? known[name] : undefined;
  if (found === undefined) throw new UsageError(`There is no ${kind} "${name}"; there are ${names}.`);
  return found;
}

/** Plays all roles in this process, over loopback. */
async function playHere(example: Example): Promise<void> {
  const {
    clock,
    sockets: { timers },
  } = loopbackHost();
  const begin = clock.now();
  const { topic } = example;
  const tell = (who: string, text: string): void =>
    print(formatStoryLine({ time: clock.now() - begin, who, topic, text }));
  await play(example, { timers, host: loopbackHost, tell });
}

async function performOnTap(role: Role, args: readonly string[], place: TapPlace): Promise<void> {
  const { ready, lost, close } = await openTapHost(place, (text) => process.stderr.write(`${text}\n`));
  try {
    const asked = untilSignal();
    const host = await Promise.race([ready, lost, asked]);
    if (host !== undefined) await Promise.race([perform(role, args, host), lost]);
  } finally {
    await close();
  }
}

/** Plays one role, until it ends or the user wants it to. */
async function perform(role: Role, args: readonly string[], host: Host): Promise<void> {
  const end = new AbortController();
  const { signal } = end;
  void untilSignal().then(() => end.abort());
  try {
    await role.run({ ...host, args, input: typedLines(signal), print, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    // Whatever still reads what is typed would keep the process alive.
    end.abort();
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
