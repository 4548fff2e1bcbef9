import { expect } from "@jest/globals";
import type { Counters, DropReason } from "../../../src/stack/index.js";

/**
 * Every frame that came in is in the books: what each layer received is what it handed up, sent on, kept, or dropped for a
 * reason. Nothing may have come over loopback, or to a DHCP client.
 */
export function expectBalanced(counters: Counters): void {
  const dropped = (...reasons: DropReason[]): number =>
    reasons.reduce((sum, reason) => sum + (counters.drops[reason] ?? 0), 0);
  const starting = (...prefixes: string[]): number =>
    Object.entries(counters.drops).reduce(
      (sum, [reason, count]) => sum + (prefixes.some((prefix) => reason.startsWith(prefix)) ? count : 0),
      0,
    );

  expect({ ifInFrames: counters.ifInFrames }).toEqual({
    ifInFrames: starting("ethernet-", "arp-") + counters.arpInPkts + counters.ipInReceives,
  });
  expect({ ipInReceives: counters.ipInReceives }).toEqual({
    ipInReceives:
      dropped("ipv4-truncated", "ipv4-version", "ipv4-header-length", "ipv4-total-length", "ipv4-checksum") +
      dropped("ipv4-source", "ipv4-options", "ipv4-source-route", "ipv4-not-for-us", "ipv4-link-group") +
      starting("forward-") +
      counters.ipForwDatagrams +
      counters.ipReasmReqds +
      (counters.ipInDelivers - counters.ipReasmOKs),
  });
  expect({ ipInDelivers: counters.ipInDelivers }).toEqual({
    ipInDelivers:
      dropped("ipv4-protocol") +
      counters.icmpInMsgs +
      counters.igmpInMsgs +
      starting("igmp-") +
      counters.udpInDatagrams +
      starting("udp-") +
      counters.tcpInSegs,
  });
}
