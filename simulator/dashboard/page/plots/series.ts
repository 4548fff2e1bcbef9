import type { Flow } from "../model/flows.js";
import type { Packet } from "../model/packet.js";

/** Points that a plot shows at most. */
export const MAX_POINTS = 5_000;

/** What one side of a TCP connection has sent, over time: columns of the same length, as plots want them. */
export interface TcpSeries {
  /** Seconds of virtual time. */
  readonly time: number[];
  /** The last byte of each segment, from 0; null where the row is an acknowledgment from the other side. */
  readonly sent: (number | null)[];
  /** The same for what had been sent before. */
  readonly again: (number | null)[];
  /** How far the other side has acknowledged, and how far it lets this one send. */
  readonly acknowledged: (number | null)[];
  readonly allowed: (number | null)[];
  /** Bytes: sent and not acknowledged, and the windows that limit it. */
  readonly inFlight: (number | null)[];
  readonly window: (number | null)[];
  readonly congestionWindow: (number | null)[];
  readonly threshold: (number | null)[];
  /** Ms until what was sent was answered: what is seen is the answer's departure, so the way back is not in it. */
  readonly answered: (number | null)[];
  /** Ms, as the sender has them. */
  readonly smoothedRtt: (number | null)[];
  readonly rto: (number | null)[];
}

const SYN = 0x02;
const FIN = 0x01;
const ACK = 0x10;

/** @param sender "address:port" of the side whose data is plotted. @param shiftOf the window scale that each side announced */
export function seriesOf(flow: Flow, packets: readonly Packet[], sender: string): TcpSeries {
  const series: TcpSeries = {
    time: [],
    sent: [],
    again: [],
    acknowledged: [],
    allowed: [],
    inFlight: [],
    window: [],
    congestionWindow: [],
    threshold: [],
    answered: [],
    smoothedRtt: [],
    rto: [],
  };
  let first: number | undefined;
  let [sentTo, acknowledgedTo] = [0, 0];
  let shift = 0;
  /** The sender's: what routers pass on is seen, too, but later. */
  let ownMac: string | undefined;
  /** When bytes up to a number were sent, once. */
  let timed: { readonly end: number; readonly time: number } | undefined;
  for (const packet of packets) {
    if (packet.flow !== flow) continue;
    const { headers } = packet;
    const tcp = headers?.tcp;
    if (tcp === undefined) continue;
    const { source, destination, ip, ports } = headers!;
    const isOwn = `${ip!.source}:${ports![0]}` === sender;
    if (isOwn) ownMac ??= source;
    if (ownMac !== (isOwn ? source : destination)) continue;
    const isSyn = (tcp.flags & SYN) !== 0;
    if (isOwn) {
      first ??= isSyn ? tcp.sequence : (tcp.sequence - 1) >>> 0;
      const at = (tcp.sequence - first) >>> 0;
      const end = at + tcp.dataLength + (isSyn || (tcp.flags & FIN) !== 0 ? 1 : 0);
      const isAgain = end > at && end <= sentTo;
      if (end > at && !isAgain && timed === undefined) timed = { end, time: packet.time };
      // An answer to what was sent twice tells no time (Karn's algorithm).
      if (isAgain && timed !== undefined && end >= timed.end) timed = undefined;
      sentTo = Math.max(sentTo, end);
      const sample = packet.tcp;
      push(series, packet.time, {
        sent: end > at && !isAgain ? end : null,
        again: isAgain ? end : null,
        inFlight: sentTo - acknowledgedTo,
        congestionWindow: sample === undefined ? null : finite(sample.congestionWindow),
        threshold: sample === undefined ? null : finite(sample.threshold),
        smoothedRtt: sample === undefined ? null : finite(sample.smoothedRtt),
        rto: sample === undefined ? null : finite(sample.rto),
      });
    } else {
      if (isSyn) shift = windowScaleOf(packet.bytes);
      if (first === undefined || (tcp.flags & ACK) === 0 || packet.isDropped) continue;
      acknowledgedTo = Math.max(acknowledgedTo, (tcp.acknowledgment - first) >>> 0);
      const window = isSyn ? tcp.window : tcp.window * 2 ** shift;
      const answered = timed !== undefined && acknowledgedTo >= timed.end ? packet.time - timed.time : null;
      if (answered !== null) timed = undefined;
      push(series, packet.time, {
        acknowledged: acknowledgedTo,
        allowed: acknowledgedTo + window,
        inFlight: Math.max(0, sentTo - acknowledgedTo),
        window,
        answered,
      });
    }
  }
  for (const column of Object.values(series) as unknown[][]) column.splice(0, column.length - MAX_POINTS);
  return series;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function push(series: TcpSeries, time: number, row: Partial<Record<keyof TcpSeries, number | null>>): void {
  series.time.push(time / 1000);
  for (const name of Object.keys(series) as (keyof TcpSeries)[])
    if (name !== "time") series[name].push(row[name] ?? null);
}

/** The window scale option of a SYN (RFC 7323 §2.2); 0 without one. */
function windowScaleOf(frame: Uint8Array): number {
  const ip = 14;
  const tcp = ip + (frame[ip]! & 0x0f) * 4;
  const end = tcp + (frame[tcp + 12]! >> 4) * 4;
  for (let at = tcp + 20; at < end && frame[at] !== 0;) {
    if (frame[at] === 1) at++;
    else if (frame[at] === 3) return Math.min(14, frame[at + 2] ?? 0);
    else at += Math.max(2, frame[at + 1] ?? 2);
  }
  return 0;
}
