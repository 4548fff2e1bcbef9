/**
 * The header that goes before each frame of a TAP device which leaves segmentation and checksums to the other side:
 * struct virtio_net_hdr of linux/virtio_net.h (virtio 1.2 §5.1.6), in the byte order of the machine.
 */
export const VIRTIO_HEADER_LENGTH = 10;

const FLAGS = 0;
const GSO_TYPE = 1;
// The fields of 16 bits, as indexes of such.
const HEADER_LENGTH = 1;
const GSO_SIZE = 2;
const CHECKSUM_START = 3;
const CHECKSUM_OFFSET = 4;

const F_NEEDS_CSUM = 1;
const F_DATA_VALID = 2;
const GSO_TCPV4 = 1;
const GSO_ECN = 0x80;

// Where things stand in a TCP segment that the stack sends: behind Ethernet, and IPv4 without options.
const TCP_AT = 14 + 20;
const TCP_DATA_OFFSET = TCP_AT + 12;
const TCP_FLAGS = TCP_AT + 13;
const TCP_CHECKSUM = 16;
const CWR = 0x80;

/** TUN_F_CSUM, TUN_F_TSO4 and TUN_F_TSO_ECN of linux/if_tun.h: what the kernel may leave to the stack. */
export const OFFLOADS = 0x01 | 0x02 | 0x08;

/** Bytes of the largest packet that either side sends: all that IPv4 has room for. */
export const MAX_OFFLOADED_PACKET = 65_535;

/** A buffer for one frame with its header in front. */
export class OffloadBuffer {
  /** Header and frame. */
  readonly bytes: Uint8Array;
  /** The frame alone. */
  readonly frame: Uint8Array;
  readonly #header: Uint16Array;

  /** @param size bytes of the longest frame */
  constructor(size: number) {
    const buffer = new ArrayBuffer(VIRTIO_HEADER_LENGTH + size);
    this.bytes = new Uint8Array(buffer);
    this.frame = new Uint8Array(buffer, VIRTIO_HEADER_LENGTH);
    this.#header = new Uint16Array(buffer, 0, VIRTIO_HEADER_LENGTH >> 1);
  }

  /** True if the frame's checksums need no look: it never was on a wire, or somebody has verified them. */
  get isVerified(): boolean {
    return (this.bytes[FLAGS]! & (F_NEEDS_CSUM | F_DATA_VALID)) !== 0;
  }

  /** Takes a frame to send. @param segmentSize as `LinkDevice.transmit` has it */
  fill(frame: Uint8Array, length: number, segmentSize: number | undefined): void {
    this.frame.set(length === frame.length ? frame : frame.subarray(0, length));
    this.#header.fill(0);
    if (segmentSize === undefined) return;
    const flags = frame[TCP_FLAGS]!;
    this.bytes[FLAGS] = F_NEEDS_CSUM;
    // RFC 3168 §6.1.2: only the first of the segments may say that the window was reduced.
    this.bytes[GSO_TYPE] = (flags & CWR) !== 0 ? GSO_TCPV4 | GSO_ECN : GSO_TCPV4;
    this.#header[HEADER_LENGTH] = TCP_AT + ((frame[TCP_DATA_OFFSET]! >> 4) << 2);
    this.#header[GSO_SIZE] = segmentSize;
    this.#header[CHECKSUM_START] = TCP_AT;
    this.#header[CHECKSUM_OFFSET] = TCP_CHECKSUM;
  }
}
