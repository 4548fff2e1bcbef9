import { DeadlineHeap, type HeapItem } from "../host/index.js";

/** Whoever owns a timer. */
export interface TimerOwner {
  /** The deadline has come. `now` is monotonic milliseconds; setting the timer anew is legal. */
  onTimer(now: number): void;
}

/** One deadline in a `TimerQueue`. It is made once and then set and cleared at no cost in memory. */
export abstract class QueuedTimer implements TimerOwner, HeapItem {
  /** Monotonic milliseconds; Infinity while the timer is not set. */
  deadline = Infinity;
  index = -1;
  order = 0;

  abstract onTimer(now: number): void;
}

/** One of whoever has several, or is something else already. */
export class Timer extends QueuedTimer {
  constructor(private readonly owner: TimerOwner) {
    super();
  }

  override onTimer(now: number): void {
    this.owner.onTimer(now);
  }
}

/** All deadlines of a stack. */
export class TimerQueue {
  readonly #heap = new DeadlineHeap<QueuedTimer>();
  /** When timers were last run. */
  #now = -Infinity;

  /** The earliest deadline, Infinity if there is none. */
  get next(): number {
    return this.#heap.next;
  }

  get size(): number {
    return this.#heap.size;
  }

  /** A deadline that has passed counts as now, behind those that have waited. */
  set(timer: QueuedTimer, at: number): void {
    if (at === Infinity) {
      this.clear(timer);
      return;
    }
    const deadline = Math.max(at, this.#now);
    if (deadline !== timer.deadline) this.#heap.set(timer, deadline);
  }

  clear(timer: QueuedTimer): void {
    timer.deadline = Infinity;
    this.#heap.remove(timer);
  }

  /**
   * Calls the owners of all timers whose deadline is `now` or earlier. One that is set meanwhile waits for the next run, even
   * if it is due: whoever sets it so by mistake, again and again, costs time but does not stop the program.
   */
  run(now: number): void {
    const end = this.#heap.nextOrder;
    this.#now = now;
    for (;;) {
      const timer = this.#heap.first;
      if (timer === undefined || timer.deadline > now || timer.order >= end) return;
      this.clear(timer);
      timer.onTimer(now);
    }
  }
}
