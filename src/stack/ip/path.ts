import { Ipv4Address, MacAddress, type IpAddress } from "../../address/index.js";
import { ETHERNET_HEADER_LENGTH } from "../../wire/ethernet.js";
import { IPV4_HEADER_LENGTH, ipv4PseudoSum } from "../../wire/ipv4.js";
import type { StackInterface } from "../interface/interface.js";
import type { Neighbor } from "../neighbor/neighbor.js";

/** RFC 1122 §3.2.1.7 and IANA's ip-parameters: the recommended default. */
export const DEFAULT_TIME_TO_LIVE = 64;
/** RFC 1112 §6.1: what is sent to a group stays on the link unless its sender asks for more. */
export const DEFAULT_MULTICAST_TIME_TO_LIVE = 1;

/** The MAC an IPv4 group is sent to (RFC 1112 §6.4: 01-00-5E and the low 23 bits). @param group `Ipv4Address.value` */
export function multicastMac(group: number): MacAddress {
  return MacAddress.fromValue(0x01_00_5e_00_00_00 + (group & 0x7f_ffff));
}

/** The MAC a group address of IPv4 is sent to, else undefined. */
function groupMac(address: IpAddress, device: StackInterface): MacAddress | undefined {
  if (address.isMulticast && address instanceof Ipv4Address) return multicastMac(address.value);
  const isBroadcast = address instanceof Ipv4Address && address.isBroadcast;
  return isBroadcast || device.isDirectedBroadcast(address) ? MacAddress.broadcast : undefined;
}

/**
 * How packets get from here to one destination: what the routing table and the addresses said when it was made.
 * Sockets keep theirs and ask `Ip.isCurrent` before they use it.
 */
export class Path {
  /** Set where the destination is a group: no neighbor is asked. */
  readonly groupMac: MacAddress | undefined;
  /** As `Ipv4Address.value`; 0 if it is none. */
  readonly source32: number;
  readonly destination32: number;
  /** Kept by the interface, so that the neighbor cache is not searched for each packet. */
  neighbor: Neighbor | undefined;
  /** Of the packets sent this way. */
  timeToLive: number;
  /** The whole octet: DSCP and ECN. */
  typeOfService = 0;
  /** The largest packet that gets through, as far as is known, and until when that counts (monotonic ms). */
  mtu: number;
  expiresAt = Infinity;

  constructor(
    readonly device: StackInterface,
    readonly source: IpAddress,
    readonly destination: IpAddress,
    /** The neighbor to send to: the destination itself, or a router. */
    readonly nextHop: IpAddress,
    readonly generation: number,
  ) {
    this.groupMac = groupMac(destination, this.device);
    this.source32 = source instanceof Ipv4Address ? source.value : 0;
    this.destination32 = destination instanceof Ipv4Address ? destination.value : 0;
    this.timeToLive = destination.isMulticast ? DEFAULT_MULTICAST_TIME_TO_LIVE : DEFAULT_TIME_TO_LIVE;
    this.mtu = device.mtu;
  }

  /** Marks its packets as those of `previous`, the way there before something changed. */
  lookLike(previous: Path): void {
    this.timeToLive = previous.timeToLive;
    this.typeOfService = previous.typeOfService;
  }

  /** Limited or directed. */
  get isBroadcast(): boolean {
    return this.groupMac?.isBroadcast === true;
  }

  get isMulticast(): boolean {
    return this.groupMac !== undefined && !this.groupMac.isBroadcast;
  }

  /** Where a transport header stands in the stack's frame buffer. */
  get payloadAt(): number {
    return ETHERNET_HEADER_LENGTH + IPV4_HEADER_LENGTH;
  }

  /** Bytes of transport header and payload that one packet can carry. */
  get maxPayload(): number {
    return this.mtu - IPV4_HEADER_LENGTH;
  }

  /**
   * Bytes of transport header and payload that one packet may have which the link cuts into TCP segments; 0 or less if
   * it cuts none, or as long as the neighbor is not known: such packets cannot wait for it.
   */
  get maxSegmentedPayload(): number {
    return this.neighbor?.mac === undefined ? 0 : this.device.segmentationOffload - IPV4_HEADER_LENGTH;
  }

  /** The pseudo-header's sum for `length` bytes, or undefined if the link computes checksums. */
  pseudoSum(protocol: number, length: number): number | undefined {
    if (this.device.transmitChecksums) return undefined;
    return ipv4PseudoSum(this.source32, this.destination32, protocol, length);
  }
}
