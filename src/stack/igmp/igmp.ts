/**
 * IGMP on one interface, the host's side: version 3 (RFC 3376 §5), and versions 2 and 1 while an older querier is on the link (§7.2).
 *
 * Memberships are for any source, "EXCLUDE {}" in the RFC's terms: a change is told in reports that are repeated for
 * robustness, a query is answered after a random delay. Three kinds of timer: `#changes` for reports of changes, `#general`
 * for the answer to a general query, and each group's own for queries about it.
 */
import { NetworkError } from "../../error/index.js";
import {
  CHANGE_TO_EXCLUDE,
  CHANGE_TO_INCLUDE,
  IGMPV1_REPORT,
  IGMPV2_LEAVE,
  IGMPV2_REPORT,
  IGMP_QUERY,
  MODE_IS_EXCLUDE,
  MODE_IS_INCLUDE,
  checkIgmp,
  igmpGroup,
  igmpMaxResponseTime,
  igmpQueryInterval,
  igmpQueryVersion,
  igmpRobustness,
  igmpSource,
  igmpSourceCount,
  igmpType,
  type IgmpVersion,
} from "../../wire/igmp.js";
import { ipv4HasRouterAlert } from "../../wire/ipv4-options.js";
import type { EthernetInterface } from "../interface/ethernet.js";
import type { Packet } from "../ip/packet.js";
import { multicastMac } from "../ip/path.js";
import type { Stack } from "../stack.js";
import { Timer } from "../timers.js";
import { Group, MAX_QUERIED_SOURCES } from "./group.js";
import { ReportWriter, sendVersion2 } from "./report.js";

/** 224.0.0.1: every host is in it, always, and nobody says so (RFC 3376 §5). */
export const ALL_HOSTS = 0xe000_0001;
/** 224.0.0.2: where a leave of version 2 goes. */
const ALL_ROUTERS = 0xe000_0002;

/** Groups joined on one interface at most: what common network controllers filter, and a full report in one frame. */
export const MAX_GROUPS = 64;
/** RFC 3376 §8.1. */
export const ROBUSTNESS = 2;
/** Ms between the reports of a change at most: RFC 3376 §8.11, and RFC 2236 §8.10 for the older versions. */
export const UNSOLICITED_REPORT_INTERVAL = 1_000;
export const OLD_UNSOLICITED_REPORT_INTERVAL = 10_000;
/** RFC 3376 §8.2 and §8.3, in ms. */
export const QUERY_INTERVAL = 125_000;
export const QUERY_RESPONSE_INTERVAL = 10_000;
/** What a querier may say of its interval: more would let one forged query keep a host with an old version for days. */
const MAX_QUERY_INTERVAL = 600_000;

export class Igmp {
  readonly #groups = new Map<number, Group>();
  readonly #changes: Timer;
  readonly #general: Timer;
  readonly #report: ReportWriter;
  /** Until when a querier of that version counts as present (RFC 3376 §7.2.1), in monotonic ms. */
  #version1Until = -Infinity;
  #version2Until = -Infinity;
  /** What the querier has said of itself last. */
  #robustness = ROBUSTNESS;
  #queryInterval = QUERY_INTERVAL;

  constructor(
    private readonly stack: Stack,
    private readonly device: EthernetInterface,
  ) {
    this.#changes = new Timer({ onTimer: (now) => this.tellChanges(now) });
    this.#general = new Timer({ onTimer: () => this.answerGeneral() });
    this.#report = new ReportWriter(stack, device);
    this.setFilter();
  }

  /** The version in which this host talks now (RFC 3376 §7.2.1). */
  get version(): IgmpVersion {
    const { now } = this.stack;
    if (now < this.#version1Until) return 1;
    return now < this.#version2Until ? 2 : 3;
  }

  /** The groups that this host is in, 224.0.0.1 not counted, as `Ipv4Address.value`. */
  get groups(): number[] {
    return [...this.#groups.values()].filter(({ members }) => members > 0).map(({ address }) => address);
  }

  isMember(group: number): boolean {
    return group === ALL_HOSTS || (this.#groups.get(group)?.members ?? 0) > 0;
  }

  /**
   * Joins a group once more: each `join` needs a `leave`.
   * @param group `Ipv4Address.value`
   * @throws NetworkError ENOBUFS above `MAX_GROUPS`
   */
  join(group: number): void {
    if (group === ALL_HOSTS) return;
    let entry = this.#groups.get(group);
    if (entry === undefined) {
      if (this.#groups.size >= MAX_GROUPS)
        throw new NetworkError("ENOBUFS", "join group", undefined, `${MAX_GROUPS} groups are joined`);
      entry = new Group(group, (queried) => this.answerQuery(queried));
      this.#groups.set(group, entry);
    }
    if (entry.members++ === 0) this.changed(entry);
  }

  leave(group: number): void {
    const entry = this.#groups.get(group);
    if (entry === undefined || entry.members === 0) return;
    if (--entry.members === 0) this.changed(entry);
  }

  /** Routers and switches may not know on which port or with which address this host is now. */
  linkChanged(): void {
    if (this.device.up) this.addressChanged();
    else this.forgetReports();
  }

  addressChanged(): void {
    for (const group of this.#groups.values()) {
      if (group.members > 0) this.tell(group);
    }
  }

  receive(packet: Packet): void {
    const { bytes, ipAt, at, end } = packet;
    const { counters } = this.stack;
    const fault = checkIgmp(bytes, at, end);
    if (fault !== undefined) {
      counters.drop(fault);
      return;
    }
    const type = igmpType(bytes, at);
    if (type === IGMP_QUERY) {
      const version = igmpQueryVersion(bytes, at, end);
      // RFC 3376 §9.1: one without Router Alert comes from no querier, and maybe from far away.
      if (version > 1 && !ipv4HasRouterAlert(bytes, ipAt)) {
        counters.drop("igmp-router-alert");
        return;
      }
      counters.igmpInMsgs++;
      this.receiveQuery(packet, version);
    } else if (type === IGMPV1_REPORT || type === IGMPV2_REPORT) {
      counters.igmpInMsgs++;
      this.receiveReport(igmpGroup(bytes, at));
    } else {
      // Leaves and reports of version 3 are for routers.
      counters.drop("igmp-type");
    }
  }

  private receiveQuery({ bytes, at, now }: Packet, version: IgmpVersion): void {
    const group = igmpGroup(bytes, at);
    if (version === 3) {
      this.#robustness = igmpRobustness(bytes, at) || ROBUSTNESS;
      this.#queryInterval = Math.min(igmpQueryInterval(bytes, at) || QUERY_INTERVAL, MAX_QUERY_INTERVAL);
    } else if (group === 0 || version === 1) {
      this.hearOldQuerier(version, now);
    }
    const due = now + this.random(igmpMaxResponseTime(bytes, at, version));
    // RFC 3376 §5.2, rules 1 and 2.
    if (this.#general.deadline <= due) return;
    if (group === 0 || version === 1) {
      if (this.groups.length > 0) this.stack.timers.set(this.#general, due);
      return;
    }
    const entry = this.#groups.get(group);
    if (entry === undefined || entry.members === 0) return;
    const { timer } = entry;
    const sources: number[] = [];
    if (version === 3) {
      // One more than are remembered: then all of them are forgotten, and the answer is about the group.
      const count = Math.min(igmpSourceCount(bytes, at), MAX_QUERIED_SOURCES + 1);
      for (let i = 0; i < count; i++) sources.push(igmpSource(bytes, at, i));
    }
    entry.addQuery(sources, timer.deadline !== Infinity);
    this.stack.timers.set(timer, Math.min(timer.deadline, due));
  }

  /** Versions 1 and 2: one host's report is enough, so another's answers for this one (RFC 2236 §3). */
  private receiveReport(group: number): void {
    const entry = this.#groups.get(group);
    if (this.version === 3 || entry === undefined) return;
    entry.isLastReporter = false;
    this.stack.timers.clear(entry.timer);
  }

  /** RFC 3376 §7.2.1: what was to be said in another version is not said any more. */
  private hearOldQuerier(version: 1 | 2, now: number): void {
    const before = this.version;
    const until = now + this.#robustness * this.#queryInterval + QUERY_RESPONSE_INTERVAL;
    if (version === 1) this.#version1Until = until;
    else this.#version2Until = until;
    if (this.version !== before) this.forgetReports();
  }

  private forgetReports(): void {
    const { timers } = this.stack;
    timers.clear(this.#general);
    timers.clear(this.#changes);
    for (const group of [...this.#groups.values()]) {
      timers.clear(group.timer);
      group.changeReports = 0;
      if (group.members === 0) this.#groups.delete(group.address);
    }
  }

  /** Joined or left. */
  private changed(group: Group): void {
    this.setFilter();
    this.stack.timers.clear(group.timer);
    this.tell(group);
  }

  /** Reports a change at the next poll, and again for robustness. */
  private tell(group: Group): void {
    if (!this.device.up) {
      if (group.members === 0) this.#groups.delete(group.address);
      return;
    }
    group.changeReports = this.#robustness;
    this.stack.timers.set(this.#changes, this.stack.now);
    this.stack.wake();
  }

  private tellChanges(now: number): void {
    const { version } = this;
    const changed = [...this.#groups.values()].filter(({ changeReports }) => changeReports > 0);
    for (const group of changed) {
      group.changeReports--;
      if (version === 3) {
        this.#report.add(group.members > 0 ? CHANGE_TO_EXCLUDE : CHANGE_TO_INCLUDE, group.address, []);
      } else if (group.members > 0) {
        this.reportOld(group);
      } else {
        // A leave is said once, and in version 1 not at all.
        group.changeReports = 0;
        if (version === 2 && group.isLastReporter)
          sendVersion2(this.stack, this.device, IGMPV2_LEAVE, group.address, ALL_ROUTERS);
      }
      if (group.changeReports === 0 && group.members === 0) this.#groups.delete(group.address);
    }
    this.#report.flush();
    if (!changed.some(({ changeReports }) => changeReports > 0)) return;
    const interval = version === 3 ? UNSOLICITED_REPORT_INTERVAL : OLD_UNSOLICITED_REPORT_INTERVAL;
    this.stack.timers.set(this.#changes, now + this.random(interval));
  }

  private answerGeneral(): void {
    for (const group of this.#groups.values()) {
      if (group.members === 0) continue;
      if (this.version === 3) this.#report.add(MODE_IS_EXCLUDE, group.address, []);
      else this.reportOld(group);
    }
    this.#report.flush();
  }

  /** RFC 3376 §5.2: all sources are received, so of those asked about as well. */
  private answerQuery(group: Group): void {
    const sources = group.queriedSources.splice(0);
    if (group.members === 0) return;
    if (this.version !== 3) {
      this.reportOld(group);
      return;
    }
    this.#report.add(sources.length === 0 ? MODE_IS_EXCLUDE : MODE_IS_INCLUDE, group.address, sources);
    this.#report.flush();
  }

  private reportOld(group: Group): void {
    group.isLastReporter = true;
    const type = this.version === 1 ? IGMPV1_REPORT : IGMPV2_REPORT;
    sendVersion2(this.stack, this.device, type, group.address, group.address);
  }

  private setFilter(): void {
    this.device.link.setMulticastFilter?.([ALL_HOSTS, ...this.groups].map(multicastMac));
  }

  /** Uniformly, 1 to `max` ms. */
  private random(max: number): number {
    return 1 + (this.stack.random.uint32() % Math.max(1, max));
  }
}
