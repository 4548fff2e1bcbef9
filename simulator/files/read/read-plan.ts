import { MAX_SEED } from "../../lan/index.js";
import type { HostPlan, RouterPlan, ScenarioPlan } from "../plan.js";
import type { LoadApp } from "./apps.js";
import { readExpectations } from "./expectations.js";
import { Field } from "./field.js";
import { MAX_HOSTS, checkName, readCable, readHost } from "./hosts.js";
import { readRouter } from "./routers.js";
import { readSchedule, type Names } from "./schedule.js";
import { Source } from "./source.js";

const MAX_SWITCHES = 100;
const MAX_CABLES = 200;
const KEYS = [
  ...["title", "about", "seed", "duration", "switches", "routers", "hosts", "cables"],
  ...["schedule", "expect"],
];

/** The switch that hosts are plugged into which are not told where. */
const DEFAULT_SWITCH = "switch";

/** Reads a scenario file. @throws ScenarioError */
export function readPlan(text: string, file: string, load: LoadApp | undefined): ScenarioPlan {
  const fields = Field.ofFile(new Source(text, file)).map(KEYS);
  const switches = fields.get("switches")?.list(MAX_SWITCHES).map(readSwitch) ?? [];
  const known = [...new Set([...switches, DEFAULT_SWITCH])];
  const routers = (fields.get("routers")?.map().entries ?? []).map((each) => readRouter(each, known));
  const hostFields = fields.need("hosts");
  const hosts = hostFields.map().entries.map((each) => readHost(each, known, load));
  const cables = (fields.get("cables")?.list(MAX_CABLES) ?? []).map((each) => readCable(each, known));
  const names: Names = {
    hosts: namesOf(hosts, routers),
    cables: cablesOf(hosts, routers, cables),
  };
  if (names.hosts.size > MAX_HOSTS) throw hostFields.error(`there are more than ${MAX_HOSTS} hosts`);
  return {
    title: fields.get("title")?.text() ?? file,
    about: fields.get("about")?.text() ?? "",
    seed: fields.get("seed")?.whole(0, MAX_SEED),
    duration: fields.get("duration")?.duration(),
    ...{ switches, routers, hosts, cables },
    schedule: fields.get("schedule") === undefined ? [] : readSchedule(fields.need("schedule"), names),
    expectations: fields.get("expect") === undefined ? [] : readExpectations(fields.need("expect"), names),
  };
}

function readSwitch(field: Field, at: number, all: readonly Field[]): string {
  const name = field.text("a switch's name");
  if (all.slice(0, at).some((other) => other.scalar === name))
    throw field.error(`there is one "${name}" above`);
  return name;
}

/** Each host, and each group under its own name. @throws ScenarioError for a name that is taken */
function namesOf(hosts: readonly HostPlan[], routers: readonly RouterPlan[]): Names["hosts"] {
  const all = new Map<string, readonly string[]>();
  const add = (field: Field, name: string, members: readonly string[]): void => {
    if (all.has(name)) throw field.error(`there is a host "${name}" above`);
    all.set(name, members);
  };
  for (const { field, name } of routers) add(field, name, [name]);
  for (const { field, names } of hosts) {
    if (names.length > MAX_HOSTS - all.size) throw field.error(`there are more than ${MAX_HOSTS} hosts`);
    for (const name of names) add(field, name, [name]);
    if (!names.includes(field.name)) add(field, checkName(field), names);
  }
  return all;
}

/** As `Lan` calls them. */
function cablesOf(
  hosts: readonly HostPlan[],
  routers: readonly RouterPlan[],
  cables: ScenarioPlan["cables"],
): Set<string> {
  const all = new Set<string>();
  const add = (host: string, interfaces: number): void => {
    for (let at = 0; at < interfaces; at++) all.add(at === 0 ? host : `${host} eth${at}`);
  };
  for (const { name, networks, uplink } of routers) add(name, networks.length + (uplink ? 1 : 0));
  for (const { names, on } of hosts) for (const name of names) add(name, Math.max(on.length, 1));
  for (const { between } of cables) all.add(between.join(" to "));
  return all;
}
