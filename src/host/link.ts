import type { MacAddress } from "../address/index.js";

/**
 * An Ethernet link device: what carries frames to and from a stack. The host calls the receiver that the stack
 * installed; `receive` borrows the frame until it returns, `transmit` has consumed it when it returns. A device must not
 * call `onReceive` from inside `transmit`: a link that answers at once keeps the frame until `transmit` has returned.
 */
export interface LinkDevice {
  readonly mac: MacAddress;
  /** The largest IP packet a frame can carry, in bytes (1500 on Ethernet). */
  readonly mtu: number;
  /** False while the cable is out or the radio is not associated. */
  readonly up: boolean;
  /** True where the device computes the IP, TCP, UDP and ICMP checksums of what it transmits. */
  readonly transmitChecksums?: boolean;
  /** True where the device has verified the checksums of what it delivers; asked for each frame. */
  readonly receiveChecksums?: boolean;
  /** TCP segmentation offload: bytes of the largest IPv4 packet that the device cuts into segments; absent: it cuts none. */
  readonly segmentationOffload?: number;
  /**
   * Sends the first `length` bytes of `frame`: destination MAC, source MAC, EtherType, payload; no FCS.
   * @param segmentSize set only where the device has `segmentationOffload`: the frame holds a TCP segment with more data
   *   than a packet carries, to be sent as segments of so many bytes of data each. Its checksum field holds the sum of
   *   the pseudo-header, for the device to complete, unless the device computes all checksums.
   */
  transmit(frame: Uint8Array, length: number, segmentSize?: number): void;
  /**
   * Tells the device which groups' frames to deliver besides those for its own MAC and broadcasts; absent where it
   * delivers all of them anyway. Called with the whole list whenever it changes.
   */
  setMulticastFilter?(groups: readonly MacAddress[]): void;
  /** Installed by the stack: takes the first `length` bytes of a frame that arrived at `now` (monotonic ms). */
  onReceive?: (frame: Uint8Array, length: number, now: number) => void;
  /** Installed by the stack: `up` has changed. */
  onLinkChange?: () => void;
}
