import { Cidr, Ipv4Address, MacAddress } from "../../address/index.js";
import type { Ipv4Configuration, LinkDevice, NetworkInterface } from "../../host/index.js";
import {
  ETHER_TYPE_ARP,
  ETHER_TYPE_IPV4,
  checkEthernet,
  emitEthernet,
  ethernetIsFor,
  ethernetIsGroup,
  ethernetType,
} from "../../wire/ethernet.js";
import { receiveIpv4 } from "../ip/input.js";
import type { Path } from "../ip/path.js";
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
  readonly dhcp: StackDhcpLink;
  readonly isLoopback = false;
  onChange?: () => void;
  #ipv4: Ipv4Configuration | undefined;

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
        unreachable: (address) => this.stack.neighborUnreachable(address),
      },
      stack.timers,
      stack.counters,
    );
    this.arp = new Arp(stack, this);
    this.dhcp = new StackDhcpLink(stack, this);
    link.onReceive = (frame, length, now) => this.#receive(frame, length, now);
    link.onLinkChange = () => {
      if (!link.up) this.neighbors.clear();
      this.#changed();
    };
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

  configure(configuration: Ipv4Configuration | undefined): void {
    const { routes } = this.stack.ip;
    const previous = this.#ipv4;
    this.#ipv4 = configuration;
    routes.removeInterface(this);
    this.addresses.length = 0;
    if (configuration !== undefined) {
      const own = new Cidr(configuration.address, configuration.prefixLength);
      this.addresses.push(own);
      if (configuration.prefixLength < 32) routes.add({ destination: own, device: this });
      if (configuration.gateway !== undefined) {
        routes.add({ destination: DEFAULT_ROUTE, gateway: configuration.gateway, device: this });
      }
    }
    if (previous !== undefined && !(configuration?.address.equals(previous.address) ?? false)) {
      // Without an address the neighbors are the same still, and the last words (a RELEASE) may wait for one of them.
      if (configuration !== undefined) this.neighbors.clear();
      this.stack.addressRemoved(previous.address);
    }
    this.#changed();
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
    this.link.transmit(frame, length, segmentSize);
  }

  #receive(frame: Uint8Array, length: number, now: number): void {
    const { stack } = this;
    stack.now = now;
    stack.counters.ifInFrames++;
    const fault = checkEthernet(length);
    if (fault !== undefined) {
      stack.counters.drop(fault);
      return;
    }
    const isGroup = ethernetIsGroup(frame);
    if (!isGroup && !ethernetIsFor(frame, this.mac)) {
      stack.counters.drop("ethernet-not-for-us");
      return;
    }
    const type = ethernetType(frame);
    if (type === ETHER_TYPE_IPV4) {
      receiveIpv4(stack, this, frame, length, now, isGroup, this.link.receiveChecksums !== true);
    } else if (type === ETHER_TYPE_ARP) {
      this.arp.receive(frame, length, now);
    } else {
      stack.counters.drop("ethernet-type");
    }
    stack.wake();
  }

  #changed(): void {
    this.stack.defer(this.#notify);
  }

  readonly #notify = {
    queued: false,
    runTask: (): void => this.onChange?.(),
  };
}
