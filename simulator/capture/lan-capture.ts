import type { NetworkError } from "../../src/error/index.js";
import { parseFilter } from "../filter/index.js";
import type { Lan } from "../lan/index.js";
import type { Observable } from "../sighting.js";
import { Capture } from "./capture.js";
import { CaptureFile } from "./capture-file.js";
import { CapturedFrame } from "./captured-frame.js";
import { FrameRing, type KeptFrame, type RingLimits } from "./frame-ring.js";
import { HostNames } from "./host-names.js";
import { LiveCapture, type LiveCaptureOptions } from "./live-capture.js";

/**
 * What a LAN keeps unless it is told otherwise: what led to a failure, and so little that it stays in the processor's cache
 * and can always be done (docs/decisions/capture-always-on.md).
 */
export const CAPTURE_LIMITS: RingLimits = Object.freeze({ frames: 4_096, bytes: 512 * 1024 });

/** Frames to look for: a filter of docs/capture.md's language, or a function. */
export type FrameCondition = string | ((frame: CapturedFrame) => boolean);

/** Where a live capture listens, and who hears if it fails. */
export interface LiveOptions extends Pick<LiveCaptureOptions, "onProblem"> {
  /** A host's cable, or a switch; absent: the whole LAN. */
  readonly at?: Observable;
}

/**
 * The last frames of a LAN, each once, as its sender sent it.
 *
 * @example
 * expect(lan.capture.filter("tcp.flags.syn && host == sensor")).toHaveLength(1);
 * lan.capture.save("failed.pcapng");
 */
export class LanCapture {
  readonly #lan: Lan;
  readonly #ring: FrameRing;
  readonly #names: HostNames;

  /** `Lan` makes it. @param limits false keeps nothing */
  constructor(lan: Lan, limits: Partial<RingLimits> | false = {}) {
    this.#lan = lan;
    this.#names = new HostNames(lan);
    this.#ring = new FrameRing({ ...CAPTURE_LIMITS, ...limits });
    if (limits !== false) lan.observe((sighting) => this.#ring.push(sighting));
  }

  /** How many frames are kept. */
  get size(): number {
    return this.#ring.size;
  }

  /** How many frames the LAN has seen that are not kept any more: with any, a filter cannot find them all. */
  get forgotten(): number {
    return this.#ring.total - this.#ring.size;
  }

  /** All that are kept, the oldest first. */
  get frames(): CapturedFrame[] {
    return this.filter(() => true);
  }

  /**
   * Those of them that it asks for.
   * @throws FilterError what is wrong with a filter, and where
   */
  filter(condition: FrameCondition): CapturedFrame[] {
    const test = testOf(condition);
    const found: CapturedFrame[] = [];
    this.#ring.visit((kept) => {
      const frame = this.#capturedFrame(kept);
      if (test(frame)) found.push(frame);
    });
    return found;
  }

  /**
   * Hands each further frame that it asks for to `listener`, when it is sent.
   * @returns a function that ends it
   * @throws FilterError what is wrong with a filter, and where
   */
  follow(condition: FrameCondition, listener: (frame: CapturedFrame) => void): () => void {
    const test = testOf(condition);
    let number = this.#ring.total;
    return this.#lan.observe((sighting) => {
      const frame = this.#capturedFrame({ ...sighting, number: ++number });
      if (test(frame)) listener(frame);
    });
  }

  /** Forgets them, so that what is found later was sent later. */
  clear(): void {
    this.#ring.clear();
  }

  /**
   * Writes what is kept as pcapng, for Wireshark, with the names of hosts, and comments on what was dropped.
   * @throws NetworkError EACCES, ENOBUFS if the disk is full, EINVAL if there can be no such file
   */
  save(path: string): void {
    const file = new CaptureFile(path);
    try {
      const capture = new Capture((block) => file.write(block));
      capture.name(this.#names.addresses);
      this.#ring.visit((frame) => capture.write(frame));
    } finally {
      file.close();
    }
  }

  /**
   * Writes all further frames to a file, a pipe, or standard output ("-"), each at once, so that Wireshark can read while the
   * LAN runs. If that fails, it ends with one message, and the LAN goes on.
   *
   * @returns what ends it
   * @throws NetworkError if it cannot be begun, as `save`
   */
  live(path: string, options: LiveOptions = {}): LiveCapture {
    const { at = this.#lan, ...rest } = options;
    const onProblem = ({ message }: NetworkError): void =>
      this.#lan.tell("capture", { topic: "log", text: message });
    const live = new LiveCapture(path, {
      onProblem,
      ...rest,
      namesOf: (port) => this.#names.addressesOf(port),
    });
    live.name(this.#names.addresses);
    live.watch(at);
    return live;
  }

  #capturedFrame(kept: KeptFrame): CapturedFrame {
    return new CapturedFrame(kept, this.#names.of(kept));
  }
}

function testOf(condition: FrameCondition): (frame: CapturedFrame) => boolean {
  if (typeof condition !== "string") return condition;
  const test = parseFilter(condition);
  return ({ dissection }) => test(dissection);
}
