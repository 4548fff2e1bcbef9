import type { Machine } from "../platform/machine.js";

/** What has happened to an object, told from the event loop: as much at once as has come until then, each kind once. */
export class Messages {
  readonly #machine: Machine;
  readonly #order: readonly number[];
  readonly #tell: (message: number) => void;
  #pending = 0;
  #isHeld = false;
  #isClosed = false;

  /** @param order the kinds, in the order in which they are told */
  constructor(machine: Machine, order: readonly number[], tell: (message: number) => void) {
    this.#machine = machine;
    this.#order = order;
    this.#tell = tell;
  }

  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** While it is held, nothing is told; what has happened is told later. */
  set isHeld(isHeld: boolean) {
    this.#isHeld = isHeld;
    if (!isHeld && this.#pending !== 0) this.#post();
  }

  /** From now on nothing is told any more. */
  close(): void {
    this.#isClosed = true;
  }

  isPending(message: number): boolean {
    return (this.#pending & this.#bitOf(message)) !== 0;
  }

  happened(message: number): void {
    const isPosted = this.#pending !== 0;
    this.#pending |= this.#bitOf(message);
    if (!isPosted && !this.#isHeld) this.#post();
  }

  #bitOf(message: number): number {
    return 1 << this.#order.indexOf(message);
  }

  #post(): void {
    this.#machine.post(() => {
      if (this.#isHeld) return;
      const pending = this.#pending;
      this.#pending = 0;
      for (const message of this.#order) {
        if ((pending & this.#bitOf(message)) !== 0 && !this.#isClosed) this.#tell(message);
      }
    });
  }
}
