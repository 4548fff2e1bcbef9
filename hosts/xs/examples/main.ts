import config from "mc/config";
import Net from "net";
import { Cidr, parseIpAddress } from "wirelet/address/index";
import { NetworkError } from "wirelet/error/index";
import { moddableHost } from "wirelet/moddable";
import { Canceller } from "wirelet/socket/index";
import { EXAMPLES } from "../../../examples/examples.js";
import { Script } from "../../../examples/script.js";

/** What most networks at home have; the platform tells the address alone. */
const PREFIX_LENGTH = 24;
/** Before each line of input, in ms. */
const TYPING_TIME = 500;

/** Plays one role of an example, as `config` says: `example`, `role`, `args`, `input`. */
async function main(): Promise<void> {
  const { run } = find(find(EXAMPLES, "example", config.example).roles, "role", config.role);
  const host = moddableHost();
  const lines = partsOf(config.input, "|").map((line) => [TYPING_TIME, line] as const);
  await run({
    sockets: host,
    network: new Cidr(parseIpAddress(Net.get("IP")), PREFIX_LENGTH),
    clock: host.clock,
    wallClock: host.wallClock,
    args: partsOf(config.args, " "),
    input: new Script(lines, host.timers),
    print: (line) => trace(`${line}\n`),
    signal: new Canceller().signal,
  });
}

function find<T>(known: Readonly<Record<string, T>>, key: string, name: unknown): T {
  const found = Object.entries(known).find(([each]) => each === name);
  if (found !== undefined) return found[1];
  const names = Object.keys(known).join(", ");
  throw new NetworkError("EINVAL", "run", String(name), `build with ${key}=…, one of ${names}`);
}

function partsOf(text: unknown, separator: string): readonly string[] {
  return typeof text === "string" && text !== "" ? text.split(separator) : [];
}

main().catch((error: unknown) => trace(`${String(error)}\n`));
