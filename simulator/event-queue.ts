import { DeadlineHeap, type HeapItem } from "../src/host/index.js";

/** Something that happens at a point of virtual time; what `Simulation.schedule` returns, to cancel it. */
export class ScheduledEvent implements HeapItem {
  order = 0;
  index = -1;

  constructor(
    /** Virtual ms. */
    public deadline: number,
    readonly callback: () => void,
  ) {}
}

/** Events in the order of their times; those of the same time in the order in which they were scheduled. */
export class EventQueue {
  readonly #heap = new DeadlineHeap<ScheduledEvent>();

  get size(): number {
    return this.#heap.size;
  }

  /** When the next event is due; Infinity if there is none. */
  get nextTime(): number {
    return this.#heap.next;
  }

  /** How many were added so far. */
  get added(): number {
    return this.#heap.nextOrder;
  }

  add(time: number, callback: () => void): ScheduledEvent {
    const event = new ScheduledEvent(time, callback);
    this.#heap.set(event, time);
    return event;
  }

  /** Takes the next event out. */
  take(): ScheduledEvent | undefined {
    const event = this.#heap.first;
    if (event !== undefined) this.#heap.remove(event);
    return event;
  }

  /** Does nothing if the event is no longer in the queue. */
  remove(event: ScheduledEvent): void {
    this.#heap.remove(event);
  }
}
