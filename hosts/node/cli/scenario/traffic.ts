import type { Lan } from "../../../../simulator/index.js";

/** What a host has sent. */
export interface Sent {
  readonly frames: number;
  readonly bytes: number;
}

const NOTHING: Sent = Object.freeze({ frames: 0, bytes: 0 });

/** Points of a plot at most: when there are more, neighbors are put together. */
const MAX_POINTS = 400;

/** Counts what crosses a LAN, by host and over time. */
export class Traffic {
  readonly #sent = new Map<string, Sent>();
  readonly #end: () => void;
  /** Virtual ms that each point stands for. */
  #step = 100;
  #points: number[] = [];

  constructor(lan: Lan) {
    this.#end = lan.observe(({ port, length, time }) => {
      const { frames, bytes } = this.of(port);
      this.#sent.set(port, { frames: frames + 1, bytes: bytes + length });
      this.#count(time, length);
    });
  }

  /** @param name of a host */
  of(name: string): Sent {
    return this.#sent.get(name) ?? NOTHING;
  }

  /** Bytes for each step of virtual time. */
  get overTime(): { readonly step: number; readonly bytes: readonly number[] } {
    return { step: this.#step, bytes: Array.from(this.#points, (bytes) => bytes ?? 0) };
  }

  end(): void {
    this.#end();
  }

  #count(time: number, length: number): void {
    while (time >= this.#step * MAX_POINTS) {
      const { bytes } = this.overTime;
      this.#points = Array.from(
        { length: Math.ceil(bytes.length / 2) },
        (_, at) => bytes[2 * at]! + (bytes[2 * at + 1] ?? 0),
      );
      this.#step *= 2;
    }
    const at = Math.floor(time / this.#step);
    this.#points[at] = (this.#points[at] ?? 0) + length;
  }
}
