/** One frame as it was seen entering a wire. The bytes are borrowed until the observer returns. */
export interface Sighting {
  /** Virtual milliseconds. */
  readonly time: number;
  /** The name of the port that sent it. */
  readonly port: string;
  readonly bytes: Uint8Array;
  readonly length: number;
  /** What became of it, if it was not simply delivered: "dropped: loss 20%". */
  readonly comment: string | undefined;
}

export type Observer = (sighting: Sighting) => void;

/** What frames can be watched at: a cable or a switch. */
export interface Observable {
  /** @returns a function that ends it */
  observe(observer: Observer): () => void;
}

/** One for all places that nobody watches: there are thousands, and each frame asks. */
const NOBODY: readonly Observer[] = Object.freeze([]);

/** Those who watch one place. */
export class Observers {
  #list = NOBODY;

  /** False while nobody watches, so that nothing need be prepared for them. */
  get any(): boolean {
    return this.#list.length > 0;
  }

  add(observer: Observer): () => void {
    this.#list = [...this.#list, observer];
    return () => {
      this.#list = this.#list.filter((other) => other !== observer);
    };
  }

  notify(sighting: Sighting): void {
    for (const observer of this.#list) observer(sighting);
  }
}
