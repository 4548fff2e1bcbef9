import { END, PAD } from "./codes.js";
import { dhcpLengthOf } from "./table.js";

/**
 * The most options a message may have, a split one counted once. Nobody sends a third of this; on a device it bounds what
 * a message made of nothing but two-byte options costs.
 */
export const DHCP_MAX_OPTIONS = 128;

/**
 * Adds the options between `start` and `end` to `values`; the parts of one that appears more than once are joined
 * (RFC 3396 §7). RFC 2131 §4.1 demands END behind them, which some senders leave out: `end` will do.
 * @returns false if one is cut off or there are too many; what was read until then is added
 */
export function readOptionArea(
  bytes: Uint8Array,
  start: number,
  end: number,
  values: Map<number, Uint8Array>,
): boolean {
  let at = start;
  while (at < end) {
    const code = bytes[at++]!;
    if (code === END) return true;
    if (code === PAD) continue;
    if (at === end) return false;
    const length = bytes[at++]!;
    if (length > end - at) return false;
    const part = bytes.slice(at, at + length);
    const before = values.get(code);
    if (before === undefined && values.size === DHCP_MAX_OPTIONS) return false;
    if (before === undefined) values.set(code, part);
    // Servers do say an option of fixed length twice: udhcpd and dnsmasq their identifier, where one is configured. To
    // join these would make nonsense of both; the first one counts, as for other clients.
    else if (before.length !== dhcpLengthOf(code)) values.set(code, joined(before, part));
    at += length;
  }
  return true;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
