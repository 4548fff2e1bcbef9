import { Ipv4Address, SocketAddress, type IpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import {
  ICMPV4_PARAMETER_PROBLEM,
  ICMPV4_UNREACHABLE,
  UNREACHABLE_FRAGMENTATION_NEEDED,
  UNREACHABLE_PORT,
} from "../../wire/icmpv4.js";
import { IPV4_HEADER_LENGTH, IPV4_MAX_LENGTH, PROTOCOL_UDP } from "../../wire/ipv4.js";
import {
  UDP_HEADER_LENGTH,
  checkUdp,
  emitUdp,
  udpDestinationPort,
  udpLength,
  udpSourcePort,
} from "../../wire/udp.js";
import type { IcmpError } from "../icmp/icmp.js";
import { ALL_HOSTS } from "../igmp/igmp.js";
import type { Packet } from "../ip/packet.js";
import type { Path } from "../ip/path.js";
import { pickPort } from "../ports.js";
import type { Stack } from "../stack.js";
import type { UdpEndpoint } from "./endpoint.js";

/** UDP (RFC 768, RFC 1122 §4.1): who has which port. */
export class Udp {
  readonly #endpoints = new Map<number, UdpEndpoint>();

  constructor(private readonly stack: Stack) {}

  /** A free port: `port` itself, or any if it is 0. @throws NetworkError EADDRINUSE */
  choosePort(port: number): number {
    const { random, ephemeralPorts } = this.stack;
    if (port !== 0) {
      if (!this.#endpoints.has(port)) return port;
      throw new NetworkError("EADDRINUSE", "bind UDP", `port ${port}`);
    }
    // Each one drawn anew (RFC 6056 §3.3.1): a guessed port is all that is needed to answer in a server's name.
    const free = pickPort(random, ephemeralPorts, (candidate) => !this.#endpoints.has(candidate));
    if (free !== undefined) return free;
    throw new NetworkError("EADDRINUSE", "bind UDP", undefined, "all ephemeral ports are in use");
  }

  open(endpoint: UdpEndpoint): void {
    this.#endpoints.set(endpoint.port, endpoint);
  }

  close(endpoint: UdpEndpoint): void {
    if (this.#endpoints.get(endpoint.port) === endpoint) this.#endpoints.delete(endpoint.port);
  }

  receive(packet: Packet): void {
    const { bytes, at, end } = packet;
    const { counters } = this.stack;
    const fault = checkUdp(bytes, at, end, packet.pseudoSum(PROTOCOL_UDP, 0));
    if (fault !== undefined) {
      counters.drop(fault);
      return;
    }
    const endpoint = this.#endpoints.get(udpDestinationPort(bytes, at));
    if (endpoint === undefined || !isFor(endpoint, packet)) {
      counters.drop("udp-no-port");
      this.stack.icmp.sendUnreachable(packet, UNREACHABLE_PORT);
      return;
    }
    // Not `slice`: where the frame is a Buffer of Node's, that would be a view of it.
    const data = new Uint8Array(bytes.subarray(at + UDP_HEADER_LENGTH, at + udpLength(bytes, at)));
    this.#deliver(endpoint, data, packet.source, udpSourcePort(bytes, at));
  }

  /**
   * Sends one datagram.
   * @throws NetworkError ENETUNREACH without a route, EMSGSIZE above 65,507 bytes, EACCES for a broadcast address unless
   * the endpoint may
   */
  send(endpoint: UdpEndpoint, data: Uint8Array, address: IpAddress, port: number): void {
    const path = this.#pathOf(endpoint, address);
    if (path === undefined)
      throw new NetworkError("ENETUNREACH", "send UDP to", new SocketAddress(address, port).toString());
    const { sending } = endpoint;
    if (path.isBroadcast && !sending.broadcast) {
      const detail = "the socket was not made with the option broadcast";
      throw new NetworkError("EACCES", "send UDP to", new SocketAddress(address, port).toString(), detail);
    }
    const length = UDP_HEADER_LENGTH + data.length;
    if (length > IPV4_MAX_LENGTH - IPV4_HEADER_LENGTH) {
      const detail = `${data.length} bytes are more than a datagram can carry`;
      throw new NetworkError("EMSGSIZE", "send UDP to", new SocketAddress(address, port).toString(), detail);
    }
    const { ip, counters } = this.stack;
    const bytes = ip.bufferFor(path, length);
    bytes.set(data, path.payloadAt + UDP_HEADER_LENGTH);
    emitUdp(bytes, path.payloadAt, endpoint.port, port, length, path.pseudoSum(PROTOCOL_UDP, 0));
    counters.udpOutDatagrams++;
    endpoint.wroteTo(path.destination32, port);
    // RFC 1112 §6.1: a TTL of 0 keeps it on this host.
    if (!path.isMulticast || path.timeToLive > 0) ip.send(path, PROTOCOL_UDP, length, bytes);
    if (path.isMulticast && sending.multicastLoop) this.#loop(endpoint, path, data, port);
    this.stack.wake();
  }

  /**
   * A datagram of ours did not arrive (RFC 1122 §4.1.3.3: the application must be told).
   * @returns false if no socket here can have sent it
   */
  receiveError(error: IcmpError): boolean {
    const { type, code, bytes, at, destination32 } = error;
    const endpoint = this.#endpoints.get(udpSourcePort(bytes, at));
    const port = udpDestinationPort(bytes, at);
    const isOurs =
      endpoint !== undefined &&
      endpoint.hasWrittenTo(destination32, port) &&
      (endpoint.address === undefined ||
        (endpoint.address.family === 4 && endpoint.address.value === error.source32));
    if (!isOurs) return false;
    // What expires on its way, or in pieces, may get through the next time.
    if (type !== ICMPV4_UNREACHABLE && type !== ICMPV4_PARAMETER_PROBLEM) return true;
    const to = new SocketAddress(Ipv4Address.fromValue(destination32), port).toString();
    if (type === ICMPV4_UNREACHABLE && code === UNREACHABLE_FRAGMENTATION_NEEDED) {
      const path = this.#pathOf(endpoint, Ipv4Address.fromValue(destination32));
      const mtu = path && this.stack.ip.learnMtu(path, error.nextHopMtu, error.length);
      if (mtu === undefined) return true;
      const detail = `the path carries packets of ${mtu} bytes; what is longer is sent in fragments from now on`;
      endpoint.fail(new NetworkError("EMSGSIZE", "send UDP to", to, detail));
      return true;
    }
    const isRefusal = type === ICMPV4_UNREACHABLE && code === UNREACHABLE_PORT;
    endpoint.fail(new NetworkError(isRefusal ? "ECONNREFUSED" : "EHOSTUNREACH", "send UDP to", to));
    return true;
  }

  #deliver(endpoint: UdpEndpoint, data: Uint8Array, address: IpAddress, port: number): void {
    const { counters } = this.stack;
    if (endpoint.deliver({ data, address, port })) counters.udpInDatagrams++;
    else counters.drop("udp-queue-full");
  }

  #pathOf(endpoint: UdpEndpoint, address: IpAddress): Path | undefined {
    const { ip } = this.stack;
    const last = endpoint.path;
    if (last !== undefined && ip.isCurrent(last) && last.destination.equals(address)) return last;
    const path = (endpoint.path = ip.path(address, endpoint.address));
    if (path === undefined) return undefined;
    const { unicastTimeToLive, multicastTimeToLive, typeOfService } = endpoint.sending;
    path.typeOfService = typeOfService;
    path.timeToLive = (path.isMulticast ? multicastTimeToLive : unicastTimeToLive) ?? path.timeToLive;
    return path;
  }

  /** RFC 1112 §6.1: the members on this host hear it as those on the link do. */
  #loop(sender: UdpEndpoint, path: Path, data: Uint8Array, port: number): void {
    const endpoint = this.#endpoints.get(port);
    if (endpoint === undefined || !isFor(endpoint, path)) return;
    this.#deliver(endpoint, new Uint8Array(data), path.source, sender.port);
  }
}

/** A socket hears the groups that it has joined itself (RFC 3376 §3.1), and what is for its address. */
function isFor(endpoint: UdpEndpoint, { destination32, device }: Packet | Path): boolean {
  const isMulticast = destination32 >>> 28 === 0xe;
  if (isMulticast && endpoint.isMember(destination32, device)) return true;
  if (isMulticast && destination32 !== ALL_HOSTS) return false;
  const { address } = endpoint;
  return address === undefined || (address.family === 4 && address.value === destination32);
}
