/** Something that happens at a point of virtual time; what `Simulation.schedule` returns, to cancel it. */
export class ScheduledEvent {
  /** Where it is in the heap; -1 when it has run or was cancelled. */
  position = -1;

  constructor(
    readonly time: number,
    /** The order of scheduling, which decides among events of the same time. */
    readonly sequence: number,
    readonly callback: () => void,
  ) {}
}

/** A binary heap of events in the order (time, sequence). An event knows its place, so cancelling is O(log n) too. */
export class EventQueue {
  readonly #heap: ScheduledEvent[] = [];
  #sequence = 0;

  get size(): number {
    return this.#heap.length;
  }

  /** When the next event is due; Infinity if there is none. */
  get nextTime(): number {
    return this.#heap[0]?.time ?? Infinity;
  }

  add(time: number, callback: () => void): ScheduledEvent {
    const event = new ScheduledEvent(time, this.#sequence++, callback);
    this.#heap.push(event);
    this.#siftUp(event, this.#heap.length - 1);
    return event;
  }

  /** Takes the next event out. */
  take(): ScheduledEvent | undefined {
    const first = this.#heap[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Does nothing if the event is no longer in the queue. */
  remove(event: ScheduledEvent): void {
    const position = event.position;
    if (this.#heap[position] !== event) return;
    event.position = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === event) return;
    // The last event fills the gap, which may be in another branch: it may have to go either way.
    this.#siftUp(last, position);
    this.#siftDown(last, last.position);
  }

  #siftUp(event: ScheduledEvent, start: number): void {
    let position = start;
    while (position > 0) {
      const above = (position - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || !precedes(event, parent)) break;
      this.#place(parent, position);
      position = above;
    }
    this.#place(event, position);
  }

  #siftDown(event: ScheduledEvent, start: number): void {
    let position = start;
    for (;;) {
      const left = this.#heap[2 * position + 1];
      const right = this.#heap[2 * position + 2];
      const child = right !== undefined && left !== undefined && precedes(right, left) ? right : left;
      if (child === undefined || !precedes(child, event)) break;
      const below = child.position;
      this.#place(child, position);
      position = below;
    }
    this.#place(event, position);
  }

  #place(event: ScheduledEvent, position: number): void {
    this.#heap[position] = event;
    event.position = position;
  }
}

function precedes(first: ScheduledEvent, second: ScheduledEvent): boolean {
  return first.time < second.time || (first.time === second.time && first.sequence < second.sequence);
}
