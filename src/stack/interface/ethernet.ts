import { Cidr, Ipv4Address, MacAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import {
  Watchers,
  type Ipv4Configuration,
  type LinkDevice,
  type NetworkInterface,
} from "../../host/index.js";
import {
  ETHER_TYPE_ARP,
  ETHER_TYPE_IPV4,
  checkEthernet,
  emitEthernet,
  ethernetIsFor,
  ethernetIsGroup,
  ethernetType,
} from "../../wire/ethernet.js";
import { Igmp } from "../igmp/igmp.js";
import { receiveIpv4 } from "../ip/input.js";
import type { Path } from "../ip/path.js";
import type { Route } from "../ip/routes.js";
import { Arp } from "../neighbor/arp.js";
import { NeighborCache } from "../neighbor/cache.js";
import type { Stack } from "../stack.js";
import { StackDhcpLink } from "./dhcp-link.js";
import { StackInterface } from "./interface.js";

const DEFAULT_ROUTE = Object.freeze(new Cidr(Ipv4Address.unspecified, 0));

/** An interface on an Ethernet link: made by `Stack.attach`. */
export class EthernetInterface extends StackInterface implements NetworkInterface {
  readonly neighbors: NeighborCache;
  readonly arp: Arp;
  readonly igmp: Igmp;
  readonly dhcp: StackDhcpLink;
  readonly isLoopback = false;
  readonly #watchers = new Watchers();
  #ipv4: Ipv4Configuration | undefined;
  /** Addresses besides the configured one. */
  readonly #aliases: Cidr[] = [];
  /** What the addresses and the configuration have put into the routing table. */
  readonly #routes: Route[] = [];

  constructor(
    private readonly stack: Stack,
    readonly link: LinkDevice,
    name: string,
  ) {
    super(name);
    this.neighbors = new NeighborCache(
      {
        solicit: (address, mac) => address instanceof Ipv4Address && this.arp.request(address, mac),
        transmitTo: (mac, frame, length, segmentSize) => {
          mac.write(frame, 0);
          this.transmit(frame, length, segmentSize);
        },
        unreachable: (address, frames, now) => stack.neighborUnreachable(this, address, frames, now),
      },
      stack.timers,
      stack.counters,
      stack.profile,
    );
    this.arp = new Arp(stack, this);
    this.igmp = new Igmp(stack, this);
    this.dhcp = new StackDhcpLink(stack, this);
    link.onReceive = (frame, length, now) => this.receive(frame, length, now);
    link.onLinkChange = () => this.linkChanged();
  }

  get mac(): MacAddress {
    return this.link.mac;
  }

  get mtu(): number {
    return this.link.mtu;
  }

  get up(): boolean {
    return this.link.up;
  }

  get transmitChecksums(): boolean {
    return this.link.transmitChecksums === true;
  }

  get segmentationOffload(): number {
    return this.link.segmentationOffload ?? 0;
  }

  get ipv4(): Ipv4Configuration | undefined {
    return this.#ipv4;
  }

  watch(callback: () => void): () => void {
    return this.#watchers.add(callback);
  }

  configure(configuration: Ipv4Configuration | undefined): void {
    const previous = this.#ipv4;
    this.#ipv4 = configuration;
    this.applyAddresses();
    if (previous !== undefined && !(configuration?.address.equals(previous.address) ?? false)) {
      // Without an address the neighbors are the same still, and the last words (a RELEASE) may wait for one of them.
      if (configuration !== undefined) this.neighbors.clear();
      this.removed(previous.address);
    }
    this.changed();
  }

  /**
   * Adds an address besides the configured one; it stays until it is removed, whatever `configure` does.
   * @throws NetworkError EADDRINUSE if the interface has it already, EINVAL if no single host can have it
   */
  addAddress(address: Cidr): void {
    const { address: own } = address;
    if (own.family !== 4 || own.isUnspecified || own.isMulticast || own.isBroadcast || own.isLoopback)
      throw new NetworkError("EINVAL", "add address", address.toString());
    if (this.owns(own)) throw new NetworkError("EADDRINUSE", "add address", address.toString());
    this.#aliases.push(address);
    this.applyAddresses();
    this.changed();
  }

  /** Removes an address that `addAddress` has added. @returns false if there is none */
  removeAddress(address: Ipv4Address): boolean {
    const at = this.#aliases.findIndex((alias) => alias.address.equals(address));
    if (at < 0) return false;
    this.#aliases.splice(at, 1);
    this.applyAddresses();
    this.removed(address);
    this.changed();
    return true;
  }

  /** Another host keeps `address` (RFC 5227 §2.4). */
  giveUp(address: Ipv4Address): void {
    if (!this.removeAddress(address)) this.configure(undefined);
  }

  joinGroup(group: number): void {
    this.igmp.join(group);
  }

  leaveGroup(group: number): void {
    this.igmp.leave(group);
  }

  isMember(group: number): boolean {
    return this.igmp.isMember(group);
  }

  output(path: Path, frame: Uint8Array, length: number, segmentSize?: number): void {
    if (path.groupMac !== undefined) {
      this.sendTo(path.groupMac, frame, length);
      return;
    }
    let neighbor = path.neighbor;
    if (neighbor === undefined || neighbor.state === "failed") {
      neighbor = path.neighbor = this.neighbors.obtain(path.nextHop);
    }
    emitEthernet(frame, MacAddress.broadcast, this.mac, ETHER_TYPE_IPV4);
    this.neighbors.send(neighbor, frame, length, this.stack.now, segmentSize);
  }

  /** Sends the IPv4 packet in `frame` to `destination` without asking a neighbor. */
  sendTo(destination: MacAddress, frame: Uint8Array, length: number): void {
    emitEthernet(frame, destination, this.mac, ETHER_TYPE_IPV4);
    this.transmit(frame, length);
  }

  /** Sends a whole frame. */
  transmit(frame: Uint8Array, length: number, segmentSize?: number): void {
    const { counters } = this.stack;
    if (!this.link.up) {
      counters.drop("link-down");
      return;
    }
    counters.ifOutFrames++;
    this.stack.isTransmitting = true;
    try {
      this.link.transmit(frame, length, segmentSize);
    } finally {
      this.stack.isTransmitting = false;
    }
  }

  private receive(frame: Uint8Array, length: number, now: number): void {
    const { stack } = this;
    // From inside `transmit`, which is forbidden, it would overwrite the frame and the packet that are in use.
    if (stack.isTransmitting) {
      stack.postponed.add(this, frame, length);
      return;
    }
    stack.now = now;
    stack.counters.ifInFrames++;
    // Most broadcasts leave nothing.
    if (this.receiveFrame(frame, length, now)) stack.wakeIfSooner();
    else stack.wakeIfDue();
  }

  /** Receives a frame that was counted already. @returns false if it has certainly changed nothing */
  receiveFrame(frame: Uint8Array, length: number, now: number): boolean {
    const { stack } = this;
    const fault = checkEthernet(length);
    if (fault !== undefined) {
      stack.counters.drop(fault);
      return false;
    }
    const isGroup = ethernetIsGroup(frame);
    if (!isGroup && !ethernetIsFor(frame, this.mac)) {
      stack.counters.drop("ethernet-not-for-us");
      return false;
    }
    const type = ethernetType(frame);
    if (type === ETHER_TYPE_ARP) return this.arp.receive(frame, length, now);
    if (type !== ETHER_TYPE_IPV4) {
      stack.counters.drop("ethernet-type");
      return false;
    }
    return receiveIpv4(stack, this, frame, length, now, isGroup, this.link.receiveChecksums !== true);
  }

  private applyAddresses(): void {
    const { routes } = this.stack.ip;
    for (const route of this.#routes.splice(0)) routes.remove(route);
    const configuration = this.#ipv4;
    const configured =
      configuration === undefined ? [] : [new Cidr(configuration.address, configuration.prefixLength)];
    this.setAddresses([...configured, ...this.#aliases]);
    for (const own of this.addresses) {
      if (own.prefixLength < 32) this.addRoute({ destination: own, device: this });
    }
    const gateway = configuration?.gateway;
    if (gateway !== undefined) this.addRoute({ destination: DEFAULT_ROUTE, gateway, device: this });
    for (const route of configuration?.routes ?? []) this.addRoute({ ...route, device: this });
    // Even where no route has changed, the addresses may have.
    routes.changed();
    this.igmp.addressChanged();
  }

  private addRoute(route: Route): void {
    this.#routes.push(route);
    this.stack.ip.routes.add(route);
  }

  private removed(address: Ipv4Address): void {
    this.arp.claims.withdraw(address);
    this.stack.addressRemoved(address);
  }

  private linkChanged(): void {
    if (!this.link.up) this.neighbors.clear();
    this.arp.claims.linkChanged(this.stack.now);
    this.igmp.linkChanged();
    this.stack.ip.routes.changed();
    this.changed();
  }

  private changed(): void {
    this.stack.defer(this.#notify);
  }

  readonly #notify = {
    queued: false,
    runTask: (): void => this.#watchers.notify(),
  };
}
