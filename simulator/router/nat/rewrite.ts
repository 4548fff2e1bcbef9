import {
  PROTOCOL_ICMP,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  finishChecksum,
  ipv4HeaderLength,
  ipv4IsFirstFragment,
  ipv4Protocol,
  readU16,
  readU32,
  writeU16,
} from "../../../src/wire/index.js";
import { identifierHolder, type Endpoint, type Side } from "./flow.js";

const IP_CHECKSUM = 10;
const ADDRESS_AT: Readonly<Record<Side, number>> = Object.freeze({ source: 12, destination: 16 });
const PORT_AT: Readonly<Record<Side, number>> = Object.freeze({ source: 0, destination: 2 });
const ICMP_CHECKSUM = 2;
const ICMP_IDENTIFIER = 4;
const TCP_CHECKSUM = 16;
const UDP_CHECKSUM = 6;

/**
 * A checksum when 32 bits of what it covers have changed, without a look at the rest (RFC 1624 §3, equation 3).
 * @param before unsigned 32-bit, or 16-bit, as `after`
 */
export function adjustChecksum(checksum: number, before: number, after: number): number {
  const kept = (~checksum & 0xffff) + (~(before >>> 16) & 0xffff) + (~before & 0xffff);
  return finishChecksum(kept + (after >>> 16) + (after & 0xffff));
}

/**
 * Gives the packet at `at` another source or destination, and mends the checksums: that of IP, and that of TCP, UDP or ICMP. A
 * later fragment has no port, and an ICMP error none of its own, so there only the address changes.
 *
 * @param end of the packet, or of what is there of one that an ICMP error quotes
 * @param coveredBy where the checksum stands that covers all of this, for a quoted packet
 */
export function rewrite(
  bytes: Uint8Array,
  at: number,
  end: number,
  side: Side,
  to: Endpoint,
  coveredBy?: number,
): void {
  const set = (place: number, value: number): void => {
    const before = readU16(bytes, place);
    writeU16(bytes, place, value);
    if (coveredBy !== undefined)
      writeU16(bytes, coveredBy, adjustChecksum(readU16(bytes, coveredBy), before, value));
  };
  const mend = (checksumAt: number, before: number, after: number): void =>
    set(checksumAt, adjustChecksum(readU16(bytes, checksumAt), before, after));

  const addressAt = at + ADDRESS_AT[side];
  const before = readU32(bytes, addressAt);
  if (before !== to.address) {
    set(addressAt, to.address >>> 16);
    set(addressAt + 2, to.address & 0xffff);
    mend(at + IP_CHECKSUM, before, to.address);
  }
  if (!ipv4IsFirstFragment(bytes, at)) return;
  const transportAt = at + ipv4HeaderLength(bytes, at);
  const protocol = ipv4Protocol(bytes, at);

  if (protocol === PROTOCOL_ICMP) {
    if (end - transportAt < ICMP_IDENTIFIER + 2 || identifierHolder(bytes, transportAt) !== side) return;
    const identifier = readU16(bytes, transportAt + ICMP_IDENTIFIER);
    set(transportAt + ICMP_IDENTIFIER, to.port);
    mend(transportAt + ICMP_CHECKSUM, identifier, to.port);
    return;
  }
  if (protocol !== PROTOCOL_TCP && protocol !== PROTOCOL_UDP) return;
  const portAt = transportAt + PORT_AT[side];
  const checksumAt = transportAt + (protocol === PROTOCOL_TCP ? TCP_CHECKSUM : UDP_CHECKSUM);
  if (end < portAt + 2) return;
  const port = readU16(bytes, portAt);
  set(portAt, to.port);
  // An ICMP error may quote as little as eight bytes of it (RFC 792); RFC 768: 0 says that the sender computed none.
  const hasChecksum = end >= checksumAt + 2;
  if (!hasChecksum || (protocol === PROTOCOL_UDP && readU16(bytes, checksumAt) === 0)) return;
  mend(checksumAt, before, to.address);
  mend(checksumAt, port, to.port);
  if (protocol === PROTOCOL_UDP && readU16(bytes, checksumAt) === 0) set(checksumAt, 0xffff);
}
