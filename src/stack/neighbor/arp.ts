import { Ipv4Address, MacAddress } from "../../address/index.js";
import {
  ARP_LENGTH,
  ARP_REPLY,
  ARP_REQUEST,
  arpSenderIp,
  arpSenderMac,
  arpTargetIp,
  checkArp,
  emitArp,
  readArp,
  type ArpPacket,
} from "../../wire/arp.js";
import { ETHERNET_HEADER_LENGTH, ETHER_TYPE_ARP, emitEthernet } from "../../wire/ethernet.js";
import type { EthernetInterface } from "../interface/ethernet.js";
import type { Stack } from "../stack.js";
import { AddressClaims, arpRequest, isCredible, type ClaimLink } from "./claims.js";

const AT = ETHERNET_HEADER_LENGTH;
const FRAME_LENGTH = AT + ARP_LENGTH;

/** ARP on one Ethernet interface (RFC 826), with addresses probed, announced and defended (RFC 5227). */
export class Arp implements ClaimLink {
  readonly claims: AddressClaims;

  constructor(
    private readonly stack: Stack,
    private readonly device: EthernetInterface,
  ) {
    this.claims = new AddressClaims(this, stack.timers, stack.random, stack.addressDefence);
  }

  get isUp(): boolean {
    return this.device.up;
  }

  owns(address: Ipv4Address): boolean {
    return this.device.owns(address);
  }

  giveUp(address: Ipv4Address): void {
    this.device.giveUp(address);
  }

  defer(task: () => void): void {
    this.stack.defer({ queued: false, runTask: task });
  }

  /** @returns false if the packet has changed nothing: most broadcasts are somebody else's business */
  receive(frame: Uint8Array, length: number, now: number): boolean {
    const { counters } = this.stack;
    const fault = checkArp(frame, AT, length);
    if (fault !== undefined) {
      counters.drop(fault);
      return false;
    }
    const senderIp = arpSenderIp(frame, AT);
    if (!this.concerns(senderIp, arpTargetIp(frame, AT))) {
      counters.arpInPkts++;
      return false;
    }
    if (!isCredible(arpSenderMac(frame, AT), senderIp, this.device.mac)) {
      counters.drop("arp-sender");
      return false;
    }
    this.take(readArp(frame, AT), now);
    return true;
  }

  /** Whether anything here depends on who has these addresses. Asked for each packet on the link, so in numbers only. */
  private concerns(sender: number, target: number): boolean {
    const { device, claims } = this;
    return (
      device.ownsIpv4(target) ||
      device.ownsIpv4(sender) ||
      device.neighbors.hasIpv4(sender) ||
      claims.isProbing(sender) ||
      claims.isProbing(target) ||
      this.stack.addressChecks.isChecking(sender)
    );
  }

  private take(packet: ArpPacket, now: number): void {
    const { counters } = this.stack;
    this.claims.heard(packet);
    this.stack.addressChecks.heard(this.device, packet.senderIp, packet.senderMac);
    if (this.device.owns(packet.senderIp)) {
      counters.drop("arp-conflict");
      this.claims.conflict(packet, now);
      return;
    }
    counters.arpInPkts++;
    const forUs = this.device.owns(packet.targetIp);
    if (!packet.senderIp.isUnspecified) {
      // RFC 826: an entry that exists is updated by any packet; one is made only of packets meant for this host, and only
      // for whom it would ask: a claim to the gateway's address by somebody else's broadcast makes none.
      const isNeighbor = this.device.addresses.some((own) => own.contains(packet.senderIp));
      this.device.neighbors.confirm(packet.senderIp, packet.senderMac, now, forUs && isNeighbor);
    }
    if (forUs && packet.operation === ARP_REQUEST) {
      this.transmit(packet.senderMac, {
        operation: ARP_REPLY,
        senderMac: this.device.mac,
        senderIp: packet.targetIp,
        targetMac: packet.senderMac,
        targetIp: packet.senderIp,
      });
    }
  }

  /** Asks who has `address`: everybody, or only `mac` to see whether it still does (RFC 1122 §2.3.2.1). */
  request(address: Ipv4Address, mac: MacAddress | undefined): void {
    const own =
      this.device.addresses.find((candidate) => candidate.contains(address)) ?? this.device.addresses[0];
    if (!(own?.address instanceof Ipv4Address)) return;
    this.send(own.address, address, mac);
  }

  sendRequest(sender: Ipv4Address, target: Ipv4Address): void {
    this.send(sender, target, undefined);
  }

  private send(sender: Ipv4Address, target: Ipv4Address, mac: MacAddress | undefined): void {
    this.transmit(mac ?? MacAddress.broadcast, arpRequest(this.device.mac, sender, target));
  }

  private transmit(destination: MacAddress, packet: ArpPacket): void {
    const { frame, counters } = this.stack;
    counters.arpOutPkts++;
    // RFC 3927 §2.5: all hear of a link-local address, so that whoever chose the same one notices.
    const to = packet.senderIp.isLinkLocal ? MacAddress.broadcast : destination;
    emitEthernet(frame, to, this.device.mac, ETHER_TYPE_ARP);
    emitArp(frame, AT, packet);
    this.device.transmit(frame, FRAME_LENGTH);
  }
}
