import {
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_IPV4,
  PROTOCOL_TCP,
  checkIpv4,
  ethernetType,
  ipv4Destination,
  ipv4HeaderLength,
  ipv4Protocol,
  ipv4Source,
  tcpDestinationPort,
  tcpSourcePort,
} from "../../../src/wire/index.js";
import type { TcpConnection } from "../../../src/stack/index.js";
import type { Lan, LanHost } from "../../lan/index.js";
import type { Sighting } from "../../sighting.js";
import type { TcpSample } from "../protocol/index.js";
import { PacketHistory } from "./history.js";

/** Keeps what is sent on a LAN: each frame once, with what became of it and what its sender thought of the connection. */
export class Recorder {
  readonly history = new PacketHistory();
  /** The ports that packets name by their numbers. */
  readonly names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #hosts = new Map<string, LanHost>();
  readonly #lan: Lan;
  readonly #watched = new Set<LanHost>();
  readonly #ends: (() => void)[] = [];

  constructor(lan: Lan) {
    this.#lan = lan;
    this.#ends.push(lan.observe((sighting) => this.#add(sighting)));
    this.watchNewHosts();
  }

  /** Hosts that were added since the last call: what is lost on the way to them is noted from now on. */
  watchNewHosts(): void {
    for (const host of this.#lan.hosts) {
      if (this.#watched.has(host)) continue;
      this.#watched.add(host);
      this.#hosts.set(host.name, host);
      const { links } = host.machine;
      for (const [index, cable] of host.cables.entries())
        this.#ends.push(cable.observe((sighting) => this.#noteFate(host, sighting), { to: links[index]! }));
    }
  }

  end(): void {
    for (const end of this.#ends) end();
  }

  #add({ time, port, bytes, length, comment }: Sighting): void {
    const frame = bytes.subarray(0, length);
    this.history.add({
      time,
      port: this.#numberOf(port),
      bytes: frame,
      comment,
      tcp: sampleOf(this.#hosts.get(port), frame),
    });
  }

  #noteFate(host: LanHost, { bytes, length, comment }: Sighting): void {
    if (comment !== undefined) this.history.addFate(bytes.subarray(0, length), host.name, comment);
  }

  #numberOf(port: string): number {
    let number = this.#numbers.get(port);
    if (number === undefined) {
      number = this.names.push(port) - 1;
      this.#numbers.set(port, number);
    }
    return number;
  }
}

/** What the sender of a TCP segment thinks of its connection, if it has one. */
function sampleOf(host: LanHost | undefined, frame: Uint8Array): TcpSample | undefined {
  const ip = ETHERNET_HEADER_LENGTH;
  if (host === undefined || frame.length < ip || ethernetType(frame) !== ETHER_TYPE_IPV4) return undefined;
  if (checkIpv4(frame, ip, frame.length, false) !== undefined || ipv4Protocol(frame, ip) !== PROTOCOL_TCP)
    return undefined;
  const at = ip + ipv4HeaderLength(frame, ip);
  if (at + 4 > frame.length) return undefined;
  const connection = host.stack.tcp.endpoints.find(
    tcpSourcePort(frame, at),
    tcpDestinationPort(frame, at),
    ipv4Source(frame, ip),
    ipv4Destination(frame, ip),
  );
  // What is left of a connection in TIME-WAIT has no window any more.
  if (connection === undefined || !("congestion" in connection)) return undefined;
  const { congestion, rtt, mss } = connection as TcpConnection;
  return {
    congestionWindow: congestion.window * mss,
    threshold: congestion.slowStartThreshold * mss,
    smoothedRtt: rtt.srtt ?? Number.NaN,
    rto: rtt.rto,
  };
}
