import { Ipv4Address, SocketAddress, type IpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import { ICMPV4_UNREACHABLE, UNREACHABLE_PORT } from "../../wire/icmpv4.js";
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
import type { Packet } from "../ip/packet.js";
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
    if (endpoint === undefined || !(endpoint.address?.equals(packet.destination) ?? true)) {
      counters.drop("udp-no-port");
      this.stack.icmp.sendUnreachable(packet, UNREACHABLE_PORT);
      return;
    }
    // Not `slice`: where the frame is a Buffer of Node's, that would be a view of it.
    const data = new Uint8Array(bytes.subarray(at + UDP_HEADER_LENGTH, at + udpLength(bytes, at)));
    if (
      !endpoint.deliver({
        data,
        address: packet.source,
        port: udpSourcePort(bytes, at),
      })
    ) {
      counters.drop("udp-queue-full");
      return;
    }
    counters.udpInDatagrams++;
  }

  /**
   * Sends one datagram.
   * @throws NetworkError ENETUNREACH without a route, EMSGSIZE above 65,507 bytes
   */
  send(endpoint: UdpEndpoint, data: Uint8Array, address: IpAddress, port: number): void {
    const path = this.stack.ip.path(address, endpoint.address);
    const to = new SocketAddress(address, port).toString();
    if (path === undefined) throw new NetworkError("ENETUNREACH", "send UDP to", to);
    const length = UDP_HEADER_LENGTH + data.length;
    if (length > IPV4_MAX_LENGTH - IPV4_HEADER_LENGTH) {
      const detail = `${data.length} bytes are more than a datagram can carry`;
      throw new NetworkError("EMSGSIZE", "send UDP to", to, detail);
    }
    const bytes = this.stack.ip.bufferFor(path, length);
    bytes.set(data, path.payloadAt + UDP_HEADER_LENGTH);
    emitUdp(bytes, path.payloadAt, endpoint.port, port, length, path.pseudoSum(PROTOCOL_UDP, 0));
    this.stack.counters.udpOutDatagrams++;
    this.stack.ip.send(path, PROTOCOL_UDP, length, bytes);
    this.stack.wake();
  }

  /** A datagram of ours did not arrive (RFC 1122 §4.1.3.3: the application must be told). */
  receiveError(error: IcmpError): void {
    const endpoint = this.#endpoints.get(udpSourcePort(error.bytes, error.at));
    if (endpoint === undefined || error.type !== ICMPV4_UNREACHABLE) return;
    const to = new SocketAddress(
      Ipv4Address.fromValue(error.destination32),
      udpDestinationPort(error.bytes, error.at),
    );
    const code = error.code === UNREACHABLE_PORT ? "ECONNREFUSED" : "EHOSTUNREACH";
    endpoint.fail(new NetworkError(code, "send UDP to", to.toString()));
  }
}
