import config from "mc/config";
import Net from "net";
import Time from "time";
import Timer from "timer";
import { Cidr, parseIpAddress } from "wirelet/address/index";
import { NetworkError } from "wirelet/error/index";
import { Canceller } from "wirelet/socket/index";
import { EXAMPLES } from "../../../examples/examples.js";
import { Script } from "../../../examples/script.js";
import { TickClock } from "../clock.js";
import { createNativeIo } from "../native-io.js";
import { XsTimers } from "../timers.js";

/** What most networks at home have; the platform tells the address alone. */
const PREFIX_LENGTH = 24;
/** Before each line of input, in ms. */
const TYPING_TIME = 500;
/** 2020-01-01T00:00:00Z. A clock that says less has not been set since the device was switched on. */
const CREDIBLE_TIME = 1_577_836_800_000;

/** Plays one role of an example, as `config` says: `example`, `role`, `args`, `input`. */
async function main(): Promise<void> {
  const { run } = find(find(EXAMPLES, "example", config.example).roles, "role", config.role);
  const timers = new XsTimers(Timer);
  const lines = partsOf(config.input, "|").map((line) => [TYPING_TIME, line] as const);
  await run({
    sockets: { io: createNativeIo(timers, config.platform === "esp32" ? "esp32" : "desktop"), timers },
    network: new Cidr(parseIpAddress(Net.get("IP")), PREFIX_LENGTH),
    clock: new TickClock(() => Time.ticks, timers),
    wallClock: { now: () => (Date.now() < CREDIBLE_TIME ? undefined : Date.now()) },
    args: partsOf(config.args, " "),
    input: new Script(lines, timers),
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
