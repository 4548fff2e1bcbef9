import { hexFromText } from "./digits.js";
import { Ipv4Address, ipv4FromText } from "./ipv4.js";
import type { Parsed } from "./parsed.js";

const COLON = 0x3a;
const GROUPS = 8;

/** The eight 16-bit groups that `text` (without zone) spells by RFC 4291 §2.2, or what is wrong with it. */
export function ipv6GroupsFromText(text: string): Parsed<number[]> {
  const groups: number[] = [];
  /** How many groups stand before the "::", -1 without one. */
  let gap = -1;
  let start = 0;
  if (text.startsWith("::")) {
    gap = 0;
    start = 2;
  }
  while (start < text.length) {
    if (groups.length === GROUPS) return `more than ${GROUPS} groups`;
    const colon = text.indexOf(":", start);
    if (colon < 0) {
      const reason = lastGroupFromText(text.slice(start), groups);
      if (reason !== undefined) return reason;
      break;
    }
    const group = hexFromText(text.slice(start, colon), "group", 1, 4);
    if (typeof group === "string") return group;
    groups.push(group);
    start = colon + 1;
    if (start === text.length) return "ends with a single colon";
    if (text.charCodeAt(start) === COLON) {
      if (gap >= 0) return `"::" occurs twice`;
      gap = groups.length;
      start++;
    }
  }
  if (groups.length > GROUPS) return `more than ${GROUPS} groups`;
  if (gap < 0) return groups.length < GROUPS ? `${groups.length} of ${GROUPS} groups` : groups;
  if (groups.length === GROUPS) return `"::" beside ${GROUPS} groups`;
  const zeros = new Array<number>(GROUPS - groups.length).fill(0);
  groups.splice(gap, 0, ...zeros);
  return groups;
}

/** Appends what follows the last colon: a group, or an IPv4 address that makes two. @returns what is wrong with it */
function lastGroupFromText(text: string, groups: number[]): string | undefined {
  if (text.includes(".")) {
    const embedded = ipv4FromText(text);
    if (typeof embedded === "string") return embedded;
    groups.push(embedded.value >>> 16, embedded.value & 0xffff);
    return undefined;
  }
  const group = hexFromText(text, "group", 1, 4);
  if (typeof group === "string") return group;
  groups.push(group);
  return undefined;
}

/** The recommended text of an address, without zone (RFC 5952 §4 and §5). */
export function ipv6ToText(w0: number, w1: number, w2: number, w3: number): string {
  // IPv4-mapped addresses are the one prefix known by itself to embed IPv4 (§5).
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return `::ffff:${Ipv4Address.fromValue(w3).toString()}`;
  const groups = [
    w0 >>> 16,
    w0 & 0xffff,
    w1 >>> 16,
    w1 & 0xffff,
    w2 >>> 16,
    w2 & 0xffff,
    w3 >>> 16,
    w3 & 0xffff,
  ];

  // The longest run of zeros is shortened, the first of equals, but never a single group (§4.2).
  let gap = -1;
  let gapLength = 1;
  for (let at = 0, run = 0; at < GROUPS; at++) {
    run = groups[at] === 0 ? run + 1 : 0;
    if (run > gapLength) {
      gap = at - run + 1;
      gapLength = run;
    }
  }
  if (gap < 0) return hexGroups(groups);
  return `${hexGroups(groups.slice(0, gap))}::${hexGroups(groups.slice(gap + gapLength))}`;
}

function hexGroups(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(":");
}
