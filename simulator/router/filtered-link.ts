import type { LinkDevice } from "../../src/host/index.js";

/** Sends a frame on its way: this one, another in its place, several, or by not being called none. */
export type Pass = (frame: Uint8Array, length: number) => void;

/** Decides about a frame, which is borrowed: what is to be changed is changed in a copy. */
export type FrameFilter = (frame: Uint8Array, length: number, pass: Pass) => void;

/** As `FrameFilter`, for a frame that has arrived. @param now when, as the stack counts time */
export type ArrivalFilter = (frame: Uint8Array, length: number, pass: Pass, now: number) => void;

/** A link device whose frames others decide about before they leave, and before the stack sees them. */
export class FilteredLink implements LinkDevice {
  onReceive?: (frame: Uint8Array, length: number, now: number) => void;
  onLinkChange?: () => void;
  /** Absent: all go out as they are. */
  outgoing: FrameFilter | undefined;
  /** Absent: all come in as they are. */
  incoming: ArrivalFilter | undefined;
  readonly #link: LinkDevice;

  constructor(link: LinkDevice) {
    this.#link = link;
    link.onLinkChange = () => this.onLinkChange?.();
    link.onReceive = (frame, length, now) => {
      if (this.incoming === undefined) this.onReceive?.(frame, length, now);
      else this.incoming(frame, length, (passed, size) => this.onReceive?.(passed, size, now), now);
    };
  }

  get mac(): LinkDevice["mac"] {
    return this.#link.mac;
  }

  get mtu(): number {
    return this.#link.mtu;
  }

  get up(): boolean {
    return this.#link.up;
  }

  transmit(frame: Uint8Array, length: number): void {
    if (this.outgoing === undefined) this.#link.transmit(frame, length);
    else this.outgoing(frame, length, (passed, size) => this.#link.transmit(passed, size));
  }
}
