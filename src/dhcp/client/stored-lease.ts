/**
 * A lease as storage holds it over a reboot: the few options that make a configuration of it, and a check, since flash wears
 * out and a host's storage is shared.
 *
 *     "WL"  version 1  MAC 6 bytes  address 4  counts from: wall-clock ms, 6, 0 if unknown  options …  CRC-32 4
 */
import { Ipv4Address, MacAddress } from "../../address/index.js";
import {
  packDhcpOptions,
  readU16,
  readU32,
  unpackDhcpOptions,
  writeU16,
  writeU32,
  type DhcpOptions,
} from "../../wire/index.js";
import { isHost, MAX_DNS_SERVERS, MAX_ROUTES, MAX_SEARCH_DOMAINS, type DhcpLease } from "./lease.js";

/** More than the options kept can take; longer bytes are not looked at. */
export const MAX_STORED_LEASE = 4_096;

const MAGIC = 0x574c;
const VERSION = 1;
const VERSION_AT = 2;
const MAC_AT = 3;
const ADDRESS_AT = 9;
const COUNTS_FROM_AT = 13;
const OPTIONS_AT = 19;
const CRC_LENGTH = 4;
const TWO_POW_32 = 2 ** 32;

/** What storage held; whether it still runs is for the reader's clock to say. */
export interface StoredLease {
  readonly address: Ipv4Address;
  /** Wall-clock ms that the lease counts from; 0 if that was unknown. */
  readonly countsFrom: number;
  readonly options: DhcpOptions;
}

/** Why stored bytes are no lease: damaged or not a lease at all, of a later version, or of another interface. */
export type StoredLeaseFault = "corrupt" | "another version" | "another MAC";

/** @param countsFrom wall-clock ms of `obtainedAt`, 0 if unknown */
export function packStoredLease(mac: MacAddress, lease: DhcpLease, countsFrom: number): Uint8Array {
  const options = packDhcpOptions(worthKeeping(lease.options));
  const bytes = new Uint8Array(OPTIONS_AT + options.length + CRC_LENGTH);
  writeU16(bytes, 0, MAGIC);
  bytes[VERSION_AT] = VERSION;
  mac.write(bytes, MAC_AT);
  lease.address.write(bytes, ADDRESS_AT);
  writeU16(bytes, COUNTS_FROM_AT, Math.floor(countsFrom / TWO_POW_32));
  writeU32(bytes, COUNTS_FROM_AT + 2, countsFrom % TWO_POW_32);
  bytes.set(options, OPTIONS_AT);
  const end = bytes.length - CRC_LENGTH;
  writeU32(bytes, end, crc32(bytes, end));
  return bytes;
}

export function unpackStoredLease(bytes: Uint8Array, mac: MacAddress): StoredLease | StoredLeaseFault {
  const end = bytes.length - CRC_LENGTH;
  if (end < OPTIONS_AT || bytes.length > MAX_STORED_LEASE) return "corrupt";
  if (readU16(bytes, 0) !== MAGIC || readU32(bytes, end) !== crc32(bytes, end)) return "corrupt";
  if (bytes[VERSION_AT] !== VERSION) return "another version";
  if (!MacAddress.read(bytes, MAC_AT).equals(mac)) return "another MAC";
  return {
    address: Ipv4Address.read(bytes, ADDRESS_AT),
    countsFrom: readU16(bytes, COUNTS_FROM_AT) * TWO_POW_32 + readU32(bytes, COUNTS_FROM_AT + 2),
    options: unpackDhcpOptions(bytes.subarray(OPTIONS_AT, end)),
  };
}

/** What the configuration is made of, should no server answer; all else comes again with the next ACK. */
function worthKeeping(options: DhcpOptions): DhcpOptions {
  const { serverIdentifier, leaseTime, renewalTime, rebindingTime, subnetMask, domainName } = options;
  return {
    ...{ serverIdentifier, leaseTime, renewalTime, rebindingTime, subnetMask, domainName },
    routers: options.routers?.filter(isHost).slice(0, 1),
    dnsServers: options.dnsServers?.filter(isHost).slice(0, MAX_DNS_SERVERS),
    domainSearch: options.domainSearch?.slice(0, MAX_SEARCH_DOMAINS),
    classlessRoutes: options.classlessRoutes?.slice(0, MAX_ROUTES + 1),
  };
}

/** CRC-32 as Ethernet has it (IEEE 802.3 §3.2.9), bit by bit: a table would be larger than what it is for. */
function crc32(bytes: Uint8Array, end: number): number {
  let crc = 0xffffffff;
  for (let at = 0; at < end; at++) {
    crc ^= bytes[at]!;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
