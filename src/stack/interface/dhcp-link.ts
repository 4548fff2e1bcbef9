import { Ipv4Address, type MacAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import type { CheckResult, DhcpDestination, DhcpLink, DhcpReceiver, ProbeResult } from "../../host/index.js";
import { ETHERNET_HEADER_LENGTH } from "../../wire/ethernet.js";
import { IPV4_HEADER_LENGTH, PROTOCOL_UDP, emitIpv4, ipv4PseudoSum } from "../../wire/ipv4.js";
import {
  UDP_HEADER_LENGTH,
  checkUdp,
  emitUdp,
  udpDestinationPort,
  udpLength,
  udpSourcePort,
} from "../../wire/udp.js";
import type { Packet } from "../ip/packet.js";
import { DEFAULT_TIME_TO_LIVE, Path } from "../ip/path.js";
import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import type { EthernetInterface } from "./ethernet.js";

const IP_AT = ETHERNET_HEADER_LENGTH;
const UDP_AT = IP_AT + IPV4_HEADER_LENGTH;
const MESSAGE_AT = UDP_AT + UDP_HEADER_LENGTH;

/** Messages that wait for the next poll at most: a server may hear a whole site boot at one moment. */
export const MAX_WAITING_MESSAGES = 32;

interface ReceivedMessage {
  readonly receive: DhcpReceiver;
  readonly port: number;
  readonly message: Uint8Array;
  readonly source: Ipv4Address;
  readonly sourcePort: number;
}

/** The DHCP link of an Ethernet interface: UDP below the routing table, the neighbor cache and the address filter. */
export class StackDhcpLink implements DhcpLink, Task {
  queued = false;
  readonly #receivers = new Map<number, DhcpReceiver>();
  readonly #waiting: ReceivedMessage[] = [];

  constructor(
    private readonly stack: Stack,
    private readonly device: EthernetInterface,
  ) {}

  get mac(): MacAddress {
    return this.device.mac;
  }

  /** True while somebody waits for DHCP messages. */
  get isListening(): boolean {
    return this.#receivers.size > 0;
  }

  listen(port: number, receive: DhcpReceiver): () => void {
    if (this.#receivers.has(port)) throw new NetworkError("EADDRINUSE", "listen for DHCP", `port ${port}`);
    this.#receivers.set(port, receive);
    return () => {
      if (this.#receivers.get(port) === receive) this.#receivers.delete(port);
    };
  }

  send(message: Uint8Array, destination: DhcpDestination, source: Ipv4Address, sourcePort: number): void {
    const { frame, counters } = this.stack;
    const { device } = this;
    const length = UDP_HEADER_LENGTH + message.length;
    if (IPV4_HEADER_LENGTH + length > device.mtu) throw new NetworkError("EMSGSIZE", "send DHCP message");
    const to = destination.address;
    frame.set(message, MESSAGE_AT);
    const withChecksum = !device.transmitChecksums;
    const pseudoSum = withChecksum ? ipv4PseudoSum(source.value, to.value, PROTOCOL_UDP, 0) : undefined;
    emitUdp(frame, UDP_AT, sourcePort, destination.port, length, pseudoSum);
    emitIpv4(frame, IP_AT, length, DEFAULT_TIME_TO_LIVE, PROTOCOL_UDP, source.value, to.value, withChecksum);
    counters.ipOutRequests++;
    counters.udpOutDatagrams++;
    const end = UDP_AT + length;
    if (destination.mac !== undefined) {
      device.sendTo(destination.mac, frame, end);
    } else {
      const nextHop = this.stack.ip.routes.lookup(to)?.gateway ?? to;
      device.output(new Path(device, source, to, nextHop, this.stack.ip.routes.generation), frame, end);
    }
    this.stack.wake();
  }

  probe(address: Ipv4Address, done: (result: ProbeResult) => void): () => void {
    const cancel = this.device.arp.claims.probe(address, this.stack.now, done);
    this.stack.wake();
    return cancel;
  }

  check(address: Ipv4Address, wait: number, done: (result: CheckResult) => void): (() => void) | undefined {
    return this.stack.addressChecks.start(this.device, address, wait, done);
  }

  announce(address: Ipv4Address, lost?: (owner: MacAddress) => void): boolean {
    this.device.arp.claims.announce(address, this.stack.now, lost);
    this.stack.wake();
    return true;
  }

  /** Takes a UDP packet if a receiver waits on its port. @returns false if the packet is not DHCP's */
  receive(packet: Packet): boolean {
    if (this.#receivers.size === 0 || packet.end - packet.at < UDP_HEADER_LENGTH) return false;
    const { bytes, at } = packet;
    const receiver = this.#receivers.get(udpDestinationPort(bytes, at));
    if (receiver === undefined) return false;
    const fault = checkUdp(bytes, at, packet.end, packet.pseudoSum(PROTOCOL_UDP, 0));
    if (fault !== undefined) {
      this.stack.counters.drop(fault);
      return true;
    }
    if (this.#waiting.length === MAX_WAITING_MESSAGES) {
      this.stack.counters.drop("udp-queue-full");
      return true;
    }
    this.stack.counters.udpInDatagrams++;
    this.#waiting.push({
      receive: receiver,
      port: udpDestinationPort(bytes, at),
      message: new Uint8Array(bytes.subarray(at + UDP_HEADER_LENGTH, at + udpLength(bytes, at))),
      source: Ipv4Address.fromValue(packet.source32),
      sourcePort: udpSourcePort(bytes, at),
    });
    this.stack.defer(this);
    return true;
  }

  /** Hands over one message; the others come in tasks of their own, lest they be lost if the receiver throws. */
  runTask(): void {
    const received = this.#waiting.shift();
    if (received === undefined) return;
    if (this.#waiting.length > 0) this.stack.defer(this);
    const { receive, port, message, source, sourcePort } = received;
    if (this.#receivers.get(port) === receive) receive(message, source, sourcePort);
  }
}
