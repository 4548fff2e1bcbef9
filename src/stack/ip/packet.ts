import { Ipv4Address, type IpAddress } from "../../address/index.js";
import { ipv4PseudoSum } from "../../wire/ipv4.js";
import type { StackInterface } from "../interface/interface.js";

const NOTHING = new Uint8Array(0);

/**
 * The packet that is being received. A stack has one and fills it anew for each: whoever gets it borrows it until it
 * returns, and makes address objects of it only where they must be kept.
 */
export class Packet {
  readonly family = 4;
  /** Where it came in; set before anybody sees the packet. */
  device!: StackInterface;
  bytes: Uint8Array = NOTHING;
  /** Where the IP header stands. */
  ipAt = 0;
  /** Where the transport header stands. */
  at = 0;
  /** Where the packet ends: after it may come Ethernet's padding. */
  end = 0;
  /** When it arrived, in monotonic ms. */
  now = 0;
  /** As `Ipv4Address.value`. */
  source32 = 0;
  destination32 = 0;
  /** Sent to a broadcast or multicast address, of IP or of the link: never to be answered with an error. */
  toGroup = false;
  /** False where the link device has verified the checksums. */
  verifyChecksums = true;

  get source(): IpAddress {
    return Ipv4Address.fromValue(this.source32);
  }

  get destination(): IpAddress {
    return Ipv4Address.fromValue(this.destination32);
  }

  /** The pseudo-header's sum, or undefined if the checksum need not be verified. */
  pseudoSum(protocol: number, length: number): number | undefined {
    return this.verifyChecksums
      ? ipv4PseudoSum(this.source32, this.destination32, protocol, length)
      : undefined;
  }
}
