import { Ipv4Address, MacAddress, type IpAddress } from "../../address/index.js";
import { ETHERNET_HEADER_LENGTH } from "../../wire/ethernet.js";
import { IPV4_HEADER_LENGTH, ipv4PseudoSum } from "../../wire/ipv4.js";
import type { StackInterface } from "../interface/interface.js";
import type { Neighbor } from "../neighbor/neighbor.js";

/** The MAC a group address of IPv4 is sent to (RFC 1112 §6.4: 01-00-5E and the low 23 bits), else undefined. */
function groupMac(address: IpAddress, device: StackInterface): MacAddress | undefined {
  if (address.isMulticast && address instanceof Ipv4Address) {
    return MacAddress.fromValue(0x01_00_5e_00_00_00 + (address.value & 0x7f_ffff));
  }
  const isBroadcast = address instanceof Ipv4Address && address.isBroadcast;
  return isBroadcast || device.isDirectedBroadcast(address) ? MacAddress.broadcast : undefined;
}

/**
 * How packets get from here to one destination: what the routing table and the addresses said when it was made.
 * Sockets keep theirs and ask `Ip.isCurrent` before they use it.
 */
export class Path {
  /** Where a transport header stands in the stack's frame buffer. */
  readonly payloadAt = ETHERNET_HEADER_LENGTH + IPV4_HEADER_LENGTH;
  /** Set where the destination is a group: no neighbor is asked. */
  readonly groupMac: MacAddress | undefined;
  /** As `Ipv4Address.value`; 0 if it is none. */
  readonly source32: number;
  readonly destination32: number;
  /** The largest packet that gets through, as far as is known, and until when that counts (monotonic ms). */
  mtu: number;
  expiresAt = Infinity;
  /** Kept by the interface, so that the neighbor cache is not searched for each packet. */
  neighbor: Neighbor | undefined;

  constructor(
    readonly device: StackInterface,
    readonly source: IpAddress,
    readonly destination: IpAddress,
    /** The neighbor to send to: the destination itself, or a router. */
    readonly nextHop: IpAddress,
    readonly generation: number,
  ) {
    this.mtu = device.mtu;
    this.groupMac = groupMac(destination, this.device);
    this.source32 = source instanceof Ipv4Address ? source.value : 0;
    this.destination32 = destination instanceof Ipv4Address ? destination.value : 0;
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
