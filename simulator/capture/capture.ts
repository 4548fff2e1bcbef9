import type { Observable } from "../sighting.js";
import { interfaceBlock, packetBlock, sectionHeaderBlock } from "./pcapng.js";

/**
 * What virtual time 0 is called in captures: 2020-01-01T00:00:00Z, in seconds since 1970. Fixed, so that the same run
 * gives the same bytes on any day.
 */
export const CAPTURE_EPOCH = 1_577_836_800;

/** Takes the bytes of a capture as they come; each call is a whole block, and the receiver may keep it. */
export type CaptureSink = (block: Uint8Array) => void;

/**
 * Writes the frames seen at cables and switches as pcapng, which Wireshark and tshark read. Each port that sends is
 * an interface of the file. What happened to a frame, other than being delivered, is its comment.
 *
 * @example
 * const blocks: Uint8Array[] = [];
 * const capture = new Capture((block) => blocks.push(block));
 * capture.watch(lan);
 */
export class Capture {
  readonly #sink: CaptureSink;
  readonly #epoch: number;
  readonly #interfaces = new Map<string, number>();
  #frames = 0;

  /** @param epoch what the times of frames count from, in whole seconds since 1970 */
  constructor(sink: CaptureSink, epoch = CAPTURE_EPOCH) {
    this.#sink = sink;
    this.#epoch = epoch;
    sink(sectionHeaderBlock("wirelet"));
  }

  /** How many frames it has written. */
  get frames(): number {
    return this.#frames;
  }

  /** Writes what is seen there from now on. @returns a function that ends it */
  watch(place: Observable): () => void {
    return place.observe(({ time, port, bytes, length, comment }) => {
      const interfaceId = this.#interfaceOf(port);
      this.#frames++;
      this.#sink(packetBlock({ interfaceId, time, bytes, length, comment }));
    });
  }

  #interfaceOf(port: string): number {
    const known = this.#interfaces.get(port);
    if (known !== undefined) return known;
    const id = this.#interfaces.size;
    this.#interfaces.set(port, id);
    this.#sink(interfaceBlock(port, this.#epoch));
    return id;
  }
}
