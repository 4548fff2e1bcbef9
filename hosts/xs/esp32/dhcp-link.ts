import { Ipv4Address, MacAddress } from "wirelet/address/index";
import { NetworkError } from "wirelet/error/index";
import {
  Deadline,
  type Clock,
  type DhcpDestination,
  type DhcpLink,
  type DhcpReceiver,
  type NetworkInterface,
  type ProbeResult,
  type Random,
  type Timers,
} from "wirelet/host/index";
// By file: the index would link all of the stack.
import { AddressClaims, arpRequest, isCredible, type ClaimLink } from "wirelet/stack/neighbor/claims";
import { TimerQueue } from "wirelet/stack/timers";
import {
  ARP_LENGTH,
  ETHERNET_HEADER_LENGTH,
  ETHER_TYPE_ARP,
  ETHER_TYPE_IPV4,
  IPV4_HEADER_LENGTH,
  PROTOCOL_UDP,
  UDP_HEADER_LENGTH,
  checkArp,
  emitArp,
  emitEthernet,
  emitIpv4,
  emitUdp,
  ipv4PseudoSum,
  readArp,
  type ArpPacket,
} from "wirelet/wire/index";
import { ARP, DATAGRAM, MAX_WATCHED, type LwipLink, type LwipLinkOptions } from "./lwip-link.js";

/** IANA's ip-parameters: the recommended default. */
const TIME_TO_LIVE = 64;

const ARP_AT = ETHERNET_HEADER_LENGTH;
const IP_AT = ETHERNET_HEADER_LENGTH;
const UDP_AT = IP_AT + IPV4_HEADER_LENGTH;
const MESSAGE_AT = UDP_AT + UDP_HEADER_LENGTH;
/** In what `LwipLink.read` gives of a datagram. */
const SOURCE = 1;
const SOURCE_PORT = 5;
const PAYLOAD = 7;

export interface LwipDhcpLinkOptions {
  readonly native: new (options: LwipLinkOptions) => LwipLink;
  /** The interface of the link: an address that is lost to another host is taken off it. */
  readonly network: NetworkInterface;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
}

/**
 * DHCP around lwIP's sockets, on an interface that is configured from here. lwIP carries datagrams to hosts that it can ask
 * for by ARP; frames for everybody, or for a MAC that is given, are made here. Addresses are probed, announced and defended as
 * this project's stack does it.
 */
export class LwipDhcpLink implements DhcpLink, ClaimLink {
  readonly mac: MacAddress;
  readonly #network: NetworkInterface;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #native: LwipLink;
  readonly #claims: AddressClaims;
  readonly #queue = new TimerQueue();
  readonly #deadline: Deadline;
  #receiver: { readonly port: number; readonly receive: DhcpReceiver } | undefined;
  #announced: Ipv4Address | undefined;
  #wasUp = false;

  constructor(options: LwipDhcpLinkOptions) {
    const { native: Native, network, random, clock, timers } = options;
    this.#network = network;
    this.#clock = clock;
    this.#timers = timers;
    this.#deadline = new Deadline(clock, timers, () => {
      this.#queue.run(clock.now());
      this.update();
    });
    this.mac = network.mac;
    const mac = new Uint8Array(6);
    network.mac.write(mac, 0);
    this.#native = new Native({ mac, onReadable: () => this.read() });
    this.#claims = new AddressClaims(this, this.#queue, random, "once");
    network.watch(() => this.networkChanged());
  }

  get isUp(): boolean {
    return this.#network.up;
  }

  owns(address: Ipv4Address): boolean {
    return this.#network.ipv4?.address.equals(address) === true;
  }

  giveUp(): void {
    this.#network.configure(undefined);
  }

  defer(task: () => void): void {
    this.#timers.set(task, 0);
  }

  listen(port: number, receive: DhcpReceiver): () => void {
    if (this.#receiver !== undefined || !this.#native.bind(port))
      throw new NetworkError("EADDRINUSE", "listen for DHCP", `port ${port}`);
    const receiver = { port, receive };
    this.#receiver = receiver;
    return () => {
      if (this.#receiver !== receiver) return;
      this.#receiver = undefined;
      this.#native.unbind();
    };
  }

  send(message: Uint8Array, destination: DhcpDestination, source: Ipv4Address, sourcePort: number): void {
    const { address, port } = destination;
    const mac = destination.mac ?? (address.isBroadcast ? MacAddress.broadcast : undefined);
    if (MESSAGE_AT - IP_AT + message.length > this.#network.mtu)
      throw new NetworkError("EMSGSIZE", "send DHCP message");
    const isSent =
      mac === undefined
        ? this.#native.send(message, concatenate([address]), port, concatenate([source]))
        : this.#native.transmit(this.frameOf(message, mac, destination, source, sourcePort));
    if (!isSent) throw new NetworkError("ENETDOWN", "send DHCP message", address.toString());
  }

  probe(address: Ipv4Address, done: (result: ProbeResult) => void): (() => void) | undefined {
    if (this.#claims.addresses.length >= MAX_WATCHED) return undefined;
    const cancel = this.#claims.probe(address, this.#clock.now(), done);
    this.update();
    return () => {
      cancel();
      this.update();
    };
  }

  /** lwIP has no room for a server that asks around. */
  check(): undefined {
    return undefined;
  }

  announce(address: Ipv4Address, lost?: (owner: MacAddress) => void): boolean {
    this.withdraw();
    if (this.#claims.addresses.length >= MAX_WATCHED) return false;
    this.#announced = address;
    this.#claims.announce(address, this.#clock.now(), lost);
    this.update();
    return true;
  }

  sendRequest(sender: Ipv4Address, target: Ipv4Address): void {
    const frame = new Uint8Array(ARP_AT + ARP_LENGTH);
    emitEthernet(frame, MacAddress.broadcast, this.mac, ETHER_TYPE_ARP);
    emitArp(frame, ARP_AT, arpRequest(this.mac, sender, target));
    // One that is not sent because the link went down just now is made up for when it is up again.
    this.#native.transmit(frame);
  }

  private frameOf(
    message: Uint8Array,
    mac: MacAddress,
    { address, port }: DhcpDestination,
    source: Ipv4Address,
    sourcePort: number,
  ): Uint8Array {
    const length = UDP_HEADER_LENGTH + message.length;
    const frame = new Uint8Array(UDP_AT + length);
    frame.set(message, MESSAGE_AT);
    emitUdp(
      frame,
      UDP_AT,
      sourcePort,
      port,
      length,
      ipv4PseudoSum(source.value, address.value, PROTOCOL_UDP, 0),
    );
    emitIpv4(frame, IP_AT, length, TIME_TO_LIVE, PROTOCOL_UDP, source.value, address.value, true);
    emitEthernet(frame, mac, this.mac, ETHER_TYPE_IPV4);
    return frame;
  }

  private read(): void {
    for (let item = this.#native.read(); item !== undefined; item = this.#native.read()) {
      const bytes = new Uint8Array(item);
      if (bytes[0] === DATAGRAM) this.receiveDatagram(bytes);
      else if (bytes[0] === ARP) this.receiveArp(bytes.subarray(1));
    }
  }

  private receiveDatagram(bytes: Uint8Array): void {
    const port = (bytes[SOURCE_PORT]! << 8) | bytes[SOURCE_PORT + 1]!;
    this.#receiver?.receive(bytes.subarray(PAYLOAD), Ipv4Address.read(bytes, SOURCE), port);
  }

  private receiveArp(bytes: Uint8Array): void {
    if (checkArp(bytes, 0, bytes.length) !== undefined) return;
    const packet: ArpPacket = readArp(bytes, 0);
    if (!isCredible(packet.senderMac.value, packet.senderIp.value, this.mac)) return;
    this.#claims.heard(packet);
    if (this.owns(packet.senderIp)) this.#claims.conflict(packet, this.#clock.now());
    this.update();
  }

  private networkChanged(): void {
    const network = this.#network;
    if (this.#announced !== undefined && !this.owns(this.#announced)) this.withdraw();
    if (this.#wasUp !== network.up) this.#claims.linkChanged(this.#clock.now());
    this.#wasUp = network.up;
    // lwIP has forgotten them if its address was set.
    this.#native.setDnsServers(concatenate(network.ipv4?.dns ?? []));
    this.update();
  }

  private withdraw(): void {
    if (this.#announced !== undefined) this.#claims.withdraw(this.#announced);
    this.#announced = undefined;
  }

  /** Watches those addresses that matter now, and waits for what is due next. */
  private update(): void {
    this.#native.watch(concatenate(this.#claims.addresses));
    this.#deadline.set(this.#queue.next);
  }
}

/** Four bytes each. */
function concatenate(addresses: readonly Ipv4Address[]): Uint8Array {
  const bytes = new Uint8Array(4 * addresses.length);
  addresses.forEach((address, index) => address.write(bytes, 4 * index));
  return bytes;
}
