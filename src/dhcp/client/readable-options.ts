import { describeDhcpOption, dhcpOptionName, listDhcpOptions } from "../../wire/index.js";
import type { DhcpLease } from "./lease.js";

/** An option as people read it. */
export interface ReadableOption {
  readonly code: number;
  /** Undefined for one that has no name here. */
  readonly name: string | undefined;
  /** Addresses dotted, durations with their unit, text as it is, else hexadecimal. */
  readonly value: string;
}

/** The options that came with a lease, in order. @param limit how many at most: each takes memory */
export function readableOptions({ packedOptions }: DhcpLease, limit = Infinity): ReadableOption[] {
  return listDhcpOptions(packedOptions)
    .slice(0, limit)
    .map(({ code, value }) => ({ code, name: dhcpOptionName(code), value: describeDhcpOption(code, value) }));
}
