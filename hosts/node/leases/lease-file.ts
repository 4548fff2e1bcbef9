import { existsSync } from "node:fs";
import type { Ipv4Address } from "../../../src/address/index.js";
import type { LeaseStore, StoredLease } from "../../../src/dhcp/index.js";
import { Journal, readJournal } from "./journal.js";
import type { JournalContent, JournalFault } from "./journal-lines.js";
import { formatLease, parseLease, type LeaseChange } from "./lease-lines.js";

/** What a lease file says. */
export interface LeaseFileContent {
  /** By the value of their address. */
  readonly leases: ReadonlyMap<number, StoredLease>;
  /** Lines that could not be used, in order. */
  readonly faults: readonly JournalFault[];
}

export interface LeaseFileOptions {
  /**
   * Lines of which the file is written anew with those that still count, if they are at most a quarter: so each line is
   * written twice at most, and small tables rarely. Default `COMPACTION_LINES`.
   */
  readonly compactionLines?: number;
}

/** 200 KB, or three renewals of 300 leases. */
export const COMPACTION_LINES = 1_000;
const MAX_LINES_PER_LEASE = 4;

/**
 * Reads a lease file, of a server that may be running.
 * @throws NetworkError EACCES, or EINVAL if there is no such file, or it is something else
 */
export function readLeases(path: string): LeaseFileContent {
  return contentOf(readJournal(path));
}

/**
 * A DHCP server's leases in a file. It survives the end of the process, and of the machine, at any moment: `record` and
 * `remove` return when the change is on the disk. What is damaged is reported and left out.
 *
 * @example
 * const store = new LeaseFile("/var/lib/leases");
 * for (const { line, reason } of store.faults) log("warn", `line ${line} is ${reason}`);
 * const server = new DhcpServer({ ...options, store, wallClock: { now: () => Date.now() } });
 */
export class LeaseFile implements LeaseStore {
  /** Lines of the file that could not be used when it was opened. If some were damaged, `NAME.damaged` has them. */
  readonly faults: readonly JournalFault[];
  readonly #journal: Journal;
  readonly #leases: Map<number, StoredLease>;
  readonly #compactionLines: number;

  /**
   * Opens the file, or makes it.
   * @throws NetworkError EACCES, ENOBUFS if the disk is full, EINVAL if there is no such folder, or it is something else
   */
  constructor(path: string, { compactionLines = COMPACTION_LINES }: LeaseFileOptions = {}) {
    const journal = existsSync(path) ? readJournal(path) : undefined;
    const { leases, faults } = journal === undefined ? NOTHING : contentOf(journal);
    this.#leases = new Map(leases);
    this.faults = faults;
    this.#compactionLines = compactionLines;
    this.#journal = new Journal(path, journal);
    if (!this.#journal.isAppendable) this.#rewrite();
  }

  load(): Iterable<StoredLease> {
    return this.#leases.values();
  }

  /** @throws NetworkError ENOBUFS if the disk is full, EACCES, EINVAL also if another program has written to the file */
  record(lease: StoredLease): void {
    this.#change(lease);
  }

  /** @throws NetworkError as `record` */
  remove(address: Ipv4Address): void {
    if (this.#leases.has(address.value)) this.#change({ address, state: "removed" });
  }

  /** Nothing is recorded any more. */
  close(): void {
    this.#journal.close();
  }

  #change(change: LeaseChange): void {
    const former = this.#leases.get(change.address.value);
    apply(this.#leases, change);
    try {
      if (this.#journal.isAppendable && !this.#isTooLong()) this.#journal.append(formatLease(change));
      else this.#rewrite();
    } catch (error) {
      apply(this.#leases, former ?? { ...change, state: "removed" });
      throw error;
    }
  }

  #isTooLong(): boolean {
    const { entries } = this.#journal;
    return entries >= this.#compactionLines && entries >= MAX_LINES_PER_LEASE * this.#leases.size;
  }

  #rewrite(): void {
    this.#journal.rewrite([...this.#leases.values()].map(formatLease));
  }
}

const NOTHING: LeaseFileContent = { leases: new Map(), faults: [] };

function contentOf({ entries, faults }: JournalContent): LeaseFileContent {
  const leases = new Map<number, StoredLease>();
  const meaningless: JournalFault[] = [];
  for (const { line, text } of entries) {
    const change = parseLease(text);
    if (change === undefined) meaningless.push({ line, reason: "meaningless" });
    else apply(leases, change);
  }
  return { leases, faults: [...faults, ...meaningless].sort((a, b) => a.line - b.line) };
}

function apply(leases: Map<number, StoredLease>, change: LeaseChange): void {
  if (change.state === "removed") leases.delete(change.address.value);
  else leases.set(change.address.value, change);
}
