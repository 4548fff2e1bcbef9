import type { LinkDevice } from "../../src/host/index.js";
import type { Cable, CableEnd } from "../cable.js";
import type { Lan } from "../lan/lan.js";
import type { RealTime } from "../real-time.js";
import type { Switch } from "../switch.js";

/** What came from outside, and when: at a place of the run that another run of the same simulation comes to as well. */
export interface OutsideInput {
  /** Virtual ms. */
  readonly time: number;
  /** How many events had run. */
  readonly event: number;
  /** Which guest it came through. */
  readonly guest: string;
  /** A frame; absent: the link went up or down. */
  readonly frame?: Uint8Array;
  readonly isUp?: boolean;
}

export interface GuestOptions {
  /** Absent: the LAN's default switch. */
  readonly on?: Switch;
  /** What real frames come and go at: `openTap` gives one. It must carry whole frames, without offloading. Absent: for a replay. */
  readonly device?: LinkDevice;
  readonly pace: Pick<RealTime, "now" | "place" | "plan">;
  /** Given each input as it happens, to be kept for a replay; the frame is the receiver's. */
  readonly onInput?: (input: OutsideInput) => void;
}

/**
 * A port of a switch that leads out of the simulation, so that real programs join the LAN. Virtual time has to pass as real time
 * does.
 *
 * @example
 * const device = await openTap({ interface: "tap0" });
 * const guest = new Guest(lan, "tap0", { device, pace, onInput: (input) => record.push(input) });
 */
export class Guest {
  readonly cable: Cable;
  readonly #end: CableEnd;
  readonly #name: string;
  readonly #options: GuestOptions;
  #isOpen = true;

  /** @throws NetworkError EADDRINUSE if the LAN has a cable of that name */
  constructor(lan: Lan, name: string, options: GuestOptions) {
    const { on = lan.defaultSwitch, device } = options;
    this.#name = name;
    this.#options = options;
    this.#end = lan.plug(name, { on });
    this.cable = lan.cables.find((cable) => cable.ends.includes(this.#end))!;
    this.#end.hasPower = false;
    if (device === undefined) return;
    this.#end.onReceive = (frame, length) => {
      if (this.#isOpen && device.up) device.transmit(frame, length);
    };
    device.onReceive = (frame, length) => this.#take({ frame: new Uint8Array(frame.subarray(0, length)) });
    device.onLinkChange = () => this.#take({ isUp: device.up });
    if (device.up) this.#take({ isUp: true });
  }

  /** Has what was recorded happen again, each at its place. @param inputs in their order; those of other guests are left out */
  replay(inputs: readonly OutsideInput[]): void {
    for (const input of inputs) {
      if (input.guest === this.#name) this.#options.pace.plan(input, () => this.#apply(input));
    }
  }

  /** Unplugs it. The device is its owner's to close. */
  close(): void {
    this.#isOpen = false;
    this.#end.hasPower = false;
  }

  #take(what: Pick<OutsideInput, "frame" | "isUp">): void {
    const { pace, onInput } = this.#options;
    pace.now(() => {
      if (!this.#isOpen) return;
      onInput?.({ ...pace.place, guest: this.#name, ...what });
      this.#apply(what);
    });
  }

  #apply({ frame, isUp }: Pick<OutsideInput, "frame" | "isUp">): void {
    if (isUp !== undefined) this.#end.hasPower = isUp;
    if (frame !== undefined && this.#end.up) this.#end.transmit(frame, frame.length);
  }
}
