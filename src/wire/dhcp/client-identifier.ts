/** Option 61's usual values. A server compares them byte for byte, so a client must send the same one each time. */
import type { MacAddress } from "../../address/index.js";
import { writeU16, writeU32 } from "../bytes.js";
import { MAC_LENGTH } from "../ethernet.js";
import { HARDWARE_ETHERNET } from "./header.js";

const IAID_AND_DUID = 255;
const DUID_LINK_LAYER = 3;
const DUID_UUID = 4;
const UUID_LENGTH = 16;

/** Hardware type and MAC (RFC 2132 §9.14): changes with the interface. */
export function ethernetClientIdentifier(mac: MacAddress): Uint8Array {
  const bytes = new Uint8Array(1 + MAC_LENGTH);
  bytes[0] = HARDWARE_ETHERNET;
  mac.write(bytes, 1);
  return bytes;
}

/**
 * An identity association and a DUID, the same that the host shows to DHCPv6 servers (RFC 4361 §6.1).
 * @param iaid 32 bits that tell the host's interfaces apart
 * @param duid from `linkLayerDuid` or `uuidDuid`
 */
export function duidClientIdentifier(iaid: number, duid: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(5 + duid.length);
  bytes[0] = IAID_AND_DUID;
  writeU32(bytes, 1, iaid);
  bytes.set(duid, 5);
  return bytes;
}

/** DUID-LL (RFC 8415 §11.4): for hosts with no storage, by a MAC that stays with them. */
export function linkLayerDuid(mac: MacAddress): Uint8Array {
  const bytes = new Uint8Array(4 + MAC_LENGTH);
  writeU16(bytes, 0, DUID_LINK_LAYER);
  writeU16(bytes, 2, HARDWARE_ETHERNET);
  mac.write(bytes, 4);
  return bytes;
}

/**
 * DUID-UUID (RFC 6355 §4).
 * @param uuid its 16 bytes in the order in which they are written out
 */
export function uuidDuid(uuid: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(2 + UUID_LENGTH);
  writeU16(bytes, 0, DUID_UUID);
  bytes.set(uuid.subarray(0, UUID_LENGTH), 2);
  return bytes;
}
