import { PLACE_FAULTS, type ScheduledFault } from "../../lan/index.js";
import type { Field } from "./field.js";
import { readFault } from "./hosts.js";

/** Of a scenario. */
const MAX_ENTRIES = 1_000;
/** Hosts that one entry names: the house. */
const MAX_PLACES = 1_000;

/** The names that there are. */
export interface Names {
  /** Of each host, and of each group of hosts, the hosts that it is. */
  readonly hosts: ReadonlyMap<string, readonly string[]>;
  readonly cables: ReadonlySet<string>;
}

export function readSchedule(field: Field, names: Names): ScheduledFault[] {
  return field.list(MAX_ENTRIES).flatMap((entry) => readEntry(entry, names));
}

/** @returns an entry for each place */
function readEntry(field: Field, { hosts, cables }: Names): ScheduledFault[] {
  const fields = field.map(["at", "lasting", "on", "fault", "way"]);
  const fault = fields.need("fault");
  const name = typeof fault.scalar === "string" ? fault.scalar : "";
  const place = Object.hasOwn(PLACE_FAULTS, name) ? PLACE_FAULTS[name] : undefined;
  const spec = place === undefined ? readFault(fault, Object.keys(PLACE_FAULTS)).spec : name;
  const way = fields.get("way");
  if (place !== undefined && way !== undefined) throw way.error("only rules for frames have a way");
  const kind = place?.place ?? "cable";
  const known = kind === "host" ? [...hosts.keys()] : [...new Set([...hosts.keys(), ...cables])];
  const on = fields.need("on").oneOrMore(MAX_PLACES);
  const places = on.flatMap((each) => {
    const chosen = each.choice(known, kind);
    return hosts.get(chosen) ?? [chosen];
  });
  const shared = {
    at: fields.need("at").duration(),
    ...fields.optional("lasting", (each) => each.duration()),
    fault: spec,
    ...(way && { way: way.choice(["out", "in"] as const, "way") }),
  };
  return [...new Set(places)].map((each) => ({ ...shared, on: each }));
}
