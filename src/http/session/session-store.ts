/** What is known of one client. */
export interface SessionRecord {
  /** When it began, in ms of the clock that `sessions` was given. */
  readonly created: number;
  /** When it was last used, likewise. */
  readonly used: number;
  readonly values: ReadonlyMap<string, unknown>;
}

/**
 * Where sessions are kept. `set` is called for each request that uses one, so a store in flash does not write the time of
 * use each time. It has to be bounded: who sends no cookies begins a session with each request.
 */
export interface SessionStore {
  get(id: string): SessionRecord | undefined;
  set(id: string, record: SessionRecord): void;
  /** What is not there is not deleted. */
  delete(id: string): void;
}

/** Sessions kept in memory: each takes some 30 slots on a device, which has 2,048 to begin with. */
export const MAX_SESSIONS = 16;

/** Sessions in memory. If there are too many, the one that was used least recently goes. */
export class MemorySessionStore implements SessionStore {
  readonly #limit: number;
  /** In the order of their use. */
  readonly #records = new Map<string, SessionRecord>();

  /** @param limit how many there are at most */
  constructor(limit: number = MAX_SESSIONS) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#records.size;
  }

  get(id: string): SessionRecord | undefined {
    return this.#records.get(id);
  }

  set(id: string, record: SessionRecord): void {
    this.#records.delete(id);
    this.#records.set(id, record);
    if (this.#records.size <= this.#limit) return;
    for (const oldest of this.#records.keys()) {
      this.#records.delete(oldest);
      return;
    }
  }

  delete(id: string): void {
    this.#records.delete(id);
  }
}
