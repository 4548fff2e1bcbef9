import type { LiveTcp } from "../packet/live-packet.js";
import { CWR, FIN, PSH, add32 } from "../packet/packet.js";
import { formatOptions } from "../packet/tcp-options.js";

/** Flags in which the segments of one large one may differ: they stand on its first or last only. */
const EDGE_FLAGS = FIN | PSH | CWR;

/**
 * Whether `next` goes on where `last` ended, as if a network card had cut a large segment into these (TCP segmentation
 * offload). All but the last are equally long.
 */
export function continues(last: LiveTcp, next: LiveTcp): boolean {
  return (
    next.payload.length > 0 &&
    next.payload.length <= last.payload.length &&
    next.sequence === add32(last.sequence, last.payload.length) &&
    (next.flags & ~EDGE_FLAGS) === (last.flags & ~EDGE_FLAGS) &&
    (last.flags & FIN) === 0 &&
    next.acknowledgment === last.acknowledgment &&
    next.window === last.window &&
    formatOptions(next.options) === formatOptions(last.options)
  );
}

/**
 * The large segment that those in `segments` make up. Linux sets PSH on each that it leaves to the card to cut, so that
 * the receiver does not hold it back; the stack cuts by itself, and where a script expects PSH on several it is granted.
 * @param expected the flags that the script expects
 */
export function join(segments: readonly [LiveTcp, ...LiveTcp[]], expected: number): LiveTcp {
  const [first] = segments;
  const last = segments.at(-1)!;
  const payload = new Uint8Array(segments.reduce((total, segment) => total + segment.payload.length, 0));
  let at = 0;
  for (const segment of segments) {
    payload.set(segment.payload, at);
    at += segment.payload.length;
  }
  const push = segments.length > 1 ? expected & PSH : 0;
  const flags = (last.flags & ~CWR) | (first.flags & CWR) | push;
  return { ...last, sequence: first.sequence, flags, payload };
}
