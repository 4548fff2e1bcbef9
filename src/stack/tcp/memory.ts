/** Bytes of a page, a power of two: small enough for many connections with little to say, large enough for some segments. */
export const PAGE_LENGTH = 16 * 1024;
/** Pages kept for the next who needs one, so that a busy stack asks the engine for none: 1 MiB. */
const MAX_SPARE_PAGES = 64;

/** The memory of all buffers that take theirs as data comes: pages that go from ring to ring, and a limit. */
export class BufferMemory {
  readonly #spare: Uint8Array[] = [];
  #taken = 0;
  #isWithheld = false;

  /** @param options the limit, in bytes */
  constructor(private readonly options: { readonly memoryLimit: number }) {}

  /** Bytes that rings hold. */
  get used(): number {
    return this.#taken * PAGE_LENGTH;
  }

  /** No buffer may grow any more. */
  get isTight(): boolean {
    return this.#isWithheld || this.used >= this.options.memoryLimit * 0.75;
  }

  /** Only what keeps a connection going is still given. */
  get isExhausted(): boolean {
    return this.#isWithheld || this.used >= this.options.memoryLimit;
  }

  /** Others on the host have all memory there is: until then no connection begins, and those there are do with what they have. */
  get isWithheld(): boolean {
    return this.#isWithheld;
  }

  set isWithheld(isWithheld: boolean) {
    this.#isWithheld = isWithheld;
  }

  take(): Uint8Array {
    this.#taken++;
    return this.#spare.pop() ?? new Uint8Array(PAGE_LENGTH);
  }

  give(page: Uint8Array): void {
    this.#taken--;
    if (this.#spare.length < MAX_SPARE_PAGES) this.#spare.push(page);
  }
}
