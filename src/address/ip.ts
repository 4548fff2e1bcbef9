import { ipv4FromText, type Ipv4Address } from "./ipv4.js";
import { ipv6FromText, type Ipv6Address } from "./ipv6.js";
import { orThrow, orUndefined, type Parsed } from "./parsed.js";

/** An address of either family, told apart by `family`. */
export type IpAddress = Ipv4Address | Ipv6Address;

/**
 * Reads an IPv4 or an IPv6 address.
 *
 * @throws NetworkError EINVAL
 * @example
 * const address = parseIpAddress("fe80::1%eth0");
 * if (address.family === 6) address.zone; // "eth0"
 */
export function parseIpAddress(text: string): IpAddress {
  return orThrow(ipFromText(text), "parse IP address", text);
}

/** As `parseIpAddress`, but undefined if the text is not an IP address. */
export function tryParseIpAddress(text: string): IpAddress | undefined {
  return orUndefined(ipFromText(text));
}

/** The address that `text` spells, or what is wrong with it. */
export function ipFromText(text: string): Parsed<IpAddress> {
  return text.includes(":") ? ipv6FromText(text) : ipv4FromText(text);
}
