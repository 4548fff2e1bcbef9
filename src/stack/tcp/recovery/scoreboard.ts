import type { Segment } from "../segment.js";
import { distance } from "../sequence.js";
import type { AckReport } from "./ack-report.js";
import type { Rack } from "./rack.js";
import { LOST, RETRANSMISSION_OUT, RETRANSMITTED, SACKED, type SentSegments } from "./sent-segments.js";

/** Takes what `ack` acknowledges in order out of the list. */
export function acknowledgeInOrder(sent: SentSegments, rack: Rack, ack: number, report: AckReport): void {
  let isFirst = true;
  while (sent.count > 0 && distance(sent.end(0), ack) <= 0) {
    const flags = sent.flags(0);
    const sentAt = sent.sentAt(0);
    const retransmitted = (flags & RETRANSMITTED) !== 0;
    if (retransmitted) {
      report.retransmittedAcked = true;
    } else if (isFirst) {
      report.rtt = report.now - sentAt;
    }
    isFirst = false;
    if ((flags & SACKED) === 0) arrived(rack, sent.end(0), sentAt, retransmitted, report);
    sent.shift();
  }
  if (report.retransmittedAcked) report.rtt = -1;
}

/**
 * Marks what the segment's SACK blocks name (RFC 2018 §5). A block is believed only where it makes sense; a segment is
 * marked only if it is named whole.
 *
 * @param una where the list begins
 * @param next SND.NXT
 */
export function acknowledgeSelectively(
  sent: SentSegments,
  rack: Rack,
  segment: Segment,
  una: number,
  next: number,
  report: AckReport,
): void {
  const { sackEdges, sackBlocks } = segment;
  if (sackBlocks > 0 && isDsack(segment)) {
    report.hasDsack = true;
    rack.onDsack();
  }
  for (let block = 0; block < sackBlocks; block++) {
    const left = sackEdges[2 * block]!;
    const right = sackEdges[2 * block + 1]!;
    if (distance(right, left) <= 0 || distance(left, una) < 0 || distance(right, next) > 0) continue;
    let i = sent.find(left);
    if (i > 0 && sent.end(i - 1) !== left) i++;
    else if (i === 0 && left !== una) i++;
    for (; i < sent.count && distance(sent.end(i), right) <= 0; i++) markSacked(sent, rack, i, report);
  }
}

function markSacked(sent: SentSegments, rack: Rack, index: number, report: AckReport): void {
  const flags = sent.flags(index);
  if ((flags & SACKED) !== 0) return;
  const retransmitted = (flags & RETRANSMITTED) !== 0;
  const sentAt = sent.sentAt(index);
  sent.unset(index, LOST | RETRANSMISSION_OUT);
  sent.set(index, SACKED);
  report.newlySacked++;
  if (report.rtt < 0 && !retransmitted && !report.retransmittedAcked) report.rtt = report.now - sentAt;
  arrived(rack, sent.end(index), sentAt, retransmitted, report);
}

function arrived(rack: Rack, end: number, sentAt: number, retransmitted: boolean, report: AckReport): void {
  report.delivered++;
  if (!retransmitted) {
    report.originalDelivered = true;
    report.originalEnd = end;
  }
  rack.delivered(end, sentAt, retransmitted, report.now);
}

/** RFC 2883 §4: the first block names what is acknowledged already, or lies within the second. */
function isDsack({ sackEdges, sackBlocks, acknowledgment }: Segment): boolean {
  const left = sackEdges[0]!;
  const right = sackEdges[1]!;
  if (distance(right, acknowledgment) <= 0) return distance(right, left) > 0;
  return sackBlocks > 1 && distance(left, sackEdges[2]!) >= 0 && distance(right, sackEdges[3]!) <= 0;
}
