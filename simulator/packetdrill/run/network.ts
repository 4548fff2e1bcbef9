import type { Endpoint, SocketObserver } from "../calls/index.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Socket } from "../kernel/socket.js";
import { decodePacket } from "../packet/decode.js";
import { encodePacket } from "../packet/encode.js";
import {
  ICMP_ECHO_REPLY,
  ICMP_ECHO_REQUEST,
  ICMP_FRAGMENTATION_NEEDED,
  ICMP_UNREACHABLE,
} from "../packet/icmp-names.js";
import { IPV4_HEADER, type LivePacket, type LiveTransport } from "../packet/live-packet.js";
import {
  ACK,
  SYN,
  add32,
  type IcmpPacket,
  type IpMarks,
  type Packet,
  type TcpPacket,
  type UdpPacket,
} from "../packet/packet.js";
import { payload } from "../packet/payload.js";
import { ScriptError, unsupported, type Location } from "../script-error.js";
import type { Settings } from "../settings.js";
import { Flow } from "./flow.js";

/** A packet that the stack has sent, and when (µs). */
export interface SentPacket extends LivePacket {
  readonly time: number;
}

/** The first of the ports that the peer's connections come from. */
const FIRST_REMOTE_PORT = 53_000;
/** TTL of what comes in: as if from a neighbor. */
const REMOTE_TTL = 255;
const ECN_BITS = Object.freeze({ noecn: 0, ect1: 1, ect0: 2, ect01: 2, ce: 3 });
/** Bytes of transport header that an ICMP error quotes (RFC 792). */
const QUOTED = 8;

/** The network that a script plays: which packet belongs to which connection, and what the script calls it. */
export class Network implements SocketObserver {
  readonly #kernel: Kernel;
  readonly #settings: Settings;
  readonly #sent: SentPacket[] = [];
  readonly #flows: Flow[] = [];
  #socket: Socket | undefined;
  #nextRemotePort = FIRST_REMOTE_PORT;

  /** @param now virtual µs */
  constructor(kernel: Kernel, settings: Settings, now: () => number) {
    this.#kernel = kernel;
    this.#settings = settings;
    kernel.onPacket = (bytes) => {
      const packet = decodePacket(bytes);
      if ("source" in packet) this.#sent.push({ ...packet, time: now() });
      else throw new Error(`the stack sent a malformed packet: ${JSON.stringify(packet)}`);
    };
  }

  get hasPacket(): boolean {
    return this.#sent.length > 0;
  }

  /** The next packet of the stack. */
  take(): SentPacket | undefined {
    return this.#sent.shift();
  }

  /** The next packet, if it is the segment behind `before`. */
  takeFollowing(before: SentPacket): SentPacket | undefined {
    const next = this.#sent[0];
    if (next?.transport.protocol !== "tcp" || before.transport.protocol !== "tcp") return undefined;
    const end = add32(before.transport.sequence, before.transport.payload.length);
    const isNext =
      next.transport.sequence === end && next.transport.sourcePort === before.transport.sourcePort;
    return isNext ? this.#sent.shift() : undefined;
  }

  opened(socket: Socket): void {
    this.#socket = socket;
  }

  connecting(socket: Socket, { port }: Endpoint): void {
    const flow = new Flow(socket.localPort ?? 0, port);
    flow.socket = socket;
    this.#flows.unshift(flow);
  }

  accepted(socket: Socket): void {
    const flow = this.#flows.find(
      (each) => each.localPort === socket.localPort && each.remotePort === socket.remotePort,
    );
    if (flow !== undefined) flow.socket = socket;
  }

  /** `tcp_info` of the connection that the script is about. */
  info(): ReadonlyMap<string, number> | undefined {
    const flow = this.#flows[0];
    if (flow === undefined) return undefined;
    return flow.socket?.info ?? this.#kernel.infoOf(flow.localPort, flow.remotePort);
  }

  inject(packet: Packet, location: Location): void {
    try {
      const transport = this.#toLive(packet, location);
      const { localAddress, remoteAddress } = this.#settings;
      const ends = { source: remoteAddress.value, destination: localAddress.value };
      this.#kernel.inject(encodePacket({ ...ends, ...ipFields(packet.marks), transport }));
    } catch (error) {
      throw error instanceof RangeError ? new ScriptError(location, error.message) : error;
    }
  }

  /** A packet of the stack in the script's numbers; what it teaches of them is kept. */
  learn(live: SentPacket, expected: Packet): Packet {
    if (live.transport.protocol === "tcp" && expected.protocol === "tcp") {
      this.#flowOf(live, expected).learn(live.transport, expected);
    }
    return this.describe(live, expected);
  }

  /** @param expected what the script expects, if ports matter to it */
  describe(live: SentPacket, expected?: Packet): Packet {
    const { transport } = live;
    const marks: IpMarks = live.tos === 0 ? {} : { tos: live.tos };
    const ports = expected !== undefined && "ports" in expected ? expected.ports : undefined;
    switch (transport.protocol) {
      case "tcp":
        return this.#flowOf(live).toScript(live, transport, ports);
      case "udp":
        return { protocol: "udp", direction: "outbound", marks, ports, length: transport.payload.length };
      case "icmp": {
        const { type, code, rest } = transport;
        const identifier = type === ICMP_ECHO_REPLY || type === ICMP_ECHO_REQUEST ? rest >>> 16 : undefined;
        return { protocol: "icmp", direction: "outbound", marks, type, code, identifier };
      }
    }
  }

  /** Where the first byte of a segment of the stack's stands in its stream. */
  offsetOf(live: SentPacket): number {
    return live.transport.protocol === "tcp" ? this.#flowOf(live).offsetOfOutbound(live.transport) : 0;
  }

  #flowOf(live: SentPacket, expected?: TcpPacket): Flow {
    const known = this.#flows.find((flow) => flow.owns(live));
    if (known !== undefined) return known;
    const { transport } = live;
    const [local, remote] =
      transport.protocol === "icmp" ? [0, 0] : [transport.sourcePort, transport.destinationPort];
    const flow = new Flow(local, remote, expected?.ports);
    this.#flows.unshift(flow);
    return flow;
  }

  #toLive(packet: Packet, location: Location): LiveTransport {
    switch (packet.protocol) {
      case "tcp":
        return this.#inboundFlow(packet).toLive(packet, this.#settings);
      case "udp":
        return this.#udpToLive(packet);
      case "icmp":
        return this.#icmpToLive(packet, location);
    }
  }

  /** The connection that a line is about: the one of its ports, else the newest; a SYN begins a new one. */
  #inboundFlow({ ports, flags }: TcpPacket): Flow {
    const named =
      ports &&
      this.#flows.find(
        ({ scriptPorts }) =>
          scriptPorts?.source === ports.source && scriptPorts.destination === ports.destination,
      );
    if (named !== undefined) return named;
    const newest = this.#flows[0];
    if (ports === undefined && newest !== undefined) return newest;
    const isOpening = (flags & (SYN | ACK)) === SYN;
    const local = ports?.destination ?? this.#socket?.localPort ?? this.#settings.bindPort;
    const flow = new Flow(local, ports?.source ?? this.#nextRemotePort++, ports);
    if (isOpening || newest === undefined || ports !== undefined) this.#flows.unshift(flow);
    return flow;
  }

  #udpToLive({ ports, length }: UdpPacket): LiveTransport {
    const { bindPort, connectPort } = this.#settings;
    return {
      protocol: "udp",
      sourcePort: ports?.source ?? this.#socket?.remotePort ?? connectPort,
      destinationPort: ports?.destination ?? this.#socket?.localPort ?? bindPort,
      payload: payload(0, length),
    };
  }

  #icmpToLive({ type, code, mtu, identifier, quoted }: IcmpPacket, location: Location): LiveTransport {
    if (type === ICMP_ECHO_REQUEST || type === ICMP_ECHO_REPLY) {
      return {
        protocol: "icmp",
        type,
        code,
        rest: ((identifier ?? 0) << 16) >>> 0,
        payload: new Uint8Array(0),
      };
    }
    if (quoted?.protocol !== "tcp") throw unsupported(location, "an ICMP error that quotes no TCP segment");
    const flow = this.#flows[0];
    if (flow === undefined) throw new ScriptError(location, "there is no connection that it could be about");
    const { localAddress, remoteAddress } = this.#settings;
    const segment = encodePacket({
      source: localAddress.value,
      destination: remoteAddress.value,
      tos: 0,
      ttl: 64,
      transport: {
        protocol: "tcp",
        sourcePort: flow.localPort,
        destinationPort: flow.remotePort,
        sequence: add32(quoted.sequence, flow.localIsn),
        acknowledgment: 0,
        flags: ACK,
        window: 0,
        urgent: 0,
        options: [],
        payload: payload(0, quoted.length),
      },
    });
    const isTooBig = type === ICMP_UNREACHABLE && code === ICMP_FRAGMENTATION_NEEDED;
    return {
      protocol: "icmp",
      type,
      code,
      rest: isTooBig ? (mtu ?? 0) : 0,
      payload: segment.subarray(0, IPV4_HEADER + QUOTED),
    };
  }
}

function ipFields({ ecn, tos, ttl }: IpMarks): { readonly tos: number; readonly ttl: number } {
  return { tos: tos ?? (ecn === undefined ? 0 : ECN_BITS[ecn]), ttl: ttl ?? REMOTE_TTL };
}
