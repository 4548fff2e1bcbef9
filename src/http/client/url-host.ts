import { Pattern } from "../../host/index.js";
import { Ipv4Address, Ipv6Address } from "../../address/index.js";
import { percentDecode } from "../content/percent-encoding.js";

/** What no host of RFC 3986 §3.2.2 has once it is decoded: an internationalized name is written in its "xn--" form. */
const NOT_HOST = new Pattern(() => /[^A-Za-z0-9\-._~!$&'()*+,;=]/);
/** Not written as "[^\0-\x7f]": measured on XS, a class that excludes NUL matches everything. */
const BEYOND_ASCII = new Pattern(() => /[\u{80}-\u{10ffff}]/u);

/** What ends so is meant to be an IPv4 address: there is no top-level domain of digits (RFC 3696 §2). */
const ENDS_IN_NUMBER = new Pattern(() => /(^|\.)([0-9]+|0x[0-9a-f]*)\.?$/i);

/** A host as a URL has it, and whether it is an address. */
export interface UrlHost {
  /** In lower case, an IPv6 address in brackets and in its recommended form (RFC 5952). */
  readonly text: string;
  readonly isAddress: boolean;
}

/** @returns what is wrong with the host, if it is none */
export function parseUrlHost(written: string): UrlHost | string {
  if (written.startsWith("[")) {
    const address = written.endsWith("]") ? Ipv6Address.tryParse(written.slice(1, -1)) : undefined;
    // A zone means something on this host only (RFC 6874 tried to carry it in URLs; RFC 9844 took that back).
    if (address === undefined || address.zone !== undefined) return "its host is no IPv6 address";
    return { text: `[${address.toString()}]`, isAddress: true };
  }
  const name = percentDecode(written).toLowerCase();
  if (name === "") return "it names no host";
  if (BEYOND_ASCII.regexp.test(name)) return 'its host is not ASCII: write it in its "xn--" form';
  if (NOT_HOST.regexp.test(name)) return "its host has a character that none has";
  if (!ENDS_IN_NUMBER.regexp.test(name)) return { text: name, isAddress: false };
  // Short, octal and hexadecimal forms are refused: readers disagree about what they mean (RFC 6943 §3.1.1).
  if (Ipv4Address.tryParse(name) === undefined) return "its host is no IPv4 address of four decimal numbers";
  return { text: name, isAddress: true };
}
