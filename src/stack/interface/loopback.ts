import { Cidr, Ipv4Address } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import { receiveIpv4 } from "../ip/input.js";
import type { Path } from "../ip/path.js";
import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import { StackInterface } from "./interface.js";

/** Frames on their way at most; what comes on top is dropped, as on any link. */
export const MAX_LOOPBACK_FRAMES = 64;
/** As Linux's lo, less what a device's memory could not hold: one Ethernet packet. */
const LOOPBACK_MTU = 1500;

/** The host talking to itself, through 127/8 or any of its own addresses; frames wait for the next poll. */
export class LoopbackInterface extends StackInterface implements Task {
  readonly mtu = LOOPBACK_MTU;
  readonly up = true;
  readonly isLoopback = true;
  /** What never leaves memory needs no checksum; it is computed all the same, so that captures are good. */
  readonly transmitChecksums = false;
  readonly segmentationOffload = 0;
  readonly dhcp = undefined;
  readonly igmp = undefined;
  queued = false;
  readonly #frames: Uint8Array[] = [];

  constructor(private readonly stack: Stack) {
    super("lo");
    this.setAddresses([new Cidr(Ipv4Address.loopback, 8)]);
  }

  /** Who sends to a group over loopback hears it through its own socket, and nobody else does. */
  joinGroup(): void {
    throw new NetworkError("ENOTSUP", "join group", undefined, "loopback has none");
  }

  leaveGroup(): void {
    throw new NetworkError("ENOTSUP", "leave group", undefined, "loopback has none");
  }

  isMember(): boolean {
    return false;
  }

  /** RFC 919 knows broadcast on links only; 127.255.255.255 is this host as all of 127/8 is. */
  override isBroadcast(): boolean {
    return false;
  }

  output(_path: Path, frame: Uint8Array, length: number): void {
    if (this.#frames.length >= MAX_LOOPBACK_FRAMES) {
      this.stack.counters.drop("loopback-queue-full");
      return;
    }
    this.#frames.push(frame.slice(0, length));
    this.stack.defer(this);
  }

  runTask(): void {
    for (const frame of this.#frames.splice(0)) {
      receiveIpv4(this.stack, this, frame, frame.length, this.stack.now, false, true);
    }
  }
}
