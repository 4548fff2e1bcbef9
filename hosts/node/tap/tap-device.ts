import { closeSync } from "node:fs";
import type { MacAddress } from "../../../src/address/index.js";
import type { Clock, LinkDevice } from "../../../src/host/index.js";
import type { Libc, PollHandle } from "./libc.js";
import { MAX_OFFLOADED_PACKET, OffloadBuffer, VIRTIO_HEADER_LENGTH } from "./offload.js";

/**
 * Frames taken in one turn of the event loop, so that a flood leaves timers and others their turn: about 0.1 ms, or 1 ms
 * where they are of 64 KiB.
 */
export const RECEIVE_BATCH = 64;

/** Between two looks at whether the kernel's interface is up, in ms: it does not tell. A look costs 1 µs. */
export const LINK_INTERVAL = 100;

/** Larger than any frame the kernel hands over without offloading: the largest MTU, and a header with VLAN tag. */
const RECEIVE_BUFFER_SIZE = 65_535 + 18;

/**
 * The near end of a Linux TAP device; the far end is a network interface of the kernel's, with a MAC of its own.
 * Readiness comes from Node's event loop, frames are read and written with one system call each. Measured against
 * the kernel on two shared cores: 35 to 60 µs for a ping and its answer; of frames of 1,514 bytes, 250,000 a second
 * in and 1,000,000 out.
 * With offload a frame may be 45 times as large, for the same call.
 */
export class TapDevice implements LinkDevice {
  onReceive?: (frame: Uint8Array, length: number, now: number) => void;
  onLinkChange?: () => void;
  readonly #libc: Libc;
  readonly #clock: Clock;
  readonly #descriptor: number;
  readonly #poll: PollHandle;
  readonly segmentationOffload: number;
  readonly #incoming = new OffloadBuffer(RECEIVE_BUFFER_SIZE);
  /** Frames to send, where they need a header in front. */
  readonly #outgoing: OffloadBuffer | undefined;
  /** What is read: a frame, or a frame with its header. */
  readonly #buffer: Uint8Array;
  readonly #headerLength: number;
  #receiving: NodeJS.Immediate | undefined;
  readonly #looking: NodeJS.Timeout;
  #up: boolean;
  /** What `onLinkChange` was last called for. */
  #wasUp: boolean;
  #open = true;
  #deleted = false;
  #transmitErrors = 0;

  /**
   * Use `openTap`.
   * @param descriptor non-blocking, attached to the interface `name`; the device closes it
   * @param offload there is a header before each frame, and TCP segments may be larger than the MTU
   */
  constructor(
    libc: Libc,
    clock: Clock,
    descriptor: number,
    readonly name: string,
    readonly mac: MacAddress,
    readonly mtu: number,
    offload: boolean,
  ) {
    this.#libc = libc;
    this.#clock = clock;
    this.#descriptor = descriptor;
    this.segmentationOffload = offload ? MAX_OFFLOADED_PACKET : 0;
    this.#outgoing = offload ? new OffloadBuffer(RECEIVE_BUFFER_SIZE) : undefined;
    this.#headerLength = offload ? VIRTIO_HEADER_LENGTH : 0;
    this.#buffer = offload ? this.#incoming.bytes : this.#incoming.frame;
    // koffi calls back outside of Node's callback scope: an exception would be lost and end the polling, and promises
    // would not be resumed. An immediate of this same turn of the event loop has neither fault, and costs 1 µs.
    this.#poll = libc.poll(descriptor, () => {
      this.#receiving ??= setImmediate(() => this.#receive());
    });
    this.#up = this.#wasUp = libc.isWritable(descriptor);
    // What keeps the event loop alive is the descriptor.
    this.#looking = setInterval(() => this.#look(), LINK_INTERVAL).unref();
  }

  /** False while the kernel's interface is down, once it was deleted, or the device closed. */
  get up(): boolean {
    // Whoever has just set it up need not wait until it is looked at.
    return (this.#up ||= this.#open && this.#libc.isWritable(this.#descriptor));
  }

  /** True once the kernel's interface was deleted. */
  get deleted(): boolean {
    return this.#deleted;
  }

  /** Frames that the kernel refused, as it does while its interface is down. */
  get transmitErrors(): number {
    return this.#transmitErrors;
  }

  /** Asked while a frame is delivered. */
  get receiveChecksums(): boolean {
    return this.#outgoing !== undefined && this.#incoming.isVerified;
  }

  transmit(frame: Uint8Array, length: number, segmentSize?: number): void {
    if (this.#outgoing !== undefined) {
      this.#outgoing.fill(frame, length, segmentSize);
      frame = this.#outgoing.bytes;
      length += VIRTIO_HEADER_LENGTH;
    }
    if (!this.#open || this.#libc.write(this.#descriptor, frame, length) !== length) this.#transmitErrors++;
  }

  /** Detaches from the interface; one that is not persistent disappears. Nothing is called any more. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#up = false;
    clearImmediate(this.#receiving);
    clearInterval(this.#looking);
    this.#poll.close();
    closeSync(this.#descriptor);
  }

  #receive(): void {
    this.#receiving = undefined;
    const now = this.#clock.now();
    for (let count = 0; count < RECEIVE_BATCH && this.#open; count++) {
      const length = this.#libc.read(this.#descriptor, this.#buffer, this.#buffer.length);
      if (length < 0) {
        if (this.#libc.errorName() !== "EAGAIN") this.#lose();
        return;
      }
      this.onReceive?.(this.#incoming.frame, length - this.#headerLength, now);
    }
  }

  /** The kernel says of an interface that is down that nothing can be written. */
  #look(): void {
    this.#up = this.#libc.isWritable(this.#descriptor);
    if (this.#up === this.#wasUp) return;
    this.#wasUp = this.#up;
    this.onLinkChange?.();
  }

  /** The interface was deleted under the device. */
  #lose(): void {
    this.#deleted = true;
    this.#up = this.#wasUp = false;
    clearInterval(this.#looking);
    this.#poll.close();
    this.onLinkChange?.();
  }
}
