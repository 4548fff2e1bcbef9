import { icmpCode, icmpType } from "../packet/icmp-names.js";
import {
  FLAG_LETTERS,
  add32,
  type Direction,
  type IcmpPacket,
  type Packet,
  type Ports,
  type QuotedPacket,
  type TcpPacket,
  type UdpPacket,
} from "../packet/packet.js";
import { ScriptError, unsupported, type Location } from "../script-error.js";
import { parseMarks } from "./parse-marks.js";
import { parseTcpOptions } from "./parse-tcp-options.js";
import type { TokenStream } from "./token-stream.js";

const MAX_U16 = 0xffff;
const MAX_U32 = 0xffff_ffff;

/** Headers around a packet, which nothing here makes or looks into. */
const ENCAPSULATIONS = ["ipv4", "ipv6", "gre", "GREv0", "mpls", "encap"];

/** Parses a packet, from its direction on. */
export function parsePacket(tokens: TokenStream): Packet {
  const direction: Direction = tokens.next().text === "<" ? "inbound" : "outbound";
  const marks = parseMarks(tokens, direction);
  if (ENCAPSULATIONS.some((word) => tokens.is(word))) {
    throw unsupported(tokens.location, `encapsulation ("${tokens.current.text}")`);
  }
  if (tokens.accept("udp")) return { ...parseUdp(tokens), direction, marks };
  if (tokens.accept("icmp")) return { ...parseIcmp(tokens), direction, marks };
  return { ...parseTcp(tokens, direction), direction, marks };
}

function parseTcp(tokens: TokenStream, direction: Direction): Omit<TcpPacket, "direction" | "marks"> {
  const ports = parsePorts(tokens);
  const flags = parseFlags(tokens);
  const { sequence, length } = parseSequence(tokens);
  const acknowledgment = tokens.accept("ack")
    ? tokens.expectInteger("an acknowledgment number", 0, MAX_U32)
    : 0;
  const window = parseWindow(tokens, direction);
  const urgent = tokens.accept("urg") ? tokens.expectInteger("an urgent pointer", 0, MAX_U16) : 0;
  const options = parseTcpOptions(tokens, direction);
  return { protocol: "tcp", ports, flags, sequence, length, acknowledgment, window, urgent, options };
}

function parsePorts(tokens: TokenStream): Ports | undefined {
  if (!tokens.isKind("integer") || tokens.peek(1).text !== ">") return undefined;
  const source = tokens.expectInteger("a port", 0, MAX_U16);
  tokens.expect(">");
  return { source, destination: tokens.expectInteger("a port", 0, MAX_U16) };
}

/** "S", "S.", ".", "FP.", ".E", "SEW"; "-" for none. */
function parseFlags(tokens: TokenStream): number {
  if (tokens.accept("-")) return 0;
  let flags = 0;
  do {
    const { text, location } = tokens.current;
    if (tokens.isKind("decimal")) throw unsupported(location, `AccECN's ACE field ("${text}")`);
    if (!tokens.is(".")) tokens.expectKind("word", "TCP flags");
    else tokens.next();
    for (const letter of text) flags |= parseFlag(letter, text, location);
  } while (tokens.is(".") || tokens.isKind("word") || tokens.isKind("decimal"));
  return flags;
}

function parseFlag(letter: string, text: string, location: Location): number {
  if (letter === "A" || /\d/.test(letter)) throw unsupported(location, `AccECN's flag "${letter}"`);
  const flag = flagOf(letter);
  if (flag === 0) throw new ScriptError(location, `"${letter}" in "${text}" is no TCP flag`);
  return flag;
}

function flagOf(letter: string): number {
  return FLAG_LETTERS.find(([known]) => known === letter)?.[1] ?? 0;
}

/** "1:1001(1000)": begin, end and length, which must agree. */
function parseSequence(tokens: TokenStream): { sequence: number; length: number } {
  const { location } = tokens;
  const sequence = tokens.expectInteger("a sequence number", 0, MAX_U32);
  tokens.expect(":");
  const end = tokens.expectInteger("the sequence number after the data", 0, MAX_U32);
  tokens.expect("(");
  const length = tokens.expectInteger("the length of the data", 0, MAX_U16);
  tokens.expect(")");
  if (add32(sequence, length) !== end) {
    throw new ScriptError(location, `${sequence}:${end}(${length}): the numbers differ by another length`);
  }
  return { sequence, length };
}

function parseWindow(tokens: TokenStream, direction: Direction): number | undefined {
  const { location } = tokens;
  if (tokens.accept("win") && !tokens.accept("*")) return tokens.expectInteger("a window", 0, MAX_U16);
  if (direction === "inbound") throw new ScriptError(location, "an inbound packet needs a window (win N)");
  return undefined;
}

function parseUdp(tokens: TokenStream): Omit<UdpPacket, "direction" | "marks"> {
  return { protocol: "udp", ports: parsePorts(tokens), length: parseLength(tokens) };
}

function parseLength(tokens: TokenStream): number {
  tokens.expect("(");
  const length = tokens.expectInteger("the length of the data", 0, MAX_U16);
  tokens.expect(")");
  return length;
}

function parseIcmp(tokens: TokenStream): Omit<IcmpPacket, "direction" | "marks"> {
  const typeName = tokens.expectKind("word", "an ICMP type");
  const type = icmpType(typeName.text);
  if (type === undefined) throw new ScriptError(typeName.location, `"${typeName.text}" is no ICMP type`);
  return {
    protocol: "icmp",
    type,
    code: parseIcmpCode(tokens, type),
    mtu: tokens.accept("mtu") ? tokens.expectInteger("an MTU", 0, MAX_U16) : undefined,
    identifier: tokens.accept("id") ? tokens.expectInteger("an identifier", 0, MAX_U16) : undefined,
    quoted: parseQuoted(tokens),
  };
}

/** A word behind the type is its code, unless it begins one of the parts that may follow. */
function parseIcmpCode(tokens: TokenStream, type: number): number {
  if (!tokens.isKind("word") || tokens.is("mtu") || tokens.is("id")) return 0;
  const { text, location } = tokens.next();
  const code = icmpCode(type, text);
  if (code === undefined) throw new ScriptError(location, `"${text}" is no code of this ICMP type`);
  return code;
}

function parseQuoted(tokens: TokenStream): QuotedPacket | undefined {
  if (!tokens.accept("[")) return undefined;
  let quoted: QuotedPacket;
  if (tokens.accept("udp")) quoted = { protocol: "udp", length: parseLength(tokens) };
  else if (tokens.is("raw")) throw unsupported(tokens.location, "a raw packet in an ICMP error");
  else quoted = { protocol: "tcp", ...parseSequence(tokens) };
  tokens.expect("]");
  return quoted;
}
