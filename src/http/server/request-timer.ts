import type { ConnectionOwner } from "./connection-owner.js";

/** Bytes of a body that must come in the time that others wait for its connection, if it is to go on. */
export const CROWDED_PROGRESS = 1024;

/** By when a client must have sent what is under way of its request. */
export class RequestTimer {
  /** Monotonic ms; Infinity while nothing is under way, or a handler holds it back. */
  deadline = Infinity;
  readonly #owner: ConnectionOwner;
  /** What `deadline` is unless others wait; while it is held, how much time is left. */
  #limit = Infinity;
  /** Bytes that came since others wait. */
  #progress = 0;

  constructor(owner: ConnectionOwner) {
    this.#owner = owner;
  }

  /** @param milliseconds from now, or from when `start` was called for the head of the same request */
  start(milliseconds: number): void {
    this.set(this.#owner.clock.now() + milliseconds);
  }

  /** The head is there: from its beginning on, the whole request may take its time. */
  startBody(): void {
    const { limits } = this.#owner;
    if (this.#limit === Infinity) this.start(limits.requestTime);
    else this.set(this.#limit - limits.headTime + limits.requestTime);
  }

  stop(): void {
    this.deadline = Infinity;
    this.#limit = Infinity;
  }

  /** A handler holds the body back. */
  hold(): void {
    this.#limit -= this.#owner.clock.now();
    this.deadline = Infinity;
  }

  /** The handler goes on. */
  resume(): void {
    this.start(this.#limit);
  }

  count(bytes: number): void {
    this.#progress += bytes;
  }

  /** Others wait for a connection: a client that is silent, or drips, is to make room soon. */
  crowd(): void {
    const { clock, limits } = this.#owner;
    if (this.deadline !== this.#limit || this.deadline === Infinity) return;
    const soon = clock.now() + limits.crowdedTime;
    if (soon >= this.#limit) return;
    this.#progress = 0;
    this.deadline = soon;
    this.#owner.watch(soon);
  }

  /** `deadline` has come. @returns whether the time is really over */
  expire(): boolean {
    const goesOn =
      this.deadline < this.#limit && (!this.#owner.crowded || this.#progress >= CROWDED_PROGRESS);
    if (goesOn) {
      this.set(this.#limit);
      if (this.#owner.crowded) this.crowd();
    }
    return !goesOn;
  }

  private set(deadline: number): void {
    this.#limit = deadline;
    this.deadline = deadline;
    this.#owner.watch(deadline);
  }
}
