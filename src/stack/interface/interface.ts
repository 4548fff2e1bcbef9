import type { Cidr, IpAddress } from "../../address/index.js";
import type { Igmp } from "../igmp/igmp.js";
import type { Path } from "../ip/path.js";
import { WordView } from "../word-view.js";
import type { StackDhcpLink } from "./dhcp-link.js";

/** What the IP layer sees of an interface: Ethernet, or loopback. */
export abstract class StackInterface {
  /** Addresses of both families, each with the prefix of its link; the first of a family is its primary one. */
  readonly addresses: Cidr[] = [];
  /** Of the frames that it receives. */
  readonly words = new WordView();
  /** Of the links that the addresses are on, as `Ipv4Address.value`: asked for each packet. */
  #broadcasts: readonly number[] = [];
  /** The IPv4 ones among the addresses, as `Ipv4Address.value`: asked for each frame. */
  #ipv4: readonly number[] = [];

  constructor(readonly name: string) {}

  /** The largest IP packet, in bytes. */
  abstract readonly mtu: number;
  abstract readonly up: boolean;
  /** True where no packet leaves the host. */
  abstract readonly isLoopback: boolean;
  /** True where the link computes checksums, so that the stack need not. */
  abstract readonly transmitChecksums: boolean;
  /** Bytes of the largest IPv4 packet that the link cuts into TCP segments; 0: it cuts none. */
  abstract readonly segmentationOffload: number;
  /** What goes around IP's addresses, where the link can carry it. */
  abstract readonly dhcp: StackDhcpLink | undefined;
  /** The groups that its link knows of; undefined where there is no link. */
  abstract readonly igmp: Igmp | undefined;
  /**
   * Sends the first `length` bytes of `frame`; the first 14 are the interface's to fill.
   * @param segmentSize as `LinkDevice.transmit` has it
   */
  abstract output(path: Path, frame: Uint8Array, length: number, segmentSize?: number): void;
  /** Joins an IPv4 group once more, or leaves it: each `joinGroup` needs a `leaveGroup`. @param group `Ipv4Address.value` */
  abstract joinGroup(group: number): void;
  abstract leaveGroup(group: number): void;
  /** True if some program here has joined the group. */
  abstract isMember(group: number): boolean;

  owns(address: IpAddress): boolean {
    return this.addresses.some((own) => own.address.equals(address));
  }

  /** `owns` without an object. @param value `Ipv4Address.value` */
  ownsIpv4(value: number): boolean {
    return this.#ipv4.includes(value);
  }

  /** True if `address` is the broadcast address of a link that this interface is on. */
  isDirectedBroadcast(address: IpAddress): boolean {
    return address.family === 4 && this.isBroadcast(address.value);
  }

  /** `isDirectedBroadcast` without an object. @param value `Ipv4Address.value` */
  isBroadcast(value: number): boolean {
    return this.#broadcasts.includes(value);
  }

  protected setAddresses(addresses: readonly Cidr[]): void {
    this.addresses.splice(0, Infinity, ...addresses);
    this.#ipv4 = addresses.flatMap(({ address }) => (address.family === 4 ? [address.value] : []));
    // RFC 3021: a 31-bit prefix has no broadcast address, and a 32-bit one no link.
    this.#broadcasts = addresses.flatMap(({ broadcast }) =>
      broadcast === undefined ? [] : [broadcast.value],
    );
  }
}
