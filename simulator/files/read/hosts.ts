import { Cidr, Ipv4Address, MacAddress } from "../../../src/address/index.js";
import { FAULT_KINDS, faultOf, type FaultRule, type FaultSpec } from "../../faults/index.js";
import type { LinkOptions } from "../../lan/index.js";
import type { HostPlan, CablePlan } from "../plan.js";
import { readApp, type LoadApp } from "./apps.js";
import type { Field, Fields } from "./field.js";

/** Of a scenario: more are for `wirelet sim --devices`. */
export const MAX_HOSTS = 1_000;
/** Of a host or a cable. */
export const MAX_FAULTS = 16;
/** Of a host. */
const MAX_INTERFACES = 8;
/** Of a host. */
const MAX_DNS = 8;
/** Bits a second. */
const MAX_BANDWIDTH = 100e9;
/** In parts per million: a clock that runs a tenth too fast. */
const MAX_DRIFT = 100_000;
/** The least that IPv4 works with (RFC 791), and what a jumbo frame has. */
const MTUS = [68, 9000] as const;

const HOST_KEYS = [
  ...["app", "count", "stack", "mac", "address", "gateway", "dns", "on", "link", "faults"],
  ...["clockDrift", "processor", "power"],
] as const;
const NAME = /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,39}$/u;

/** The name of a host or switch, as a key has it. */
export function checkName(field: Field): string {
  if (NAME.test(field.name)) return field.name;
  throw field.error(
    `"${field.name.slice(0, 40)}" is no name: want 1 to 40 letters, digits, spaces, dots, - and _`,
  );
}

export function readHost(field: Field, switches: readonly string[], load: LoadApp | undefined): HostPlan {
  const name = checkName(field);
  const fields = field.isEmpty ? field.none : field.map(HOST_KEYS);
  const count = fields.get("count")?.whole(1, MAX_HOSTS);
  const names = count === undefined ? [name] : Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
  const own = count === undefined ? undefined : ["mac", "address"].find((each) => fields.get(each));
  if (own !== undefined) throw fields.need(own).error(`${count} hosts cannot have one ${own}`);
  const on = fields.get("on")?.oneOrMore(MAX_INTERFACES) ?? [];
  const addresses = fields.get("address")?.oneOrMore(MAX_INTERFACES) ?? [];
  if (addresses.length > Math.max(on.length, 1))
    throw fields.need("address").error("it has fewer interfaces");
  const power = fields.get("power");
  const losesPower = power?.isMap === true ? readAlternation(power) : undefined;
  const isOff =
    power !== undefined && losesPower === undefined && power.choice(["on", "off"], "power") === "off";
  const app = fields.get("app");
  return {
    field,
    names,
    app: app === undefined ? undefined : readApp(app, load),
    on: on.map((each) => each.choice(switches, "switch")),
    losesPower,
    options: {
      ...fields.optional("stack", (each) => each.choice(["device", "host"] as const, "stack")),
      ...fields.optional("mac", (each) => each.parsed(MacAddress.parse, "a MAC").toString()),
      ...(addresses.length > 0 && { address: addresses.map(readCidr) }),
      ...fields.optional("gateway", readAddress),
      ...fields.optional("dns", (each) => each.oneOrMore(MAX_DNS).map(readAddress)),
      ...fields.optional("link", readLink),
      ...fields.optional("faults", readFaults),
      ...fields.optional("clockDrift", (each) => each.number(-MAX_DRIFT, MAX_DRIFT)),
      ...fields.optional("processor", readProcessor),
      ...(isOff && { isOff }),
    },
  };
}

export function readCable(field: Field, switches: readonly string[]): CablePlan {
  const fields = field.map(["between", "link", "faults"]);
  const ends = fields.need("between").list(2);
  const [a, b] = ends.map((each) => each.choice(switches, "switch"));
  if (a === undefined || b === undefined || a === b)
    throw fields.need("between").error("a cable is between two switches");
  return {
    field,
    between: [a, b],
    link: fields.optional("link", readLink).link ?? {},
    faults: fields.optional("faults", readFaults).faults ?? [],
  };
}

function readLink(field: Field): LinkOptions {
  const fields = field.map(["latency", "bandwidth", "queue", "mtu"]);
  return {
    ...fields.optional("latency", (each) => each.duration(60_000)),
    ...fields.optional("bandwidth", readRate),
    ...fields.optional("queueLimit", (each) => each.whole(1, 2 ** 30), "queue"),
    ...fields.optional("mtu", (each) => each.whole(...MTUS)),
  };
}

const RATES: Readonly<Record<string, number>> = Object.freeze({ "": 1, k: 1e3, M: 1e6, G: 1e9 });

function readRate(field: Field): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([kMG]?)bit\/s$/.exec(String(field.scalar)) ?? [];
  const rate = amount === undefined ? field.scalar : Number(amount) * RATES[unit!]!;
  if (typeof rate === "number" && rate >= 1 && rate <= MAX_BANDWIDTH) return rate;
  throw field.wrong("bits a second, such as 64kbit/s or 10Mbit/s");
}

function readProcessor(field: Field): { frameTime: number; backlog?: number } {
  const fields = field.map(["frameTime", "backlog"]);
  return {
    frameTime: fields.need("frameTime").duration(10_000),
    ...fields.optional("backlog", (each) => each.whole(1, 100_000)),
  };
}

function readAlternation(field: Field): { every: number; lasting: number } {
  const fields = field.map(["every", "lasting"]);
  const [every, lasting] = ["every", "lasting"].map((name) => {
    const time = fields.need(name).duration();
    // At shorter ones the power would go more often than anything else happens.
    if (time < 100) throw fields.need(name).wrong("at least 100ms");
    return time;
  });
  return { every: every!, lasting: lasting! };
}

function readFaults(field: Field): FaultRule[] {
  return field.list(MAX_FAULTS).map((each) => readFault(each, []).rule);
}

/** A fault with what a schedule wants of it. */
export interface ReadFault {
  readonly spec: FaultSpec;
  readonly rule: FaultRule;
}

/** Reads a fault for frames: `partition`, `{ loss: 20% }`, `{ bursts: { enter: 0.01, leave: 0.3 } }`. @param others for the message */
export function readFault(field: Field, others: readonly string[]): ReadFault {
  const kinds = Object.keys(FAULT_KINDS);
  if (!field.isMap) {
    const spec = field.choice([...kinds, ...others], "fault");
    return { spec, rule: field.at(() => faultOf(spec)) };
  }
  const [inner, ...more] = field.map(kinds).entries;
  if (inner === undefined || more.length > 0) throw field.wrong("one fault, as in { loss: 20% }");
  const figures = inner.isMap
    ? figuresOf(inner.map(Object.keys(FAULT_KINDS[inner.name]!.figures)))
    : inner.scalar;
  const spec = { [inner.name]: figures };
  return { spec, rule: inner.at(() => faultOf(spec)) };
}

function figuresOf(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(fields.entries.map((field) => [field.name, field.scalar ?? field.text()]));
}

export function readAddress(field: Field): string {
  return field.parsed((text) => Ipv4Address.parse(text), "an IPv4 address").toString();
}

/** "192.168.1.1/24" */
export function readCidr(field: Field): string {
  const cidr = field.parsed((text) => Cidr.parse(text), "an address with its prefix, such as 192.168.1.1/24");
  if (cidr.address.family === 4) return cidr.toString();
  throw field.wrong("an IPv4 address with its prefix");
}
