import type { NetcatOptions } from "../../../examples/netcat.js";
import { MAX_PORT, tryParsePort } from "../../../src/address/index.js";
import { UsageError, numberOption, textOption, type OptionValue } from "./options.js";
import { PLACE_OPTIONS } from "./places/options.js";

/** In seconds: a day. */
const MAX_WAIT = 86_400;
const ANY_ADDRESS = "0.0.0.0";

/** For `parseCall`. */
export const NC_OPTIONS = Object.freeze({
  ...PLACE_OPTIONS,
  listen: { type: "boolean", short: "l" },
  udp: { type: "boolean", short: "u" },
  scan: { type: "boolean", short: "z" },
  verbose: { type: "boolean", short: "v" },
  wait: { type: "string", short: "w" },
  port: { type: "string", short: "p" },
  source: { type: "string", short: "s" },
} as const);

/** What `wirelet nc` is to do. */
export interface Task extends NetcatOptions {
  readonly listens: boolean;
  readonly scans: boolean;
  /** Whom it calls. */
  readonly host: string;
  /** Where it calls or listens: one port, unless it scans. */
  readonly ports: readonly number[];
}

type Values = Readonly<Record<string, OptionValue>>;

/** @throws UsageError */
export function readTask(values: Values, positionals: readonly string[]): Task {
  const listens = values.listen === true;
  const scans = values.scan === true;
  if (listens && scans) throw new UsageError("-l waits for a call and -z makes them: choose one.");
  const seconds = numberOption("wait", values.wait, { minimum: 0, maximum: MAX_WAIT });
  const patience = seconds === undefined ? undefined : seconds * 1000;
  const port = numberOption("port", values.port, { minimum: 1, maximum: MAX_PORT, integer: true });
  const source = textOption("source", values.source);
  const common = { listens, scans, udp: values.udp === true, patience };
  if (listens) {
    // "nc -l -p 80" is an older way to say "nc -l 80".
    const [last, address = source, ...others] = [
      ...positionals,
      ...(port === undefined ? [] : [String(port)]),
    ].reverse();
    if (last === undefined || others.length > 0)
      throw new UsageError("-l takes a port, and in front of it an address of this host, if you like.");
    const ports = [readPort(last)];
    return { ...common, host: "", ports, local: [address ?? ANY_ADDRESS, ports[0]!] };
  }
  const [host, where, ...others] = positionals;
  if (host === undefined || where === undefined || others.length > 0)
    throw new UsageError("Name a host and a port.");
  const ports = scans ? readPorts(where) : [readPort(where)];
  if (port === undefined && source === undefined) return { ...common, host, ports };
  return { ...common, host, ports, local: [source ?? ANY_ADDRESS, port ?? 0] };
}

function readPort(text: string): number {
  const port = tryParsePort(text);
  if (port === undefined || port === 0)
    throw new UsageError(`A port is a number from 1 to ${MAX_PORT}, not "${text}".`);
  return port;
}

/** "80", or "20-30". */
function readPorts(text: string): readonly number[] {
  const [first = "", last = first, ...others] = text.split("-");
  const [from, to] = [readPort(first), readPort(last)];
  if (others.length > 0 || to < from) throw new UsageError(`A range of ports is "20-30", not "${text}".`);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
