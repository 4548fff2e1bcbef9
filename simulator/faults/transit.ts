import type { Frame, FramePool } from "../frame.js";

/**
 * One frame on its way over a wire, as a fault rule sees it. Others may hold the same frame (a switch floods one copy
 * to all its ports), so its bytes are only to be read; `edit` gives bytes to write into.
 */
export class Transit {
  readonly #pool: FramePool;
  #frame: Frame;
  #owned = false;
  #dropped = false;
  #copies: Transit[] = [];
  #delay: number;
  #rule = "";
  #fate = "";

  /** @param time when the frame entered the wire, in virtual ms */
  constructor(
    pool: FramePool,
    frame: Frame,
    readonly time: number,
    delay = 0,
  ) {
    this.#pool = pool;
    this.#frame = frame.retain();
    this.#delay = delay;
  }

  /** Destination MAC first; only the first `length` bytes count, and nobody may write into them. */
  get bytes(): Uint8Array {
    return this.#frame.bytes;
  }

  get length(): number {
    return this.#frame.length;
  }

  /** Milliseconds that rules added to the frame's way. */
  get delay(): number {
    return this.#delay;
  }

  get dropped(): boolean {
    return this.#dropped;
  }

  /** What rules did to the frame, delays apart, for captures; undefined if nothing. */
  get fate(): string | undefined {
    return this.#fate === "" ? undefined : this.#fate;
  }

  /** Delivers the frame `delay` milliseconds later; frames behind it may overtake it. */
  later(delay: number): void {
    this.#delay += Math.max(delay, 0);
  }

  /** The frame is lost; later rules do not see it. */
  drop(): void {
    if (this.#dropped) return;
    this.#dropped = true;
    this.#note("dropped");
  }

  /** Delivers the frame once more, `later` milliseconds behind; later rules decide about the two apart. */
  duplicate(later = 0): void {
    this.#note("duplicated");
    this.#owned = false;
    this.#copies.push(new Transit(this.#pool, this.#frame, this.time, this.#delay + later));
  }

  /** @returns bytes that only this transit holds, for the rule to change the first `length` of */
  edit(): Uint8Array {
    this.#note("changed");
    return this.#own().bytes;
  }

  /** Cuts the frame's end off; a length beyond the frame's changes nothing. */
  truncate(length: number): void {
    if (length >= this.length) return;
    this.#note("truncated");
    this.#own().length = Math.max(length, 0);
  }

  /** The wire's side: asks one rule, for which `apply` stands. @returns the copies that it made */
  ask(rule: string, apply: (transit: Transit) => void): readonly Transit[] {
    this.#rule = rule;
    apply(this);
    const copies = this.#copies;
    if (copies.length > 0) this.#copies = [];
    return copies;
  }

  /** The wire's side: the frame as the rules left it. The wire takes over the hold on it. */
  get frame(): Frame {
    return this.#frame;
  }

  #own(): Frame {
    if (!this.#owned) {
      const shared = this.#frame;
      this.#frame = this.#pool.copy(shared.bytes, shared.length);
      this.#owned = true;
      shared.release();
    }
    return this.#frame;
  }

  #note(what: string): void {
    this.#fate += `${this.#fate === "" ? "" : "; "}${what}: ${this.#rule}`;
  }
}
