import { Ipv4Address, MacAddress } from "../../address/index.js";
import type { ProbeResult } from "../../host/index.js";
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
import { AddressDefence } from "./defence.js";
import { AddressProbe, Announcement, type ProbeLink } from "./probe.js";

const FRAME_LENGTH = ETHERNET_HEADER_LENGTH + ARP_LENGTH;
/** The target hardware address of a request says nothing; RFC 5227 §2.1.1 wants zeros. */
const NO_MAC = Object.freeze(MacAddress.fromValue(0));

/** ARP on one Ethernet interface (RFC 826), with addresses probed, announced and defended (RFC 5227). */
export class Arp implements ProbeLink {
  readonly #probes: AddressProbe[] = [];
  /** One for each address that was announced and is still in use. */
  readonly #announcements: Announcement[] = [];
  readonly #defence: AddressDefence;

  constructor(
    private readonly stack: Stack,
    private readonly device: EthernetInterface,
  ) {
    this.#defence = new AddressDefence(stack.addressDefence);
  }

  get isUp(): boolean {
    return this.device.up;
  }

  receive(frame: Uint8Array, length: number, now: number): void {
    const { counters } = this.stack;
    const fault = checkArp(frame, ETHERNET_HEADER_LENGTH, length);
    if (fault !== undefined) {
      counters.drop(fault);
      return;
    }
    const packet = readArp(frame, ETHERNET_HEADER_LENGTH);
    if (!this.#isCredible(packet)) {
      counters.drop("arp-sender");
      return;
    }
    this.#checkProbes(packet);
    this.stack.addressChecks.heard(this.device, packet.senderIp);
    if (this.device.owns(packet.senderIp)) {
      this.#checkConflict(packet, now);
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

  /** Finds out whether anybody uses `address`. @returns a function that cancels */
  probe(address: Ipv4Address, done: (result: ProbeResult) => void): () => void {
    const { timers, random, now } = this.stack;
    const probe = new AddressProbe(address, timers, random, this, done);
    this.#probes.push(probe);
    probe.start(now);
    return () => {
      probe.isCancelled = true;
      this.#forget(probe);
    };
  }

  sendProbe(address: Ipv4Address): void {
    this.#send(Ipv4Address.unspecified, address, undefined);
  }

  probeFinished(probe: AddressProbe, result: ProbeResult): void {
    this.#forget(probe);
    this.stack.defer({
      queued: false,
      runTask: () => {
        if (!probe.isCancelled) probe.done(result);
      },
    });
  }

  /** Tells the link that `address` is this host's. @param lost called if it had to be given up to another host */
  announce(address: Ipv4Address, lost?: (owner: MacAddress) => void): void {
    const { timers, now } = this.stack;
    this.addressRemoved(address);
    const announcement = new Announcement(address, timers, (own) => this.#announceNow(own), lost);
    this.#announcements.push(announcement);
    announcement.start(now);
  }

  /** The interface no longer has `address`. */
  addressRemoved(address: Ipv4Address): Announcement | undefined {
    this.#defence.forget(address);
    const at = this.#announcements.findIndex((announcement) => announcement.address.equals(address));
    const [announcement] = at < 0 ? [] : this.#announcements.splice(at, 1);
    announcement?.cancel();
    return announcement;
  }

  linkChanged(): void {
    for (const probe of this.#probes) probe.linkChanged(this.stack.now);
  }

  #forget(probe: AddressProbe): void {
    probe.stop();
    const at = this.#probes.indexOf(probe);
    if (at >= 0) this.#probes.splice(at, 1);
  }

  /** True if the sender can be who it says it is: not this host, no group, and of an address that one host can have. */
  #isCredible({ senderMac, senderIp }: ArpPacket): boolean {
    if (senderMac.equals(this.device.mac) || senderMac.isMulticast) return false;
    return !(senderIp.isMulticast || senderIp.isBroadcast || senderIp.isLoopback);
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

  /** RFC 5227 §2.4: another host uses an address of this one. */
  #checkConflict({ senderIp, senderMac }: ArpPacket, now: number): void {
    this.stack.counters.drop("arp-conflict");
    const verdict = this.#defence.conflict(senderIp, now);
    if (verdict === "defend") this.#announceNow(senderIp);
    if (verdict !== "give up") return;
    const announcement = this.addressRemoved(senderIp);
    this.device.giveUp(senderIp);
    this.stack.defer({ queued: false, runTask: () => announcement?.lost?.(senderMac) });
  }

  #announceNow(address: Ipv4Address): void {
    if (this.device.owns(address)) this.#send(address, address, undefined);
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
    const { frame, counters } = this.stack;
    counters.arpOutPkts++;
    emitEthernet(frame, destination, this.device.mac, ETHER_TYPE_ARP);
    emitArp(frame, ETHERNET_HEADER_LENGTH, packet);
    this.device.transmit(frame, FRAME_LENGTH);
  }
}
