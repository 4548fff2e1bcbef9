import { ETHERNET_HEADER_LENGTH } from "../../../../src/wire/index.js";
import type { Flow } from "../model/flows.js";
import type { Headers, TcpHeader } from "../model/headers.js";
import type { Packet } from "../model/packet.js";

/** Arrows that a ladder shows at most: the newest. */
export const MAX_ARROWS = 300;
/** In ms of virtual time: a longer silence is said. */
const SILENCE = 200;

const FLAGS = [
  [0x02, "SYN"],
  [0x01, "FIN"],
  [0x04, "RST"],
] as const;
const ACK = 0x10;

/** One packet of a ladder: from which line to which, and what it says. */
export interface Arrow {
  readonly packet: Packet;
  readonly from: number;
  /** The line it goes to; undefined: to everybody. */
  readonly to: number | undefined;
  readonly label: string;
  /** What a person who learns is told besides: "again", where the same was sent before. */
  readonly note: string;
  readonly isDropped: boolean;
  /** Virtual ms since the arrow before, if it is worth saying. */
  readonly silence: number | undefined;
}

export interface Ladder {
  /** The names of its lines. */
  readonly lines: readonly string[];
  readonly arrows: readonly Arrow[];
  /** Packets before the first arrow. */
  readonly hidden: number;
}

/** The packets of a conversation as arrows between those who have it. @param nameOf as `Model.nameOf` */
export function ladderOf(
  flow: Flow,
  packets: readonly Packet[],
  nameOf: (address: string) => string,
): Ladder {
  const own = packets.filter((packet) => packet.flow === flow);
  const lines: string[] = [];
  const lineOf = (name: string): number => {
    if (!lines.includes(name)) lines.push(name);
    return lines.indexOf(name);
  };
  const numbers = new TcpNumbers();
  const arrows: Arrow[] = [];
  let before: number | undefined;
  for (const packet of own) {
    const { headers } = packet;
    if (headers === undefined) continue;
    const from = lineOf(nameOf(headers.source));
    const to = headers.isGroup ? undefined : lineOf(nameOf(headers.destination));
    const { label, note } =
      headers.tcp === undefined
        ? { label: labelOf(packet), note: "" }
        : numbers.describe(headers, headers.tcp, packet.isDropped);
    const silence = before !== undefined && packet.time - before > SILENCE ? packet.time - before : undefined;
    arrows.push({ packet, from, to, label, note, isDropped: packet.isDropped, silence });
    before = packet.time;
  }
  const shown = arrows.slice(-MAX_ARROWS);
  return { lines, arrows: shown, hidden: arrows.length - shown.length };
}

/** The address that a DHCP message is about: what the server gives, or what the client asks for. */
const DHCP_ADDRESSES = ["dhcp.ip.your", "dhcp.option.requested_ip_address", "dhcp.ip.client"];
const NO_ADDRESS = "0.0.0.0";

function dhcpLabelOf(packet: Packet): string {
  const { layers, summary } = packet.dissect();
  const fields = layers.find(({ name }) => name === "dhcp")?.fields ?? [];
  const all = fields.flatMap((field) => [field, ...field.fields]);
  const addresses = DHCP_ADDRESSES.map((wanted) => all.find(({ name }) => name === wanted)?.value);
  const address = addresses.find((value) => typeof value === "string" && value !== NO_ADDRESS);
  const message = summary.split(" - ")[0]!;
  return address === undefined ? message : `${message}: ${String(address)}`;
}

function labelOf(packet: Packet): string {
  if (packet.flow?.kind === "DHCP") return dhcpLabelOf(packet);
  const { protocol, summary } = packet.row;
  return packet.bytes.length <= ETHERNET_HEADER_LENGTH || summary.startsWith(protocol)
    ? summary
    : `${protocol}: ${summary}`;
}

/** The sequence numbers of a connection as a person counts them: from 0, on each side. */
class TcpNumbers {
  readonly #first = new Map<string, number>();
  /** How far each side has sent, by the MAC that sent it: what a router passes on is not sent again. */
  readonly #sent = new Map<string, number>();

  describe(
    { source, ip, ports }: Headers,
    header: TcpHeader,
    isDropped: boolean,
  ): { label: string; note: string } {
    const sender = `${ip!.source}:${ports![0]}`;
    const hop = `${source} ${sender}`;
    const { sequence, acknowledgment, flags, dataLength, window } = header;
    const isSyn = (flags & 0x02) !== 0;
    if (!this.#first.has(sender)) this.#first.set(sender, isSyn ? sequence : sequence - 1);
    const at = (sequence - this.#first.get(sender)!) >>> 0;
    const words: string[] = FLAGS.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name);
    if (dataLength > 0) words.push(`bytes ${at} to ${at + dataLength - 1}`);
    const peers = [...this.#first].filter(([name]) => name !== sender);
    const peerFirst = peers[0]?.[1];
    if ((flags & ACK) !== 0)
      words.push(peerFirst === undefined ? "ACK" : `ACK ${(acknowledgment - peerFirst) >>> 0}`);
    const end = at + dataLength + (isSyn || (flags & 0x01) !== 0 ? 1 : 0);
    const sent = this.#sent.get(hop) ?? 0;
    const isAgain = end > at && end <= sent;
    this.#sent.set(hop, Math.max(sent, end));
    const notes = [
      isAgain ? "sent again" : "",
      window === 0 && !isSyn ? "window 0" : "",
      isDropped ? "lost" : "",
    ];
    return { label: words.join(", "), note: notes.filter((note) => note !== "").join(", ") };
  }
}
