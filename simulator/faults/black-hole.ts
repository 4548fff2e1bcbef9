import { NetworkError } from "../../src/error/index.js";
import {
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_IPV4,
  ETHER_TYPE_IPV6,
  ethernetType,
} from "../../src/wire/index.js";
import type { FaultRule } from "./fault-rule.js";

/**
 * Loses IP packets longer than `mtu` bytes without a word, as a tunnel does behind a firewall that drops ICMP (RFC 2923 §2.1):
 * handshakes pass, data does not.
 *
 * @throws NetworkError EINVAL if it is no count of bytes
 */
export function mtuBlackHole(mtu: number): FaultRule {
  if (!Number.isInteger(mtu) || mtu < 0)
    throw new NetworkError("EINVAL", "make MTU black hole rule", String(mtu), "want bytes");
  return {
    name: `MTU black hole ${mtu}`,
    apply(transit) {
      const type = ethernetType(transit.bytes);
      const isIp = type === ETHER_TYPE_IPV4 || type === ETHER_TYPE_IPV6;
      if (isIp && transit.length - ETHERNET_HEADER_LENGTH > mtu) transit.drop();
    },
  };
}
