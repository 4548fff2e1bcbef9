import { NetworkError } from "../../src/error/index.js";
import type { Observable } from "../sighting.js";
import { Capture } from "./capture.js";
import { CaptureFile } from "./capture-file.js";
import type { NamedAddress } from "./pcapng.js";

export interface LiveCaptureOptions {
  /** What the times of frames count from, in whole seconds since 1970; absent: as in every simulation. */
  readonly epoch?: number;
  /** The names of a port's host, for the reader. */
  readonly namesOf?: (port: string) => readonly NamedAddress[];
  /** Called once, when nothing more can be written: the disk is full, or the reader of a pipe has gone. */
  readonly onProblem?: (error: NetworkError) => void;
}

/**
 * Writes frames to a file or pipe as they are seen, so that Wireshark can read meanwhile. A capture that fails is told of once
 * and ends; what is captured goes on.
 */
export class LiveCapture {
  readonly #file: CaptureFile;
  readonly #capture: Capture;
  readonly #namesOf: (port: string) => readonly NamedAddress[];
  readonly #onProblem: (error: NetworkError) => void;
  readonly #ends: (() => void)[] = [];
  #isOpen = true;
  #problem: NetworkError | undefined;

  /**
   * A pipe without a reader holds up the whole program until there is one.
   * @param path "-" is standard output
   * @throws NetworkError as `CaptureFile`
   */
  constructor(path: string, { epoch, namesOf, onProblem }: LiveCaptureOptions = {}) {
    this.#namesOf = namesOf ?? (() => []);
    this.#onProblem = onProblem ?? (() => undefined);
    this.#file = new CaptureFile(path);
    this.#capture = new Capture((block) => this.#write(block), epoch);
  }

  /** How many frames it has written. */
  get frames(): number {
    return this.#capture.frames;
  }

  /** False once it was closed, or has failed. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Why nothing more could be written; undefined if all was. */
  get problem(): NetworkError | undefined {
    return this.#problem;
  }

  /** Tells the reader the names of addresses. */
  name(addresses: readonly NamedAddress[]): void {
    this.#capture.name(addresses);
  }

  /** Writes what is seen there from now on. */
  watch(place: Observable): void {
    const end = place.observe((sighting) => {
      if (!this.#isOpen) return;
      this.#capture.name(this.#namesOf(sighting.port));
      this.#capture.write(sighting);
    });
    this.#ends.push(end);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    for (const end of this.#ends) end();
    this.#file.close();
  }

  #write(block: Uint8Array): void {
    if (!this.#isOpen) return;
    try {
      this.#file.write(block);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      this.#problem = error;
      this.close();
      this.#onProblem(error);
    }
  }
}
