import { Ipv4Address, MacAddress } from "../../address/index.js";
import type { ProbeResult, Random } from "../../host/index.js";
import { ARP_REQUEST, type ArpPacket } from "../../wire/arp.js";
import type { TimerQueue } from "../timers.js";
import { AddressDefence, type DefencePolicy } from "./defence.js";
import { AddressProbe, Announcement, type ProbeLink } from "./probe.js";

/** What claims need from the link that they are made on. */
export interface ClaimLink {
  readonly isUp: boolean;
  /** Broadcasts an ARP request: from whom, for whom. */
  sendRequest(sender: Ipv4Address, target: Ipv4Address): void;
  owns(address: Ipv4Address): boolean;
  /** Takes an address off the interface. */
  giveUp(address: Ipv4Address): void;
  /** Calls `task` when the state has settled. */
  defer(task: () => void): void;
}

/** The target hardware address of a request says nothing; RFC 5227 §2.1.1 wants zeros. */
const NO_MAC = Object.freeze(MacAddress.fromValue(0));

/** The lowest bit of a MAC's first octet. */
const GROUP_BIT = 2 ** 40;
/** 224.0.0.0/4 */
const MULTICAST = 0xe;
/** 127.0.0.0/8 */
const LOOPBACK = 127;
const BROADCAST = 0xffff_ffff;

/** A request for `target` from a host with `senderMac`. */
export function arpRequest(senderMac: MacAddress, senderIp: Ipv4Address, targetIp: Ipv4Address): ArpPacket {
  return { operation: ARP_REQUEST, senderMac, senderIp, targetMac: NO_MAC, targetIp };
}

/**
 * True if the sender can be who it says it is: not this host, no group, and of an address that one host can have.
 * @param senderMac as `MacAddress.value`
 * @param senderIp as `Ipv4Address.value`
 */
export function isCredible(senderMac: number, senderIp: number, ownMac: MacAddress): boolean {
  if (senderMac === ownMac.value || (Math.floor(senderMac / GROUP_BIT) & 1) !== 0) return false;
  return senderIp >>> 28 !== MULTICAST && senderIp >>> 24 !== LOOPBACK && senderIp !== BROADCAST;
}

/** The addresses that are probed, announced and defended on one link (RFC 5227). It is told what others say there. */
export class AddressClaims implements ProbeLink {
  readonly #probes: AddressProbe[] = [];
  /** One for each address that was announced and is still in use. */
  readonly #announcements: Announcement[] = [];
  readonly #defence: AddressDefence;

  constructor(
    private readonly link: ClaimLink,
    private readonly timers: TimerQueue,
    private readonly random: Random,
    policy: DefencePolicy,
  ) {
    this.#defence = new AddressDefence(policy);
  }

  get isUp(): boolean {
    return this.link.isUp;
  }

  /** The addresses for which it matters what others say. */
  get addresses(): readonly Ipv4Address[] {
    return [...this.#probes, ...this.#announcements].map(({ address }) => address);
  }

  /** Finds out whether anybody uses `address`. @param now may be long ago @returns a function that cancels */
  probe(address: Ipv4Address, now: number, done: (result: ProbeResult) => void): () => void {
    const probe = new AddressProbe(address, this.timers, this.random, this, done);
    this.#probes.push(probe);
    probe.start(now);
    return () => {
      probe.isCancelled = true;
      this.forget(probe);
    };
  }

  /** Whether an address is being probed. @param value as `Ipv4Address.value` */
  isProbing(value: number): boolean {
    for (const { address } of this.#probes) {
      if (address.value === value) return true;
    }
    return false;
  }

  sendProbe(address: Ipv4Address): void {
    this.link.sendRequest(Ipv4Address.unspecified, address);
  }

  probeFinished(probe: AddressProbe, result: ProbeResult): void {
    this.forget(probe);
    this.link.defer(() => {
      if (!probe.isCancelled) probe.done(result);
    });
  }

  /**
   * Tells the link that `address` is this host's.
   * @param now may be long ago
   * @param lost called if it had to be given up to another host
   */
  announce(address: Ipv4Address, now: number, lost?: (owner: MacAddress) => void): void {
    this.withdraw(address);
    const announcement = new Announcement(address, this.timers, (own) => this.announceNow(own), lost);
    this.#announcements.push(announcement);
    announcement.start(now);
  }

  /** This host no longer has `address`. */
  withdraw(address: Ipv4Address): Announcement | undefined {
    this.#defence.forget(address);
    const at = this.#announcements.findIndex((announcement) => announcement.address.equals(address));
    const [announcement] = at < 0 ? [] : this.#announcements.splice(at, 1);
    announcement?.cancel();
    return announcement;
  }

  linkChanged(now: number): void {
    for (const probe of this.#probes) probe.linkChanged(now);
  }

  /** RFC 5227 §2.1.1: somebody else uses an address that is probed, or probes for it at the same moment. */
  heard(packet: ArpPacket): void {
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
  conflict({ senderIp, senderMac }: ArpPacket, now: number): void {
    const verdict = this.#defence.conflict(senderIp, now);
    if (verdict === "defend") this.announceNow(senderIp);
    if (verdict !== "give up") return;
    const announcement = this.withdraw(senderIp);
    this.link.giveUp(senderIp);
    this.link.defer(() => announcement?.lost?.(senderMac));
  }

  private announceNow(address: Ipv4Address): void {
    if (this.link.owns(address)) this.link.sendRequest(address, address);
  }

  private forget(probe: AddressProbe): void {
    probe.stop();
    const at = this.#probes.indexOf(probe);
    if (at >= 0) this.#probes.splice(at, 1);
  }
}
