import { formatFlags, formatTime } from "../packet/format.js";
import type { Ecn, IcmpPacket, IpMarks, Packet, TcpPacket, UdpPacket } from "../packet/packet.js";
import { formatOptions, type TcpOption } from "../packet/tcp-options.js";

/** How far, in ticks, a timestamp may be from the script's; Infinity: it is not looked at. */
export interface ComparisonLimits {
  readonly timestampTicks: number;
}

const ECN_BITS: Readonly<Record<Ecn, readonly number[]>> = Object.freeze({
  noecn: [0],
  ect1: [1],
  ect0: [2],
  ce: [3],
  ect01: [1, 2],
});

/** @returns in words each field in which the stack's packet is not what the script expects; none: it is */
export function comparePackets(expected: Packet, actual: Packet, limits: ComparisonLimits): string[] {
  if (expected.protocol !== actual.protocol) return [`${actual.protocol} instead of ${expected.protocol}`];
  return [...compareMarks(expected.marks, actual.marks), ...compareTransport(expected, actual, limits)];
}

/** The marks of a packet of the stack, as far as they are worth showing beside what was expected. */
export function marksToShow(expected: IpMarks, { tos = 0, ttl = 0 }: IpMarks): IpMarks {
  if (expected.tos !== undefined) return { tos };
  if (expected.ttl !== undefined) return { ttl };
  const ecn = (["noecn", "ect1", "ect0", "ce"] as const)[tos & 3]!;
  return expected.ecn === undefined && ecn === "noecn" ? {} : { ecn };
}

function compareMarks(expected: IpMarks, { tos = 0, ttl = 0 }: IpMarks): string[] {
  const differences: string[] = [];
  if (expected.ecn !== undefined && !ECN_BITS[expected.ecn].includes(tos & 3)) differences.push("ECN bits");
  if (expected.tos !== undefined && expected.tos !== tos) differences.push("type of service");
  if (expected.ttl !== undefined && expected.ttl !== ttl) differences.push("time to live");
  return differences;
}

function compareTransport(expected: Packet, actual: Packet, limits: ComparisonLimits): string[] {
  switch (expected.protocol) {
    case "tcp":
      return compareTcp(expected, actual as TcpPacket, limits);
    case "udp":
      return compareNumbers([["length", expected.length, (actual as UdpPacket).length]]);
    case "icmp":
      return compareIcmp(expected, actual as IcmpPacket);
  }
}

function compareTcp(expected: TcpPacket, actual: TcpPacket, limits: ComparisonLimits): string[] {
  const differences: string[] = [];
  if (expected.flags !== actual.flags) {
    differences.push(`flags ${formatFlags(actual.flags)} instead of ${formatFlags(expected.flags)}`);
  }
  differences.push(
    ...compareNumbers([
      ["sequence number", expected.sequence, actual.sequence],
      ["length", expected.length, actual.length],
      ["acknowledgment", expected.acknowledgment, actual.acknowledgment],
      ["window", expected.window, actual.window],
      ["urgent pointer", expected.urgent, actual.urgent],
    ]),
  );
  if (expected.options !== undefined && !areOptionsEqual(expected.options, actual.options ?? [], limits)) {
    const [wanted, got] = [expected.options, actual.options ?? []].map(describeOptions);
    differences.push(`options ${got!} instead of ${wanted!}`);
  }
  return differences;
}

function compareIcmp(expected: IcmpPacket, actual: IcmpPacket): string[] {
  const differences = compareNumbers([
    ["type", expected.type, actual.type],
    ["code", expected.code, actual.code],
    ["MTU", expected.mtu, actual.mtu],
    ["identifier", expected.identifier, actual.identifier],
  ]);
  const [wanted, quoted] = [expected.quoted, actual.quoted];
  if (wanted === undefined) return differences;
  if (quoted?.protocol !== wanted.protocol) return [...differences, "quoted packet"];
  const sequences = [wanted, quoted].map((packet) =>
    packet.protocol === "tcp" ? packet.sequence : undefined,
  );
  return [
    ...differences,
    ...compareNumbers([
      ["quoted sequence number", sequences[0], sequences[1]],
      ["quoted length", wanted.length, quoted.length],
    ]),
  ];
}

/** Name, expected and actual number; what is expected to be undefined may be anything. */
function compareNumbers(
  fields: readonly (readonly [string, number | undefined, number | undefined])[],
): string[] {
  return fields
    .filter(([, expected, actual]) => expected !== undefined && expected !== actual)
    .map(([name, expected, actual]) => `${name} ${actual ?? "none"} instead of ${expected!}`);
}

function describeOptions(options: readonly TcpOption[]): string {
  return options.length === 0 ? "none" : formatOptions(options);
}

function areOptionsEqual(
  expected: readonly TcpOption[],
  actual: readonly TcpOption[],
  { timestampTicks }: ComparisonLimits,
): boolean {
  if (expected.length !== actual.length) return false;
  return expected.every((option, index) => {
    const other = actual[index]!;
    if (option.kind !== "TS" || other.kind !== "TS")
      return formatOptions([option]) === formatOptions([other]);
    const distance = Math.abs((other.value - option.value) | 0);
    return option.echo === other.echo && distance <= timestampTicks;
  });
}

/** "0.100000 > . 1:1(0) ack 1": a line of the script, or one that could have been. */
export function formatEvent(time: number | string, what: string): string {
  return `${typeof time === "number" ? formatTime(time) : time} ${what}`;
}
