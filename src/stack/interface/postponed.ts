import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import type { EthernetInterface } from "./ethernet.js";

/** Frames kept at most; a link that answers from inside `transmit` has no more under way at once. */
export const MAX_POSTPONED_FRAMES = 64;

/** Frames that a link has delivered from inside `transmit`: received at the next poll. */
export class PostponedFrames implements Task {
  queued = false;
  readonly #frames: { readonly device: EthernetInterface; readonly frame: Uint8Array }[] = [];

  constructor(private readonly stack: Stack) {}

  add(device: EthernetInterface, frame: Uint8Array, length: number): void {
    const { counters } = this.stack;
    counters.ifInFrames++;
    if (this.#frames.length >= MAX_POSTPONED_FRAMES) {
      counters.drop("receive-queue-full");
      return;
    }
    this.#frames.push({ device, frame: new Uint8Array(frame.subarray(0, length)) });
    this.stack.defer(this);
  }

  runTask(): void {
    for (const { device, frame } of this.#frames.splice(0))
      device.receiveFrame(frame, frame.length, this.stack.now);
  }
}
