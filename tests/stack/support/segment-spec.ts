import type { ReadTcp } from "./read.js";

/** A TCP segment as a test writes it; sequence numbers count from the SYN of whoever sent it, which has 0. */
export interface SegmentSpec {
  readonly syn?: true;
  readonly fin?: true;
  readonly rst?: true;
  /** ECN-Echo and Congestion Window Reduced. */
  readonly ece?: true;
  readonly cwr?: true;
  /** The ECN field of its packet: 0 not capable, 2 ECT(0), 3 congestion experienced. */
  readonly ecn?: number;
  /** The urgent pointer; absent: the URG flag is not set. */
  readonly urg?: number;
  readonly seq?: number;
  /** Absent: the ACK flag is not set. */
  readonly ack?: number;
  /** As it stands in the header, not scaled. */
  readonly win?: number;
  readonly data?: string;
  /** Instead of `data`: so many bytes of the endless text that both ends agree on (see `pattern`). */
  readonly bytes?: number;
  readonly mss?: number;
  readonly wscale?: number;
  readonly sackOk?: true;
  /** SACK blocks: left and right edge of each. */
  readonly sack?: readonly (readonly [left: number, right: number])[];
  /** The user time-out option: seconds, or minutes with 0x8000. */
  readonly uto?: number;
  /** TSval and TSecr, each less what the first one of its sender was. */
  readonly ts?: readonly [value: number, echo: number];
}

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const PSH = 0x08;
const ACK = 0x10;
const URG = 0x20;
const ECE = 0x40;
const CWR = 0x80;

/** `count` bytes of an endless text, from `offset` on: each of its places looks different from its neighbors. */
export function pattern(offset: number, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => {
    const at = offset + i;
    return (at * 7 + (at >> 8) * 13 + (at >> 16)) & 0xff;
  });
}

export function dataOf(spec: SegmentSpec): Uint8Array {
  if (spec.bytes !== undefined) return pattern((spec.seq ?? 0) - 1, spec.bytes);
  return Buffer.from(spec.data ?? "", "latin1");
}

export function flagsOf(spec: SegmentSpec): number {
  return (
    (spec.fin ? FIN : 0) |
    (spec.syn ? SYN : 0) |
    (spec.rst ? RST : 0) |
    (spec.ack === undefined ? 0 : ACK) |
    (spec.urg === undefined ? 0 : URG) |
    (spec.ece ? ECE : 0) |
    (spec.cwr ? CWR : 0) |
    (dataOf(spec).length > 0 ? PSH : 0)
  );
}

function u32(value: number): number[] {
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

/** Where the numbers of a segment's options begin to count. */
export interface OptionOrigins {
  /** The initial sequence number of whoever receives the SACK blocks. */
  readonly isn: number;
  /** The first TSval of the sender, and of the receiver. */
  readonly clock: number;
  readonly echo: number;
}

/** The options of a specified segment, padded. */
export function optionsOf(spec: SegmentSpec, origins: OptionOrigins): number[] {
  const { mss, wscale, sackOk, sack, ts, uto } = spec;
  const options: number[] = [];
  if (uto !== undefined) options.push(28, 4, uto >> 8, uto & 255);
  if (sackOk === true) options.push(1, 1, 4, 2);
  if (ts !== undefined)
    options.push(1, 1, 8, 10, ...u32(ts[0] + origins.clock), ...u32(ts[1] + origins.echo));
  if (sack !== undefined) {
    options.push(1, 1, 5, 2 + 8 * sack.length, ...sack.flat().flatMap((edge) => u32(edge + origins.isn)));
  }
  if (mss !== undefined) options.push(2, 4, mss >> 8, mss & 255);
  if (wscale !== undefined) options.push(1, 3, 3, wscale);
  return options;
}

/** The specification that a segment fulfils, `data` apart. */
export function specOf(segment: ReadTcp, seq: number, ack: number, origins: OptionOrigins): SegmentSpec {
  const { flags, window, mss, windowScale, sackPermitted, sack, timestamps, urgent } = segment;
  const { userTimeout } = segment;
  const edges = sack.map((edge) => (edge - origins.isn) >>> 0);
  const blocks = edges.flatMap((left, i) => (i % 2 === 0 ? [[left, edges[i + 1]!] as const] : []));
  return {
    ...(flags & SYN && { syn: true as const }),
    ...(flags & FIN && { fin: true as const }),
    ...(flags & RST && { rst: true as const }),
    ...(flags & ECE && { ece: true as const }),
    ...(flags & CWR && { cwr: true as const }),
    ...(flags & URG && { urg: urgent }),
    seq,
    ...(flags & ACK && { ack }),
    win: window,
    ...(mss !== undefined && { mss }),
    ...(windowScale !== undefined && { wscale: windowScale }),
    ...(sackPermitted && { sackOk: true as const }),
    ...(userTimeout !== undefined && { uto: userTimeout }),
    ...(blocks.length > 0 && { sack: blocks }),
    ...(timestamps !== undefined && {
      ts: [(timestamps[0]! - origins.clock) >>> 0, (timestamps[1]! - origins.echo) >>> 0] as const,
    }),
  };
}

/** "SYN seq 0 win 65535 mss 1460", for a person. */
export function describeSegment(spec: SegmentSpec, data: Uint8Array): string {
  const flags = ["syn", "fin", "rst", "ece", "cwr"] as const;
  const words = flags.filter((flag) => spec[flag]).map((flag) => flag.toUpperCase());
  for (const key of ["seq", "ack", "win", "urg", "mss", "wscale", "uto"] as const) {
    if (spec[key] !== undefined) words.push(`${key} ${spec[key]}`);
  }
  if (spec.ecn) words.push(`ecn ${spec.ecn}`);
  if (spec.sackOk) words.push("sackOK");
  if (spec.sack !== undefined) words.push(`sack ${spec.sack.map((block) => block.join(":")).join(" ")}`);
  if (spec.ts !== undefined) words.push(`ts ${spec.ts.join(" ")}`);
  if (data.length > 0) {
    const text = Buffer.from(data).toString("latin1");
    words.push(/^[ -~]{1,40}$/.test(text) ? JSON.stringify(text) : `${data.length} bytes`);
  }
  return words.join(" ");
}
