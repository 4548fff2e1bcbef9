import { MacAddress, type IpAddress, type Ipv4Address } from "../../../src/address/index.js";
import type { Listener, Tcp, Udp } from "../../../src/host/index.js";
import { TcpState, type TcpConnection, type TcpTuning } from "../../../src/stack/index.js";
import {
  ARP_REPLY,
  ARP_REQUEST,
  ARP_LENGTH,
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_ARP,
  ETHER_TYPE_IPV4,
  checkArp,
  emitArp,
  emitEthernet,
  ethernetType,
  readArp,
} from "../../../src/wire/index.js";
import { Cable, type CableEnd } from "../../cable.js";
import { SimulatedHost } from "../../host.js";
import type { Simulation } from "../../simulation.js";
import { NotOffered } from "./errno.js";
import type { Socket } from "./socket.js";
import { TCP_STATES, tcpInfo } from "./tcp-info.js";
import { TcpSocket } from "./tcp-socket.js";
import { UdpSocket } from "./udp-socket.js";

export interface KernelOptions {
  readonly address: Ipv4Address;
  readonly prefixLength: number;
  /** The way to everybody else. */
  readonly gateway: Ipv4Address;
  /** Bytes of the largest IP packet. */
  readonly mtu: number;
  readonly tcp: Partial<TcpTuning>;
}

/** Whom the stack tells that something has happened on a connection. */
type ConnectionUser = NonNullable<TcpConnection["user"]>;

/**
 * The kernel that scripts talk to: this project's stack in its `host` profile, at one end of a cable. At the other end
 * the script is the whole network; what it does not want to hear of (ARP) is answered here.
 *
 * This folder is all that knows the stack from inside. A script sees sockets, packets and `tcp_info`.
 */
export class Kernel {
  /** Takes each IPv4 packet that the stack sends; the bytes may be kept. */
  onPacket: (packet: Uint8Array) => void = () => undefined;
  readonly #simulation: Simulation;
  readonly #host: SimulatedHost;
  readonly #network: CableEnd;
  readonly #options: KernelOptions;
  /** What `accept` will return next, by listener: the stack only lets it be taken. */
  readonly #accepted = new Map<Listener, TcpConnection>();

  constructor(simulation: Simulation, options: KernelOptions) {
    this.#options = options;
    this.#simulation = simulation;
    const cable = new Cable(simulation, { name: "tun0", mtu: options.mtu });
    this.#host = new SimulatedHost(simulation, {
      name: "stack",
      cable,
      stack: { profile: "host", tcp: options.tcp },
    });
    this.#network = cable.plug({ name: "network" });
    this.#network.onReceive = (frame, length) => this.#receive(frame, length);
    const { address, prefixLength, gateway } = options;
    this.#host.network.configure({ address, prefixLength, gateway, dns: [] });
  }

  /**
   * Hands an IPv4 packet to the stack. It may be larger than the MTU, as if a network card had put several together:
   * no cable would carry that, so it goes to the interface directly.
   */
  inject(packet: Uint8Array): void {
    const frame = new Uint8Array(ETHERNET_HEADER_LENGTH + packet.length);
    emitEthernet(frame, this.#host.mac, this.#network.mac, ETHER_TYPE_IPV4);
    frame.set(packet, ETHERNET_HEADER_LENGTH);
    this.#host.link.onReceive?.(frame, frame.length, this.#simulation.now());
  }

  /** TCP's options. */
  get tuning(): TcpTuning {
    return this.#host.stack.tcp.tuning;
  }

  /** Changes TCP's options, most of them for connections from now on. */
  tune(tcp: Partial<TcpTuning>): void {
    Object.assign(this.tuning, tcp);
  }

  socket(protocol: "tcp" | "udp"): Socket {
    return protocol === "tcp" ? new TcpSocket(this) : new UdpSocket(this);
  }

  /** `tcp_info` of a connection that nobody has accepted yet. */
  infoOf(localPort: number, remotePort: number): ReadonlyMap<string, number> {
    const connection = this.#find(localPort, remotePort);
    const isHalfOpen = this.#host.stack.tcp.endpoints
      .all()
      .some(
        (each) =>
          each.localPort === localPort &&
          each.remotePort === remotePort &&
          each.state === TcpState.SYN_RECEIVED,
      );
    if (connection === undefined && isHalfOpen) return new Map([["tcpi_state", TCP_STATES.TCP_SYN_RECV]]);
    if (connection === undefined) throw new NotOffered("tcp_info without a connection");
    return tcpInfo(connection);
  }

  listen(port: number, address: IpAddress | undefined, backlog: number): Listener {
    const where = address === undefined ? {} : { address: address.toString() };
    return new this.#host.stack.io.Listener({ port, backlog, ...where });
  }

  hasWaiting(listener: Listener): boolean {
    const connection = this.#accepted.get(listener) ?? this.accept(listener);
    if (connection === undefined) return false;
    this.#accepted.set(listener, connection);
    return true;
  }

  accept(listener: Listener): TcpConnection | undefined {
    const waiting = this.#accepted.get(listener);
    if (waiting !== undefined) {
      this.#accepted.delete(listener);
      return waiting;
    }
    const socket = listener.read();
    return socket && this.#connectionOf(socket);
  }

  connect(address: IpAddress, port: number, user: ConnectionUser): TcpConnection {
    return this.#host.stack.tcp.connect(address, port, user);
  }

  openUdp(port: number, address: IpAddress | undefined, onError: (error: Error) => void): Udp {
    return new this.#host.stack.io.UDP({
      port,
      ...(address === undefined ? {} : { address: address.toString() }),
      onError: (error) => error !== undefined && onError(error),
    });
  }

  #connectionOf({ localPort, remotePort }: Tcp): TcpConnection | undefined {
    return this.#find(localPort, remotePort);
  }

  #find(localPort: number | undefined, remotePort: number | undefined): TcpConnection | undefined {
    return this.#host.stack.tcp.connections.find(
      (connection) => connection.localPort === localPort && connection.remotePort === remotePort,
    );
  }

  #receive(frame: Uint8Array, length: number): void {
    const type = ethernetType(frame);
    if (type === ETHER_TYPE_IPV4) this.onPacket(frame.slice(ETHERNET_HEADER_LENGTH, length));
    else if (type === ETHER_TYPE_ARP) this.#answerArp(frame, length);
  }

  /** Every neighbor there is lives at the other end; only the stack's own address is not answered for. */
  #answerArp(frame: Uint8Array, length: number): void {
    if (checkArp(frame, ETHERNET_HEADER_LENGTH, length) !== undefined) return;
    const request = readArp(frame, ETHERNET_HEADER_LENGTH);
    if (request.operation !== ARP_REQUEST || request.targetIp.equals(this.#options.address)) return;
    const reply = new Uint8Array(ETHERNET_HEADER_LENGTH + ARP_LENGTH);
    emitEthernet(reply, request.senderMac, this.#network.mac, ETHER_TYPE_ARP);
    emitArp(reply, ETHERNET_HEADER_LENGTH, {
      operation: ARP_REPLY,
      senderMac: this.#network.mac,
      senderIp: request.targetIp,
      targetMac: MacAddress.read(frame, 6),
      targetIp: request.senderIp,
    });
    this.#network.transmit(reply, reply.length);
  }
}
