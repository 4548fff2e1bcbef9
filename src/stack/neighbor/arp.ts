import { Ipv4Address, MacAddress } from "../../address/index.js";
import {
  ARP_LENGTH,
  ARP_REPLY,
  ARP_REQUEST,
  checkArp,
  emitArp,
  readArp,
  type ArpPacket,
} from "../../wire/arp.js";
import { ETHERNET_HEADER_LENGTH, ETHER_TYPE_ARP, emitEthernet } from "../../wire/ethernet.js";
import type { EthernetInterface } from "../interface/ethernet.js";
import type { Stack } from "../stack.js";
import { Announcement, AddressProbe } from "./probe.js";
import type { ProbeResult } from "../../host/index.js";

const FRAME_LENGTH = ETHERNET_HEADER_LENGTH + ARP_LENGTH;
/** The target hardware address of a request says nothing; RFC 5227 §2.1.1 wants zeros. */
const NO_MAC = Object.freeze(MacAddress.fromValue(0));

/** ARP on one Ethernet interface (RFC 826), with address probing and announcing (RFC 5227). */
export class Arp {
  readonly #probes: AddressProbe[] = [];
  #announcement: Announcement | undefined;

  constructor(
    private readonly stack: Stack,
    private readonly device: EthernetInterface,
  ) {}

  receive(frame: Uint8Array, length: number, now: number): void {
    const fault = checkArp(frame, ETHERNET_HEADER_LENGTH, length);
    if (fault !== undefined) {
      this.stack.counters.drop(fault);
      return;
    }
    const packet = readArp(frame, ETHERNET_HEADER_LENGTH);
    if (packet.senderMac.equals(this.device.mac) || packet.senderMac.isMulticast) return;
    this.#checkProbes(packet);
    const forUs = this.device.owns(packet.targetIp);
    if (!packet.senderIp.isUnspecified && !this.device.owns(packet.senderIp)) {
      // RFC 826: an entry that exists is updated by any packet; one is made only of packets meant for this host.
      this.device.neighbors.confirm(packet.senderIp, packet.senderMac, now, forUs);
    }
    if (forUs && packet.operation === ARP_REQUEST) {
      this.#transmit(packet.senderMac, {
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
    this.#send(own.address, address, mac);
  }

  probe(address: Ipv4Address, now: number, done: (result: ProbeResult) => void): () => void {
    let isCancelled = false;
    const probe = new AddressProbe(
      address,
      this.stack.timers,
      this.stack.random,
      (target) => this.#send(Ipv4Address.unspecified, target, undefined),
      (finished, result) => {
        this.#forget(finished);
        this.stack.defer({ queued: false, runTask: () => !isCancelled && done(result) });
      },
    );
    this.#probes.push(probe);
    probe.start(now);
    return () => {
      isCancelled = true;
      this.#forget(probe);
    };
  }

  announce(address: Ipv4Address, now: number): void {
    this.#announcement?.cancel();
    this.#announcement = new Announcement(address, this.stack.timers, (own) => {
      if (this.device.owns(own)) this.#send(own, own, undefined);
    });
    this.#announcement.start(now);
  }

  #forget(probe: AddressProbe): void {
    probe.cancel();
    const at = this.#probes.indexOf(probe);
    if (at >= 0) this.#probes.splice(at, 1);
  }

  /** RFC 5227 §2.1.1: somebody uses the address, or probes for it at the same moment. */
  #checkProbes(packet: ArpPacket): void {
    const conflicting = this.#probes.find(
      (probe) =>
        packet.senderIp.equals(probe.address) ||
        (packet.operation === ARP_REQUEST &&
          packet.senderIp.isUnspecified &&
          packet.targetIp.equals(probe.address)),
    );
    if (conflicting !== undefined) conflicting.conflict(packet.senderMac);
  }

  #send(sender: Ipv4Address, target: Ipv4Address, mac: MacAddress | undefined): void {
    this.#transmit(mac ?? MacAddress.broadcast, {
      operation: ARP_REQUEST,
      senderMac: this.device.mac,
      senderIp: sender,
      targetMac: NO_MAC,
      targetIp: target,
    });
  }

  #transmit(destination: MacAddress, packet: ArpPacket): void {
    const { frame } = this.stack;
    emitEthernet(frame, destination, this.device.mac, ETHER_TYPE_ARP);
    emitArp(frame, ETHERNET_HEADER_LENGTH, packet);
    this.device.transmit(frame, FRAME_LENGTH);
  }
}
