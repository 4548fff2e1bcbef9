import { Cidr } from "../../../src/address/index.js";
import { parseFilter } from "../../filter/index.js";
import type { Expectation } from "../expect/expectation.js";
import { framesAreSent, getAnswers, haveAddress, haveNoAddress, isPowered, isTold } from "../expect/kinds.js";
import { suggest, type Field, type Fields } from "./field.js";
import { readCidr } from "./hosts.js";
import type { Names } from "./schedule.js";
import { addressOf } from "./apps.js";

/** How long an expectation may take that does not say it, in ms. */
const DEFAULT_WITHIN = 60_000;
/** Of a scenario. */
const MAX_EXPECTATIONS = 200;
const URL = /^http:\/\/([^/:\s]+)(?::\d{1,5})?(?:\/[\x21-\x7e]*)?$/;

type Begin = Pick<Expectation, "text" | "begin">;

interface Kind {
  readonly keys: readonly string[];
  readonly read: (subject: Field, fields: Fields, names: Names) => Begin;
}

/** By the key that says what is expected. */
const KINDS: Readonly<Record<string, Kind>> = Object.freeze({
  address: {
    keys: ["in"],
    read: (subject, fields, { hosts }) => {
      const who = subject.choice([...hosts.keys()], "host");
      const network = fields.get("in");
      const cidr = network && Cidr.parse(readCidr(network));
      const text = `${who} has an address${cidr === undefined ? "" : ` in ${cidr}`}`;
      return { text, begin: haveAddress(hosts.get(who)!, cidr) };
    },
  },
  noAddress: {
    keys: [],
    read: (subject, _, { hosts }) => {
      const who = subject.choice([...hosts.keys()], "host");
      return { text: `${who} has no address`, begin: haveNoAddress(hosts.get(who)!) };
    },
  },
  power: {
    keys: ["is"],
    read: (subject, fields, { hosts }) => {
      const who = oneHost(subject, hosts);
      const is = fields.need("is").choice(["on", "off"], "power");
      return { text: `${who} is ${is}`, begin: isPowered(who, is === "on") };
    },
  },
  get: {
    keys: ["from", "status", "contains"],
    read: (subject, fields, { hosts }) => {
      const url = subject.text("a URL");
      const [, name] = URL.exec(url) ?? [];
      if (name === undefined) throw subject.wrong("a URL such as http://device/api/status");
      if (!isAddress(name) && !hosts.get(name)?.includes(name))
        throw subject.error(`there is no host "${name.slice(0, 40)}"; ${suggest(name, single(hosts))}`);
      const from = oneHost(fields.need("from"), hosts);
      const status = fields.get("status")?.whole(100, 599) ?? 200;
      const contains = fields.get("contains")?.text();
      return {
        text: `GET ${url} from ${from} is answered with ${status}${contains === undefined ? "" : ` and ${JSON.stringify(contains)}`}`,
        begin: getAnswers({ from, url, status, contains }),
      };
    },
  },
  told: {
    keys: ["by"],
    read: (subject, fields, { hosts }) => {
      const text = subject.text();
      const by = fields.get("by") && oneHost(fields.need("by"), hosts);
      return {
        text: `${by ?? "somebody"} tells ${JSON.stringify(text)}`,
        begin: isTold(text, by),
      };
    },
  },
  frames: {
    keys: ["atLeast"],
    read: (subject, fields) => {
      const filter = subject.text("a filter");
      try {
        parseFilter(filter);
      } catch (error) {
        throw subject.error((error as { reason?: string }).reason ?? "it is no filter");
      }
      const atLeast = fields.get("atLeast")?.whole(1, 1_000_000) ?? 1;
      return {
        text: `${atLeast} ${atLeast === 1 ? "frame is" : "frames are"} sent with ${filter}`,
        begin: framesAreSent({ filter, atLeast }),
      };
    },
  },
});

export function readExpectations(field: Field, names: Names): Expectation[] {
  return field.list(MAX_EXPECTATIONS).map((each) => readExpectation(each, names));
}

function readExpectation(field: Field, names: Names): Expectation {
  const kinds = Object.keys(KINDS);
  const given = field.map().names;
  const [name, ...more] = kinds.filter((kind) => given.includes(kind));
  // What is no key of any kind is told before what kind this is.
  const all = kinds.flatMap((kind) => [kind, ...KINDS[kind]!.keys]);
  const fields = field.map(
    name === undefined ? [...all, "at", "within"] : [name, ...KINDS[name]!.keys, "at", "within", ...more],
  );
  if (name === undefined || more.length > 0) throw field.error(`want one of ${kinds.join(", ")}`);
  const at = fields.get("at")?.duration();
  return {
    line: field.line,
    at,
    within: fields.get("within")?.duration() ?? DEFAULT_WITHIN,
    ...KINDS[name]!.read(fields.need(name), fields, names),
  };
}

function oneHost(field: Field, hosts: Names["hosts"]): string {
  return field.choice(single(hosts), "host");
}

/** The hosts without the groups of them. */
function single(hosts: Names["hosts"]): string[] {
  return [...hosts].flatMap(([name, members]) => (members.includes(name) ? [name] : []));
}

function isAddress(text: string): boolean {
  try {
    addressOf(text);
    return true;
  } catch {
    return false;
  }
}
