import { growUsedWindow } from "../congestion/window-use.js";
import type { Connection } from "../connection.js";
import type { Segment } from "../segment.js";
import { advance, distance, later } from "../sequence.js";
import type { AckReport } from "./ack-report.js";
import { ProportionalRate } from "./prr.js";
import { DUPLICATE_THRESHOLD, Rack } from "./rack.js";
import { acknowledgeInOrder, acknowledgeSelectively } from "./scoreboard.js";
import { LOST, RETRANSMISSION_OUT, SACKED, SentSegments } from "./sent-segments.js";
import { SpuriousLoss } from "./spurious-loss.js";
import { TailLossProbe } from "./tail-loss-probe.js";

/**
 * What a sender believes of the network. open: all is well; disorder: something is missing, perhaps only late;
 * reduced: a congestion mark lowers the window; recovery: losses are being repaired; loss: the timer has expired.
 */
export type RecoveryState = "open" | "disorder" | "reduced" | "recovery" | "loss";

/**
 * Loss detection and repair of one connection (RFC 6675 and RFC 8985 with SACK, RFC 6582 without, RFC 6937, RFC 5682):
 * it decides which segments are lost and how large the congestion window is; output.ts sends. A connection has one for as
 * long as something is in flight, and then gives it back (see pool.ts).
 */
export class Recovery {
  state: RecoveryState = "open";
  readonly sent = new SentSegments();
  readonly probe = new TailLossProbe();
  /** When RACK wants to look again; Infinity: nothing is undecided. */
  reorderAt = Infinity;
  /** F-RTO wants new data sent instead of what seems lost, to find out whether it is (RFC 5682 §2.1, step 2b). */
  prefersNewData = false;
  private readonly rack = new Rack();
  /** Made at the first loss. */
  private rate: ProportionalRate | undefined;
  private spurious: SpuriousLoss | undefined;
  /** SND.NXT when the state was entered; once it is acknowledged the state is over. */
  private highSequence = 0;
  /** Duplicate acknowledgments of a peer without SACK: so many segments have arrived somewhere. */
  private duplicates = 0;
  private frto = false;
  /** The segments being repaired were too large for the path: no sign of congestion. */
  private isPathRepair = false;
  private connection!: Connection;

  /** Serves `connection` from here on: nothing of what it sends is in flight yet. */
  begin(connection: Connection): void {
    this.connection = connection;
    this.state = "open";
    this.sent.clear();
    this.probe.reset();
    this.rack.begin(connection);
    this.spurious?.clear();
    this.duplicates = 0;
    this.reorderAt = Infinity;
    this.frto = this.prefersNewData = this.isPathRepair = false;
  }

  /** All that was sent has arrived, and nothing is left to be found out about it. */
  get isDone(): boolean {
    return this.sent.count === 0 && this.state === "open" && this.duplicates === 0 && !this.probe.isOut;
  }

  /** Segments thought to be in the network. */
  get inFlight(): number {
    return Math.max(0, this.sent.inFlight - this.duplicates);
  }

  /** True while the window is on its way down and does not grow. */
  get isReducing(): boolean {
    return this.state === "reduced" || this.state === "recovery";
  }

  /** The first segment that is lost and not on its way again; −1 if there is none. */
  get nextLost(): number {
    const { sent } = this;
    if (sent.lost === 0) return -1;
    for (let i = 0; i < sent.count; i++) {
      if ((sent.flags(i) & (LOST | RETRANSMISSION_OUT)) === LOST) return i;
    }
    return -1;
  }

  /** Bytes that the oldest segment in flight takes. */
  get firstLength(): number {
    return this.sent.count === 0 ? 0 : distance(this.sent.end(0), this.connection.sndUna);
  }

  /** A segment was sent again. */
  onRetransmitted(index: number, now: number): void {
    this.sent.resent(index, now);
    this.spurious?.onRetransmitted(this.connection.timestampAt(now));
    if (this.isReducing) this.rate?.onSent();
  }

  onNewDataSent(): void {
    if (this.isReducing) this.rate?.onSent();
  }

  /**
   * Reads an acknowledgment; SND.UNA has not moved yet.
   * @param isDuplicate in the sense of RFC 5681 §2
   */
  read(segment: Segment, report: AckReport, isDuplicate: boolean): void {
    const { connection, sent } = this;
    const echo = connection.timestamps && segment.hasTimestamps ? segment.timestampEcho : undefined;
    report.begin(segment.now, this.inFlight, echo);
    report.isDuplicate = isDuplicate;
    report.advances = distance(segment.acknowledgment, connection.sndUna) > 0;
    if (report.advances) acknowledgeInOrder(sent, this.rack, segment.acknowledgment, report);
    if (connection.sackPermitted && segment.sackBlocks > 0) {
      const una = later(segment.acknowledgment, connection.sndUna);
      acknowledgeSelectively(sent, this.rack, segment, una, connection.sndNxt, report);
    }
    if (!connection.sackPermitted) this.countDuplicates(report);
  }

  /** Draws the consequences; SND.UNA has moved. */
  act(report: AckReport): void {
    const { connection, sent } = this;
    if (report.hasDsack) this.spurious?.onDsack();
    if (this.state !== "open" && this.state !== "disorder") this.leaveIfDone(report);
    if (this.state === "loss") {
      if (this.onAckInLoss(report)) return;
    }
    const lostBefore = sent.lost;
    this.detect(report);
    report.newlyLost = Math.max(0, sent.lost - lostBefore);
    switch (this.state) {
      case "recovery":
      case "reduced":
        if (this.state === "reduced" && sent.lost > 0) this.enterRecovery();
        this.reduce(report);
        return;
      case "loss":
        growUsedWindow(connection, report);
        return;
      default:
        if (sent.lost > 0) {
          if (this.onlyProbeIsLost()) {
            this.repairPath();
            return;
          }
          this.enterRecovery();
          this.reduce(report);
          return;
        }
        this.state = sent.sacked > 0 || this.duplicates > 0 ? "disorder" : "open";
        growUsedWindow(connection, report);
    }
  }

  /** The reordering timer has expired: what was undecided is lost (RFC 8985 §6.3). */
  onReorderTimer(now: number): void {
    const { connection, sent } = this;
    this.reorderAt = Infinity;
    this.rack.detect(sent, now, this.isRepairing, connection.rtt.srtt ?? 0);
    if (sent.lost > 0 && !this.isRepairing) this.enterRecovery();
    if (this.state === "recovery") this.allow(0, false);
  }

  /** The retransmission timer has expired: all that has not arrived is lost (RFC 5681 §3.1, RFC 6298 §5.4). */
  onTimeout(isFirst: boolean): void {
    const { connection, sent } = this;
    const { congestion } = connection;
    const isNew =
      !this.isRepairing || this.isPathRepair || distance(connection.sndUna, this.highSequence) >= 0;
    if (isNew) this.beginReduction();
    this.isPathRepair = false;
    connection.extras.mtuSearch?.onLoss(connection.sndUna);
    // RFC 2018 §8: a peer that acknowledges the segment before one it has "sacked" has thrown that one away.
    const reneged = sent.count > 0 && sent.has(0, SACKED);
    for (let i = 0; i < sent.count; i++) {
      if (reneged) sent.unset(i, SACKED);
      if (sent.has(i, SACKED)) continue;
      sent.set(i, LOST);
      sent.unset(i, RETRANSMISSION_OUT);
    }
    this.duplicates = 0;
    this.reorderAt = Infinity;
    this.highSequence = connection.sndNxt;
    this.frto = connection.tcp.tuning.frto && (isNew || !isFirst);
    this.prefersNewData = false;
    this.state = "loss";
    congestion.window = this.inFlight + 1;
  }

  /** The path carries `room` bytes of data in a segment, less than it did: larger ones are lost (RFC 1191 §6.4). */
  onPathNarrowed(room: number): void {
    const { connection, sent } = this;
    if (connection.sendRing === undefined) return;
    const dataEnd = advance(connection.sndUna, connection.sendRing.length);
    let start = connection.sndUna;
    let found = false;
    for (let i = 0; i < sent.count; i++) {
      const end = sent.end(i);
      // A FIN takes a number, but no room.
      const length = distance(distance(end, dataEnd) > 0 ? dataEnd : end, start);
      start = end;
      if (length <= room || sent.has(i, SACKED)) continue;
      sent.set(i, LOST);
      sent.unset(i, RETRANSMISSION_OUT);
      found = true;
    }
    if (found && (this.state === "open" || this.state === "disorder")) this.repairPath();
  }

  /** The peer has opened a window that was closed when the first segment was repeated: it was thrown away. */
  onWindowOpened(): void {
    if (this.state === "loss") this.loseFirst();
  }

  /** A congestion mark: the window falls by the rules of a loss, but nothing is lost (RFC 3168 §6.1.2). */
  onCongestionMark(): void {
    if (this.state !== "open" && this.state !== "disorder") return;
    this.beginReduction();
    this.spurious?.clear();
    this.highSequence = this.connection.sndNxt;
    this.state = "reduced";
  }

  /** A tail loss probe has repaired a loss that nobody else saw (RFC 8985 §7.4.2). */
  onProbeRepair(): void {
    this.onCongestionMark();
    if (this.state !== "reduced") return;
    this.connection.congestion.window = this.connection.congestion.slowStartThreshold;
    this.state = "open";
  }

  private get isRepairing(): boolean {
    return this.state === "recovery" || this.state === "loss";
  }

  /** RFC 5681 §3.2 and RFC 6582, for a peer without SACK. */
  private countDuplicates(report: AckReport): void {
    const { sndNxt } = this.connection;
    // What a time-out has repeated is answered by duplicates that say nothing (RFC 6582 §3.2, step 4).
    if (this.state === "loss" && distance(sndNxt, this.highSequence) <= 0) return;
    if (report.isDuplicate) {
      // One segment at least is missing.
      this.duplicates = Math.min(this.duplicates + 1, this.sent.count - 1);
      report.delivered++;
      return;
    }
    if (!report.advances) return;
    // One of the segments filled the gap; the others were counted as duplicates before (RFC 6937 §3, DeliveredData).
    const { delivered } = report;
    report.delivered = Math.max(1, delivered - this.duplicates);
    this.duplicates = Math.max(0, this.duplicates - Math.max(0, delivered - 1));
    if (this.state !== "recovery") this.duplicates = 0;
  }

  private detect(report: AckReport): void {
    const { connection, sent } = this;
    this.reorderAt = Infinity;
    if (connection.sackPermitted) {
      if (sent.sacked === 0 && sent.lost === 0 && sent.retransmissionsOut === 0) return;
      this.reorderAt = this.rack.detect(sent, report.now, this.isRepairing, connection.rtt.srtt ?? 0);
      return;
    }
    const isPartial = this.state === "recovery" && report.advances;
    if (isPartial || (this.state !== "recovery" && this.duplicates >= DUPLICATE_THRESHOLD)) this.loseFirst();
  }

  private loseFirst(): void {
    if (this.sent.count === 0) return;
    this.sent.set(0, LOST);
    this.sent.unset(0, RETRANSMISSION_OUT);
  }

  /** RFC 6675 §5, step 4; RFC 6582 §3.2, step 2. */
  private enterRecovery(): void {
    if (this.state !== "reduced") this.beginReduction();
    this.highSequence = this.connection.sndNxt;
    this.state = "recovery";
  }

  private beginReduction(): void {
    const { congestion } = this.connection;
    (this.spurious ??= new SpuriousLoss()).begin(congestion.window, congestion.slowStartThreshold);
    (this.rate ??= new ProportionalRate()).begin(Math.max(1, this.sent.count));
    congestion.slowStartThreshold = congestion.onCongestion();
    if (this.connection.ecn !== undefined) this.connection.ecn.hasReduced = true;
  }

  private reduce(report: AckReport): void {
    this.allow(report.delivered, report.advances && report.newlyLost === 0);
  }

  private allow(delivered: number, isProgress: boolean): void {
    const { congestion } = this.connection;
    congestion.window = this.rate!.window(
      delivered,
      this.inFlight,
      congestion.slowStartThreshold,
      isProgress,
    );
  }

  /** A probe of the path's MTU is the only thing that is missing. */
  private onlyProbeIsLost(): boolean {
    const { connection, sent } = this;
    const { mtuSearch } = connection.extras;
    if (mtuSearch === undefined || sent.lost > 1 || !sent.has(0, LOST)) return false;
    return mtuSearch.onLoss(connection.sndUna);
  }

  /** What is lost is sent again, with the window as it is. */
  private repairPath(): void {
    this.isPathRepair = true;
    this.spurious?.clear();
    this.duplicates = 0;
    this.frto = this.prefersNewData = false;
    this.highSequence = this.connection.sndNxt;
    this.state = "loss";
  }

  /** What was sent before the state began has arrived, or the loss turns out to be none. */
  private leaveIfDone(report: AckReport): void {
    const { connection, sent } = this;
    const { congestion } = connection;
    if (report.advances && this.spurious?.isProven(report) === true) {
      this.undo();
      return;
    }
    const done = distance(connection.sndUna, this.highSequence);
    if (done < 0 || (done === 0 && sent.count > 0 && this.needsOneMore)) return;
    if (this.state !== "loss") congestion.window = congestion.slowStartThreshold;
    if (this.state === "recovery") connection.extras.reordering?.onRecovered();
    this.duplicates = 0;
    this.frto = this.prefersNewData = this.isPathRepair = false;
    this.state = "open";
  }

  /**
   * Without SACK late duplicates would start another recovery (RFC 6582 §6). And a peer that echoes a mark stops only
   * when the data has arrived that says that this end sends less.
   */
  private get needsOneMore(): boolean {
    const { ecn, sackPermitted } = this.connection;
    return ecn !== undefined || (!sackPermitted && this.state === "recovery");
  }

  /** F-RTO (RFC 5682 §3.1). @returns true if the time-out was spurious, and there is nothing left to do */
  private onAckInLoss(report: AckReport): boolean {
    const { connection } = this;
    if (!this.frto) return false;
    if (report.originalDelivered && distance(report.originalEnd, this.highSequence) <= 0) {
      // Step 3b: something that was sent only once, before the time-out, has arrived after it.
      this.undo();
      return true;
    }
    if (distance(connection.sndNxt, this.highSequence) > 0) {
      // Step 3a: the new data was answered by a duplicate.
      if (report.newlySacked > 0 || report.isDuplicate) this.frto = this.prefersNewData = false;
    } else if (report.advances) {
      this.highSequence = connection.sndNxt;
      this.prefersNewData = connection.hasUnsentData;
      if (!this.prefersNewData) this.frto = false;
    }
    return false;
  }

  /** The window is what it was, and nothing is lost (RFC 4015). */
  private undo(): void {
    const { connection, sent } = this;
    for (let i = 0; i < sent.count; i++) sent.unset(i, LOST | RETRANSMISSION_OUT);
    connection.congestion.undo(this.spurious!.priorWindow, this.spurious!.priorThreshold);
    this.spurious?.clear();
    if (connection.ecn !== undefined) connection.ecn.hasReduced = false;
    this.frto = this.prefersNewData = false;
    this.duplicates = 0;
    this.reorderAt = Infinity;
    this.highSequence = connection.sndUna;
    this.state = sent.sacked > 0 ? "disorder" : "open";
  }
}
