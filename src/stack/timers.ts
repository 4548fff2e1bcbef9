/** Whoever owns a timer. */
export interface TimerOwner {
  /** The deadline has come. `now` is monotonic milliseconds; setting the timer anew is legal. */
  onTimer(now: number): void;
}

/** One deadline in a `TimerQueue`. It is made once and then set and cleared at no cost in memory. */
export abstract class QueuedTimer implements TimerOwner {
  /** Monotonic milliseconds; Infinity while the timer is not set. */
  deadline = Infinity;
  /** Position in the heap, −1 outside of it. */
  index = -1;
  /** Orders timers with equal deadlines by when they were set, so that a run can be repeated. */
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

function isBefore(a: QueuedTimer, b: QueuedTimer): boolean {
  return a.deadline < b.deadline || (a.deadline === b.deadline && a.order < b.order);
}

/** All deadlines of a stack: a binary heap, so that each change costs O(log n). */
export class TimerQueue {
  readonly #heap: QueuedTimer[] = [];
  #order = 0;
  /** When timers were last run. */
  #now = -Infinity;

  /** The earliest deadline, Infinity if there is none. */
  get next(): number {
    return this.#heap.length === 0 ? Infinity : this.#heap[0]!.deadline;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** A deadline that has passed counts as now, behind those that have waited. */
  set(timer: QueuedTimer, at: number): void {
    if (at === Infinity) {
      this.clear(timer);
      return;
    }
    const deadline = Math.max(at, this.#now);
    if (deadline === timer.deadline) return;
    timer.deadline = deadline;
    timer.order = this.#order++;
    if (timer.index < 0) {
      timer.index = this.#heap.length;
      this.#heap.push(timer);
      this.#up(timer);
    } else {
      this.#up(timer);
      this.#down(timer);
    }
  }

  clear(timer: QueuedTimer): void {
    timer.deadline = Infinity;
    if (timer.index < 0) return;
    const last = this.#heap.pop()!;
    if (last !== timer) {
      last.index = timer.index;
      this.#heap[last.index] = last;
      this.#up(last);
      this.#down(last);
    }
    timer.index = -1;
  }

  /**
   * Calls the owners of all timers whose deadline is `now` or earlier. One that is set meanwhile waits for the next run, even
   * if it is due: whoever sets it so by mistake, again and again, costs time but does not stop the program.
   */
  run(now: number): void {
    const end = this.#order;
    this.#now = now;
    while (this.next <= now) {
      const timer = this.#heap[0]!;
      if (timer.order >= end) return;
      this.clear(timer);
      timer.onTimer(now);
    }
  }

  #up(timer: QueuedTimer): void {
    while (timer.index > 0) {
      const parent = this.#heap[(timer.index - 1) >> 1]!;
      if (!isBefore(timer, parent)) return;
      this.#swap(parent, timer);
    }
  }

  #down(timer: QueuedTimer): void {
    for (;;) {
      const left = 2 * timer.index + 1;
      if (left >= this.#heap.length) return;
      let child = this.#heap[left]!;
      const right = this.#heap[left + 1];
      if (right !== undefined && isBefore(right, child)) child = right;
      if (!isBefore(child, timer)) return;
      this.#swap(timer, child);
    }
  }

  #swap(upper: QueuedTimer, lower: QueuedTimer): void {
    const index = upper.index;
    this.#heap[index] = lower;
    this.#heap[lower.index] = upper;
    upper.index = lower.index;
    lower.index = index;
  }
}
