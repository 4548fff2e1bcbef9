import type { MacAddress } from "../../src/address/index.js";
import {
  ARP_LENGTH,
  ARP_REPLY,
  ARP_REQUEST,
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_ARP,
  checkArp,
  emitArp,
  emitEthernet,
  ethernetType,
  readArp,
} from "../../src/wire/index.js";
import type { CableEnd } from "../cable.js";

/**
 * Answers a request for the MAC of a host that is not there itself.
 * @param macOf undefined for whoever answers for himself, and for whom nobody knows
 */
export function answerArp(
  end: CableEnd,
  bytes: Uint8Array,
  length: number,
  macOf: (address: string) => MacAddress | undefined,
): void {
  if (length < ETHERNET_HEADER_LENGTH || ethernetType(bytes) !== ETHER_TYPE_ARP) return;
  if (checkArp(bytes, ETHERNET_HEADER_LENGTH, length) !== undefined) return;
  const { operation, senderMac, senderIp, targetIp } = readArp(bytes, ETHERNET_HEADER_LENGTH);
  // A probe asks whether an address is free: the capture decides whether somebody objects.
  if (operation !== ARP_REQUEST || senderIp.isUnspecified || senderIp.equals(targetIp)) return;
  const mac = macOf(targetIp.toString());
  if (mac === undefined) return;
  const reply = new Uint8Array(ETHERNET_HEADER_LENGTH + ARP_LENGTH);
  emitEthernet(reply, senderMac, mac, ETHER_TYPE_ARP);
  emitArp(reply, ETHERNET_HEADER_LENGTH, {
    operation: ARP_REPLY,
    senderMac: mac,
    senderIp: targetIp,
    targetMac: senderMac,
    targetIp: senderIp,
  });
  end.transmit(reply, reply.length);
}
