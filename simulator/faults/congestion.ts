import {
  ECN_NOT_ECT,
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_IPV4,
  checkIpv4,
  ethernetType,
  ipv4Ecn,
  markIpv4Congestion,
} from "../../src/wire/index.js";
import type { FaultRule } from "./fault-rule.js";
import { percent } from "./percent.js";
import type { Transit } from "./transit.js";

/** Marks a packet as one that met congestion. @returns false if it does not say that its ends understand such marks */
export function markCongestion(transit: Transit): boolean {
  const at = ETHERNET_HEADER_LENGTH;
  if (ethernetType(transit.bytes) !== ETHER_TYPE_IPV4) return false;
  if (checkIpv4(transit.bytes, at, transit.length, false) !== undefined) return false;
  if (ipv4Ecn(transit.bytes, at) === ECN_NOT_ECT) return false;
  markIpv4Congestion(transit.edit(), at);
  return true;
}

/**
 * Marks frames with this probability as a router with active queue management does when its queue grows (RFC 3168 §5);
 * what does not say that its ends understand such marks passes as it is.
 */
export function mark(probability: number): FaultRule {
  return {
    name: `marking ${percent("marking", probability)}`,
    apply(transit, random) {
      if (random.chance(probability)) markCongestion(transit);
    },
  };
}
