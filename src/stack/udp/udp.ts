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
import type { UdpTuning } from "../options.js";
import { pickPort } from "../ports.js";
import type { Stack } from "../stack.js";
import { UdpBindings } from "./bindings.js";
import type { UdpEndpoint } from "./endpoint.js";

/** UDP (RFC 768, RFC 1122 §4.1): to whom a datagram goes, and how one is sent. */
export class Udp {
  readonly #bindings = new UdpBindings();

  constructor(
    private readonly stack: Stack,
    readonly tuning: UdpTuning,
  ) {}

  /**
   * A free port: `port` itself, or any if it is 0.
   * @param address the only one to receive for, undefined for any
   * @param shared whether others may have the port as well, if they agree
   * @throws NetworkError EADDRINUSE
   */
  choosePort(port: number, address: IpAddress | undefined, shared: boolean): number {
    const { random, ephemeralPorts } = this.stack;
    if (port !== 0) {
      if (this.#bindings.isFree(port, address, shared)) return port;
      throw new NetworkError("EADDRINUSE", "bind UDP", `port ${port}`);
    }
    // Each one drawn anew (RFC 6056 §3.3.1): a guessed port is all that is needed to answer in a server's name.
    const free = pickPort(random, ephemeralPorts, (candidate) => !this.#bindings.has(candidate));
    if (free !== undefined) return free;
    throw new NetworkError("EADDRINUSE", "bind UDP", undefined, "all ephemeral ports are in use");
  }

  /** Every socket that is bound. */
  get endpoints(): readonly UdpEndpoint[] {
    return this.#bindings.all();
  }

  open(endpoint: UdpEndpoint): void {
    this.#bindings.add(endpoint);
  }

  close(endpoint: UdpEndpoint): void {
    this.#bindings.remove(endpoint);
  }

  /** @returns false if it was dropped without a word */
  receive(packet: Packet): boolean {
    const { bytes, at, end } = packet;
    const { counters } = this.stack;
    // All hear what few want, DHCP above all: it is not worth its checksum to the others, who may not answer it either.
    if (
      packet.toGroup &&
      end - at >= UDP_HEADER_LENGTH &&
      !this.#bindings.has(udpDestinationPort(bytes, at))
    ) {
      counters.drop("udp-no-port");
      return false;
    }
    const fault = checkUdp(bytes, at, end, packet.pseudoSum(PROTOCOL_UDP, 0));
    if (fault !== undefined) {
      counters.drop(fault);
      return false;
    }
    const data = bytes.subarray(at + UDP_HEADER_LENGTH, at + udpLength(bytes, at));
    if (this.deliver(packet, udpDestinationPort(bytes, at), udpSourcePort(bytes, at), data)) return true;
    counters.drop("udp-no-port");
    this.stack.icmp.sendUnreachable(packet, UNREACHABLE_PORT);
    return true;
  }

  /**
   * Makes `endpoint` one that has `peer` only.
   * @throws NetworkError ENETUNREACH without a route, EACCES for a broadcast address unless the endpoint may send to it
   */
  connect(endpoint: UdpEndpoint, peer: SocketAddress): void {
    this.checkedPath(endpoint, peer.address, peer.port, "connect UDP to");
    endpoint.peer = peer;
  }

  /**
   * Sends one datagram.
   * @throws NetworkError ENETUNREACH without a route, EMSGSIZE above 65,507 bytes, EACCES for a broadcast address unless
   * the endpoint may
   */
  send(endpoint: UdpEndpoint, data: Uint8Array, address: IpAddress, port: number): void {
    const path = this.checkedPath(endpoint, address, port, "send UDP to");
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
    // RFC 1112 §6.1: the members on this host hear it as those on the link do.
    if (path.isBroadcast || (path.isMulticast && endpoint.sending.multicastLoop))
      this.deliver(path, port, endpoint.port, data);
    this.stack.wake();
  }

  /**
   * A datagram of ours did not arrive (RFC 1122 §4.1.3.3: the application must be told).
   * @returns false if no socket here can have sent it
   */
  receiveError(error: IcmpError): boolean {
    const { type, code, bytes, at, destination32 } = error;
    const port = udpDestinationPort(bytes, at);
    let endpoint = this.#bindings.first(udpSourcePort(bytes, at));
    while (
      endpoint !== undefined &&
      !(endpoint.hasWrittenTo(destination32, port) && endpoint.isBoundTo(error.source32))
    )
      endpoint = endpoint.nextOnPort;
    if (endpoint === undefined) return false;
    // What expires on its way, or in pieces, may get through the next time.
    if (type !== ICMPV4_UNREACHABLE && type !== ICMPV4_PARAMETER_PROBLEM) return true;
    const to = new SocketAddress(Ipv4Address.fromValue(destination32), port).toString();
    if (type === ICMPV4_UNREACHABLE && code === UNREACHABLE_FRAGMENTATION_NEEDED) {
      const path = this.pathOf(endpoint, Ipv4Address.fromValue(destination32));
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

  /**
   * What is for a group or for all goes to everybody who wants it, anything else to the one that fits best, as in Linux.
   * @param to the packet that has come, or the way of one of our own
   * @param data borrowed
   * @returns false if nobody wants it
   */
  private deliver(to: Packet | Path, port: number, sourcePort: number, data: Uint8Array): boolean {
    const { destination32, source32 } = to;
    const toAll = destination32 >>> 28 === 0xe || !this.stack.ownsIpv4(destination32);
    let best: UdpEndpoint | undefined;
    for (let each = this.#bindings.first(port); each !== undefined; each = each.nextOnPort) {
      if (!each.hears(source32, sourcePort) || !isFor(each, to)) continue;
      if (toAll) this.give(each, to.source, sourcePort, data);
      if (best === undefined || fitOf(each) > fitOf(best)) best = each;
    }
    if (best !== undefined && !toAll) this.give(best, to.source, sourcePort, data);
    return best !== undefined;
  }

  private give(endpoint: UdpEndpoint, address: IpAddress, port: number, data: Uint8Array): void {
    const { counters } = this.stack;
    // Not `slice`: where the frame is a Buffer of Node's, that would be a view of it.
    if (endpoint.deliver({ data: new Uint8Array(data), address, port })) counters.udpInDatagrams++;
    else counters.drop("udp-queue-full");
  }

  /** The way to `address`, if the endpoint may go it. @throws NetworkError ENETUNREACH, EACCES */
  private checkedPath(endpoint: UdpEndpoint, address: IpAddress, port: number, operation: string): Path {
    const path = this.pathOf(endpoint, address);
    if (path === undefined)
      throw new NetworkError("ENETUNREACH", operation, new SocketAddress(address, port).toString());
    if (path.isBroadcast && !endpoint.sending.broadcast) {
      const detail = "the socket was not made with the option broadcast";
      throw new NetworkError("EACCES", operation, new SocketAddress(address, port).toString(), detail);
    }
    return path;
  }

  private pathOf(endpoint: UdpEndpoint, address: IpAddress): Path | undefined {
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
}

/** A socket hears the groups that it has joined itself (RFC 3376 §3.1), and what is for its address. */
function isFor(endpoint: UdpEndpoint, { destination32, device }: Packet | Path): boolean {
  const isMulticast = destination32 >>> 28 === 0xe;
  if (isMulticast && endpoint.isMember(destination32, device)) return true;
  if (isMulticast && destination32 !== ALL_HOSTS) return false;
  return endpoint.isBoundTo(destination32);
}

/** How much a socket says about what it takes: its peer more than its own address (as in Linux). */
function fitOf({ peer, address }: UdpEndpoint): number {
  return (peer === undefined ? 0 : 2) + (address === undefined ? 0 : 1);
}
