import { readNumber, readText, type Branch } from "./branch.js";
import { field, hex, number, protocol } from "./field-type.js";
import type { Scope } from "./scope.js";

export const DNS_PORT = 53;
export const MDNS_PORT = 5353;

const HEADER_LENGTH = 12;
/** Of a question behind its name, and of a record behind its name and before its data (RFC 1035 §4.1.2, §4.1.3). */
const QUESTION_LENGTH = 4;
const RECORD_LENGTH = 10;
/** A length with these bits is a pointer: its other 14 are where the name goes on (RFC 1035 §4.1.4). */
const POINTER = 0xc0;
/** In multicast DNS the class's highest bit says something else (RFC 6762 §5.4, §10.2). */
const CLASS_BITS = 0x7fff;

const TYPES: Readonly<Record<number, string>> = Object.freeze({
  1: "A",
  2: "NS",
  5: "CNAME",
  6: "SOA",
  12: "PTR",
  15: "MX",
  16: "TXT",
  28: "AAAA",
  33: "SRV",
  41: "OPT",
  47: "NSEC",
  64: "SVCB",
  65: "HTTPS",
  255: "ANY",
});

const RCODES: Readonly<Record<number, string>> = Object.freeze({
  0: "No error",
  1: "Format error",
  2: "Server failure",
  3: "No such name",
  4: "Not implemented",
  5: "Refused",
});

const CLASSES = Object.freeze({ 1: "IN", 255: "ANY" });

export const DNS_FIELDS = Object.freeze({
  dns: protocol("Domain Name System"),
  mdns: protocol("Multicast Domain Name System"),
  "dns.id": hex("Transaction ID", 4),
  "dns.flags": hex("Flags", 4),
  "dns.flags.response": field("flag", "Response"),
  "dns.flags.opcode": number("Opcode", { 0: "Standard query" }),
  "dns.flags.authoritative": field("flag", "Authoritative"),
  "dns.flags.truncated": field("flag", "Truncated"),
  "dns.flags.recdesired": field("flag", "Recursion desired"),
  "dns.flags.recavail": field("flag", "Recursion available"),
  "dns.flags.rcode": number("Reply code", RCODES),
  "dns.count.queries": number("Questions"),
  "dns.count.answers": number("Answer RRs"),
  "dns.count.auth_rr": number("Authority RRs"),
  "dns.count.add_rr": number("Additional RRs"),
  "dns.qry.name": field("text", "Name"),
  "dns.qry.type": number("Type", TYPES),
  "dns.qry.class": hex("Class", 4, CLASSES),
  "dns.resp.name": field("text", "Name"),
  "dns.resp.type": number("Type", TYPES),
  "dns.resp.class": hex("Class", 4, CLASSES),
  "dns.resp.ttl": number("Time to live", "s"),
  "dns.resp.len": number("Data length", "bytes"),
  "dns.a": field("ipv4", "Address"),
  "dns.aaaa": field("ipv6", "AAAA Address"),
  "dns.cname": field("text", "CNAME"),
  "dns.ns": field("text", "Name Server"),
  "dns.ptr.domain_name": field("text", "Domain Name"),
});

type DnsBranch = Branch<keyof typeof DNS_FIELDS>;

interface Name {
  readonly text: string;
  /** How many bytes it takes where it stands. */
  readonly length: number;
}

/** DNS (RFC 1035 §4.1) and multicast DNS (RFC 6762): names, types, addresses. */
export function dissectDns(scope: Scope, name: "dns" | "mdns"): void {
  const { at, bytes, columns } = scope;
  const layer = scope.layer(DNS_FIELDS, name, scope.length);
  columns.protocol = name.toUpperCase();
  columns.summary = columns.protocol;
  if (!scope.has(HEADER_LENGTH)) return;
  const id = layer.add("dns.id", at, 2).text;
  const bits = readNumber(bytes, at + 2, 2);
  const isResponse = (bits & 0x8000) !== 0;
  const flags = layer.add("dns.flags", at + 2, 2);
  flags.add("dns.flags.response", at + 2, 2, isResponse);
  flags.add("dns.flags.opcode", at + 2, 2, (bits >> 11) & 0x0f);
  if (isResponse) flags.add("dns.flags.authoritative", at + 2, 2, (bits & 0x0400) !== 0);
  flags.add("dns.flags.truncated", at + 2, 2, (bits & 0x0200) !== 0);
  flags.add("dns.flags.recdesired", at + 2, 2, (bits & 0x0100) !== 0);
  if (isResponse) flags.add("dns.flags.recavail", at + 2, 2, (bits & 0x0080) !== 0);
  const rcode = bits & 0x0f;
  if (isResponse) flags.add("dns.flags.rcode", at + 2, 2, rcode);
  layer.add("dns.count.queries", at + 4, 2);
  layer.add("dns.count.answers", at + 6, 2);
  layer.add("dns.count.auth_rr", at + 8, 2);
  layer.add("dns.count.add_rr", at + 10, 2);
  layer.text = isResponse ? "(response)" : "(query)";
  const told: string[] = [];
  const questions = readNumber(bytes, at + 4, 2);
  const records = readNumber(bytes, at + 6, 2) + readNumber(bytes, at + 8, 2) + readNumber(bytes, at + 10, 2);
  addSections(scope, layer, questions, records, told);
  const failure = isResponse && rcode !== 0 ? ` ${RCODES[rcode] ?? `reply code ${rcode}`}` : "";
  const query = isResponse ? "Standard query response" : "Standard query";
  columns.summary = [`${query} ${id}${failure}`, ...told].join(" ");
}

function addSections(
  scope: Scope,
  layer: DnsBranch,
  questions: number,
  records: number,
  told: string[],
): void {
  let next: number | undefined = scope.at + HEADER_LENGTH;
  for (; questions > 0 && next !== undefined; questions--) next = addQuestion(scope, layer, next, told);
  for (; records > 0 && next !== undefined; records--) next = addRecord(scope, layer, next, told);
}

/** @returns where the next one begins; undefined if this one is malformed, and so nothing behind it can be found */
function addQuestion(scope: Scope, layer: DnsBranch, at: number, told: string[]): number | undefined {
  const name = readName(scope, at);
  if (name === undefined || !scope.has(at + name.length + QUESTION_LENGTH - scope.at)) return undefined;
  const branch = layer.add("dns.qry.name", at, name.length + QUESTION_LENGTH, name.text, nameText(name));
  const type = branch.add("dns.qry.type", at + name.length, 2);
  addClass(scope, branch, "dns.qry.class", at + name.length + 2);
  told.push(`${typeName(type.value)} ${nameText(name)}`);
  return at + name.length + QUESTION_LENGTH;
}

function addRecord(scope: Scope, layer: DnsBranch, at: number, told: string[]): number | undefined {
  const { bytes } = scope;
  const name = readName(scope, at);
  if (name === undefined || !scope.has(at + name.length + RECORD_LENGTH - scope.at)) return undefined;
  const type = readNumber(bytes, at + name.length, 2);
  const length = readNumber(bytes, at + name.length + 8, 2);
  const whole = name.length + RECORD_LENGTH + length;
  const branch = layer.add("dns.resp.name", at, whole, name.text, nameText(name));
  branch.add("dns.resp.type", at + name.length, 2);
  addClass(scope, branch, "dns.resp.class", at + name.length + 2);
  branch.add("dns.resp.ttl", at + name.length + 4, 4);
  branch.add("dns.resp.len", at + name.length + 8, 2);
  if (!scope.has(at + whole - scope.at)) return undefined;
  const data = addData(scope, branch, type, at + whole - length, length);
  told.push(data === "" ? typeName(type) : `${typeName(type)} ${data}`);
  return at + whole;
}

function addClass(
  scope: Scope,
  branch: DnsBranch,
  name: "dns.qry.class" | "dns.resp.class",
  at: number,
): void {
  branch.add(name, at, 2, readNumber(scope.bytes, at, 2) & CLASS_BITS);
}

/** What a record says, for the types that say most. @returns it as text */
function addData(scope: Scope, branch: DnsBranch, type: number, at: number, length: number): string {
  if (type === 1 && length === 4) return branch.add("dns.a", at, 4).text;
  if (type === 28 && length === 16) return branch.add("dns.aaaa", at, 16).text;
  const field = ({ 2: "dns.ns", 5: "dns.cname", 12: "dns.ptr.domain_name" } as const)[type];
  if (field === undefined) return "";
  const name = readName(scope, at);
  return name === undefined ? "" : branch.add(field, at, length, name.text, nameText(name)).text;
}

/** The root's name is empty. */
function nameText({ text }: Name): string {
  return text === "" ? "<Root>" : text;
}

function typeName(type: unknown): string {
  return TYPES[Number(type)] ?? `type ${String(type)}`;
}

/**
 * Reads a name with whatever is in it: the names of services, in multicast DNS, have spaces.
 * @returns undefined, and says so, if it is cut off, or its pointers do not lead back
 */
function readName(scope: Scope, start: number): Name | undefined {
  const { bytes, end } = scope;
  const labels: string[] = [];
  let length = 0;
  let at = start;
  /** Each pointer must lead back behind all that was read so far, so that there is no circle. */
  let earliest = start;
  while (at < end) {
    const octet = bytes[at]!;
    if (octet === 0) return { text: labels.join("."), length: length || at + 1 - start };
    if (octet >= POINTER) {
      if (at + 1 >= end) break;
      const target = scope.at + (readNumber(bytes, at, 2) & 0x3fff);
      if (target >= earliest) break;
      length ||= at + 2 - start;
      at = earliest = target;
      continue;
    }
    if (octet >= 0x40 || at + 1 + octet > end) break;
    labels.push(readText(bytes.subarray(at + 1, at + 1 + octet)));
    at += 1 + octet;
  }
  scope.malformed("a malformed name");
  return undefined;
}
