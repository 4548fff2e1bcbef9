import { Ipv4Address } from "../../../src/address/index.js";
import type { DhcpServerOptions } from "../../../src/dhcp/index.js";
import {
  arpSpoofer,
  collector,
  dhcpServer,
  firmware,
  sensor,
  setupPortal,
  slowClient,
} from "../../apps/index.js";
import type { App } from "../../lan/index.js";
import type { Field, Fields } from "./field.js";

/** Names of networks that a device in set-up mode has found: more are not shown. */
const MAX_NETWORKS = 20;
/** What a slow client may hold: as many as there are ports to come from. */
const MAX_CONNECTIONS = 10_000;
const MAX_PORT = 65_535;
/** In seconds: ten years. */
const MAX_LEASE = 315_360_000;

interface AppKind {
  readonly options: readonly string[];
  /** Undefined if the host runs nothing but its stack. */
  readonly make: (fields: Fields, owner: Field) => App | undefined;
}

/** Makes an app of a program's file. @throws what is wrong with it */
export type LoadApp = (file: string) => App;

const KINDS: Readonly<Record<string, AppKind>> = Object.freeze({
  firmware: { options: [], make: () => firmware() },
  idle: { options: [], make: () => undefined },
  "dhcp-server": {
    options: ["first", "last", "lease", "gateway", "dns"],
    make: (fields, owner) => dhcpServer(dhcpOptions(fields, owner)),
  },
  "arp-spoofer": {
    options: ["victim", "as", "every"],
    make: (fields) =>
      arpSpoofer({
        victim: fields.need("victim").text("a host's name"),
        as: fields.need("as").parsed(addressOf, "an IPv4 address").toString(),
        ...fields.optional("interval", positive, "every"),
      }),
  },
  sensor: {
    options: ["to", "port", "every"],
    make: (fields) =>
      sensor({
        to: fields.need("to").parsed(addressOf, "an IPv4 address").toString(),
        ...fields.optional("port", (field) => field.whole(1, MAX_PORT)),
        ...fields.optional("every", positive),
      }),
  },
  collector: {
    options: ["port"],
    make: (fields) => collector(fields.optional("port", (field) => field.whole(1, MAX_PORT))),
  },
  "slow-client": {
    options: ["victim", "port", "connections", "every"],
    make: (fields) =>
      slowClient({
        victim: fields.need("victim").text("a host's name"),
        ...fields.optional("port", (field) => field.whole(1, MAX_PORT)),
        ...fields.optional("connections", (field) => field.whole(1, MAX_CONNECTIONS)),
        ...fields.optional("every", positive),
      }),
  },
  setup: {
    options: ["networks"],
    make: (fields) =>
      setupPortal(
        fields.optional("networks", (field) =>
          field.list(MAX_NETWORKS).map((name) => name.text("a network's name")),
        ),
      ),
  },
});

/**
 * Reads what a host runs: a name, a name with options, or the path of a module.
 *
 * @returns undefined for a host that runs nothing but its stack
 */
export function readApp(field: Field, load: LoadApp | undefined): App | undefined {
  const names = Object.keys(KINDS);
  if (!field.isMap) {
    const text = field.text(`one of ${names.join(", ")}, or a module's path`);
    if (/^(\.{0,2}\/|[A-Za-z]:\\)/.test(text)) {
      if (load === undefined) throw field.error("programs are only run from scenario files on this machine");
      return field.at(() => load(text));
    }
    const kind = field.choice(names, "app");
    return KINDS[kind]!.make(field.none, field);
  }
  const [inner, ...more] = field.map(names).entries;
  if (inner === undefined || more.length > 0) throw field.wrong("one app with its options");
  const kind = KINDS[inner.name]!;
  return kind.make(inner.isEmpty ? inner.none : inner.map(kind.options), inner);
}

function dhcpOptions(fields: Fields, owner: Field): Partial<DhcpServerOptions> {
  const [first, last] = ["first", "last"].map((name) =>
    fields.get(name)?.parsed(addressOf, "an IPv4 address"),
  );
  if ((first === undefined) !== (last === undefined)) throw owner.error('"first" and "last" go together');
  return {
    ...(first && last && { pool: { first, last } }),
    ...fields.optional("leaseSeconds", leaseOf, "lease"),
    ...fields.optional("gateway", (field) => field.parsed(addressOf, "an IPv4 address")),
    ...fields.optional("dns", (field) => [field.parsed(addressOf, "an IPv4 address")]),
  } as Partial<DhcpServerOptions>;
}

/** @returns whole seconds */
function leaseOf(field: Field): number {
  const seconds = field.duration(MAX_LEASE * 1000) / 1000;
  if (Number.isInteger(seconds) && seconds > 0) return seconds;
  throw field.wrong("whole seconds, at least one");
}

function positive(field: Field): number {
  const time = field.duration();
  if (time >= 1) return time;
  throw field.wrong("a time of at least 1ms");
}

/** @throws NetworkError EINVAL */
export function addressOf(text: string): Ipv4Address {
  return Ipv4Address.parse(text);
}
