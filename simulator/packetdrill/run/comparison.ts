import type { LiveTcp } from "../packet/live-packet.js";
import { PSH, type IcmpPacket, type IpMarks, type Packet, type TcpPacket } from "../packet/packet.js";
import { firstWrongByte } from "../packet/payload.js";
import { formatOption, type TcpOption } from "../packet/tcp-options.js";
import type { Settings } from "../settings.js";
import type { Network, SentPacket } from "./network.js";

/** The two ECN bits, by name; "ect01" is either. */
const ECN = Object.freeze({ noecn: [0], ect1: [1], ect0: [2], ect01: [1, 2], ce: [3] } as const);

/**
 * Joins segments to the one that the script expects, unless it wants each for itself: where the script was recorded a
 * link may have taken them in one piece.
 *
 * @param following takes the segment behind one from the queue, if it is there
 */
export function joinSegments(
  first: SentPacket,
  expected: Packet,
  { strictSegments }: Settings,
  following: (before: SentPacket) => SentPacket | undefined,
): SentPacket {
  if (strictSegments || expected.protocol !== "tcp") return first;
  let whole = first;
  while (whole.transport.protocol === "tcp" && whole.transport.payload.length < expected.length) {
    const next = following(whole);
    if (next?.transport.protocol !== "tcp") break;
    const { transport } = whole;
    const bytes = new Uint8Array(transport.payload.length + next.transport.payload.length);
    bytes.set(transport.payload);
    bytes.set(next.transport.payload, transport.payload.length);
    const joined: LiveTcp = { ...transport, flags: transport.flags | next.transport.flags, payload: bytes };
    whole = { ...whole, transport: joined };
  }
  return whole;
}

/** @returns the names of the fields in which a packet is not what was expected */
export function differences(
  expected: Packet,
  actual: Packet,
  live: SentPacket,
  network: Network,
  settings: Settings,
): string[] {
  const wrong = compareMarks(expected.marks, live);
  if (expected.protocol !== actual.protocol) return ["protocol", ...wrong];
  if (expected.protocol === "tcp" && actual.protocol === "tcp") {
    wrong.push(...compareTcp(expected, actual, settings));
    if (live.transport.protocol === "tcp" && wrong.length === 0) {
      if (firstWrongByte(live.transport.payload, network.offsetOf(live)) >= 0) wrong.push("payload");
    }
  } else if (expected.protocol === "udp" && actual.protocol === "udp") {
    if (expected.length !== actual.length) wrong.push("length");
  } else if (expected.protocol === "icmp" && actual.protocol === "icmp") {
    wrong.push(...compareIcmp(expected, actual));
  }
  return wrong;
}

function compareMarks({ ecn, tos, ttl }: IpMarks, live: SentPacket): string[] {
  const wrong: string[] = [];
  if (ecn !== undefined && !(ECN[ecn] as readonly number[]).includes(live.tos & 3)) wrong.push("ECN bits");
  if (tos !== undefined && tos !== live.tos) wrong.push("TOS");
  if (ttl !== undefined && ttl !== live.ttl) wrong.push("TTL");
  return wrong;
}

function compareTcp(expected: TcpPacket, actual: TcpPacket, settings: Settings): string[] {
  const wrong: string[] = [];
  if (expected.flags !== actual.flags) wrong.push((expected.flags ^ actual.flags) === PSH ? "PSH" : "flags");
  for (const field of ["sequence", "length", "acknowledgment", "urgent"] as const) {
    if (expected[field] !== actual[field]) wrong.push(field);
  }
  if (expected.window !== undefined && expected.window !== actual.window) wrong.push("window");
  if (expected.options !== undefined && !sameOptions(expected.options, actual.options ?? [], settings)) {
    wrong.push("options");
  }
  return wrong;
}

function sameOptions(
  expected: readonly TcpOption[],
  actual: readonly TcpOption[],
  { timestampTick }: Settings,
): boolean {
  return (
    expected.length === actual.length &&
    expected.every((option, i) => {
      const other = actual[i]!;
      // Without a tick the values are not known to the script.
      if (option.kind === "TS" && other.kind === "TS" && timestampTick === 0)
        return option.echo === other.echo;
      return formatOption(option) === formatOption(other);
    })
  );
}

function compareIcmp(expected: IcmpPacket, actual: IcmpPacket): string[] {
  const wrong: string[] = [];
  if (expected.type !== actual.type || expected.code !== actual.code) wrong.push("type");
  if (expected.identifier !== undefined && expected.identifier !== actual.identifier)
    wrong.push("identifier");
  return wrong;
}
