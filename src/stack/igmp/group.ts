import { Timer, type TimerOwner } from "../timers.js";

/** Sources of group-and-source-specific queries remembered until the answer; with more, the answer is about all. */
export const MAX_QUERIED_SOURCES = 32;

/** A group that a host is in on one interface, or has left just now. */
export class Group implements TimerOwner {
  /** How many have joined it; 0 while its leaving is still being told. */
  members = 0;
  /** Reports of its last change, joined or left, that are still to be sent. */
  changeReports = 0;
  /** Set while an answer to a query about this group is due. */
  readonly timer = new Timer(this);
  /** The sources asked about; empty: the group as a whole. */
  readonly queriedSources: number[] = [];
  /** Versions 1 and 2: this host was the last to report, so that a leave of it matters (RFC 2236 §3). */
  isLastReporter = false;

  constructor(
    /** As `Ipv4Address.value`. */
    readonly address: number,
    private readonly answer: (group: Group) => void,
  ) {}

  onTimer(): void {
    this.answer(this);
  }

  /** Remembers what a query asks about. @param wasPending an answer is due already */
  addQuery(sources: readonly number[], wasPending: boolean): void {
    const { queriedSources } = this;
    const asksForAll = sources.length === 0 || (wasPending && queriedSources.length === 0);
    for (const source of asksForAll ? [] : sources) {
      if (!queriedSources.includes(source)) queriedSources.push(source);
    }
    // RFC 3376 §5.2, rules 4 and 5.
    if (asksForAll || queriedSources.length > MAX_QUERIED_SOURCES) queriedSources.length = 0;
  }
}
