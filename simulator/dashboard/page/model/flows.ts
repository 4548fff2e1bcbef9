import type { Headers } from "./headers.js";
import type { Packet } from "./packet.js";

/** Conversations that a tab keeps; the one that has been silent longest gives way. */
export const MAX_FLOWS = 1_000;

const PROTOCOL_ICMP = 1;
const TCP_SYN_ONLY = 0x02;
const TCP_SYN_ACK = 0x12;

export type FlowKind = "TCP" | "UDP" | "DHCP" | "ARP" | "ICMP" | "other";

/** Packets that belong together: a TCP connection, a DHCP exchange, a question by ARP and its answer. */
export interface Flow {
  readonly id: number;
  readonly kind: FlowKind;
  /** Who sent its first packet, and to whom: "192.168.1.10:50000", or a MAC. */
  readonly from: string;
  readonly to: string;
  /** Virtual ms. */
  readonly begin: number;
  end: number;
  packets: number;
  bytes: number;
  dropped: number;
}

/** Sorts packets into conversations. */
export class Flows {
  readonly #flows = new Map<string, Flow>();
  #count = 0;
  version = 0;

  /** In the order of their last packets, the newest last. */
  get all(): readonly Flow[] {
    return [...this.#flows.values()];
  }

  /** Finds the flow of a packet, and notes it there. */
  add(packet: Packet): void {
    const { headers } = packet;
    if (headers === undefined) return;
    const { kind, from, to } = endsOf(headers);
    const key = `${kind} ${from < to ? `${from} ${to}` : `${to} ${from}`}`;
    let flow = this.#flows.get(key);
    // The same ports again, after both ends have closed: another connection.
    if (flow === undefined || (isNewConnection(headers) && packet.time - flow.end > 1_000))
      flow = {
        ...{ id: ++this.#count, kind, from, to },
        begin: packet.time,
        end: 0,
        packets: 0,
        bytes: 0,
        dropped: 0,
      };
    flow.end = packet.time;
    flow.packets++;
    flow.bytes += packet.bytes.length;
    if (packet.isDropped) flow.dropped++;
    packet.flow = flow;
    // Out and in again: the newest is the last.
    this.#flows.delete(key);
    this.#flows.set(key, flow);
    if (this.#flows.size > MAX_FLOWS) {
      const [oldest] = this.#flows.keys();
      if (oldest !== undefined) this.#flows.delete(oldest);
    }
    this.version++;
  }

  clear(): void {
    this.#flows.clear();
    this.version++;
  }
}

function isNewConnection({ tcp }: Headers): boolean {
  return tcp !== undefined && (tcp.flags & TCP_SYN_ACK) === TCP_SYN_ONLY;
}

function endsOf(headers: Headers): Pick<Flow, "kind" | "from" | "to"> {
  const { source, destination, arp, ip, ports, tcp, dhcpClient } = headers;
  if (dhcpClient !== undefined) return { kind: "DHCP", from: dhcpClient, to: "DHCP server" };
  if (arp !== undefined) {
    const [sender, target] = [arp.senderIp, arp.targetIp];
    // A probe has no address yet, and an announcement asks for its own.
    const isProbe = sender.isUnspecified || sender.equals(target);
    return { kind: "ARP", from: isProbe ? source : sender.toString(), to: target.toString() };
  }
  if (ip === undefined) return { kind: "other", from: source, to: destination };
  if (ports === undefined) {
    const kind = ip.protocol === PROTOCOL_ICMP ? "ICMP" : "other";
    return { kind, from: ip.source, to: ip.destination };
  }
  const [from, to] = [`${ip.source}:${ports[0]}`, `${ip.destination}:${ports[1]}`];
  return { kind: tcp === undefined ? "UDP" : "TCP", from, to };
}
