import type { Observable, Sighting } from "../sighting.js";
import {
  interfaceBlock,
  nameResolutionBlock,
  packetBlock,
  sectionHeaderBlock,
  type NamedAddress,
} from "./pcapng.js";

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
  readonly #named = new Map<number, string>();
  #newNames: NamedAddress[] = [];
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
    return place.observe((sighting) => this.write(sighting));
  }

  /** Writes one frame. */
  write({ time, port, bytes, length, comment }: Sighting): void {
    const interfaceId = this.#interfaceOf(port);
    this.#frames++;
    this.#sink(packetBlock({ interfaceId, time, bytes, length, comment }));
  }

  /** Tells the reader the names of addresses, those that were told already left out. */
  name(addresses: readonly NamedAddress[]): void {
    const news = addresses.filter(({ address, name }) => this.#named.get(address.value) !== name);
    if (news.length === 0) return;
    for (const { address, name } of news) this.#named.set(address.value, name);
    this.#newNames.push(...news);
    this.#writeNames();
  }

  /** Wireshark's editcap does not take a file that has names before its first interface. */
  #writeNames(): void {
    if (this.#newNames.length === 0 || this.#interfaces.size === 0) return;
    this.#sink(nameResolutionBlock(this.#newNames));
    this.#newNames = [];
  }

  #interfaceOf(port: string): number {
    const known = this.#interfaces.get(port);
    if (known !== undefined) return known;
    const id = this.#interfaces.size;
    this.#interfaces.set(port, id);
    this.#sink(interfaceBlock(port, this.#epoch));
    this.#writeNames();
    return id;
  }
}
