import type { IpAddress, SocketAddress } from "../../address/index.js";
import type { NetworkError } from "../../error/index.js";
import type { StackInterface } from "../interface/interface.js";
import type { Path } from "../ip/path.js";
import type { UdpTuning } from "../options.js";

/** Destinations that an ICMP error is believed about: those written to last. */
export const MAX_REMEMBERED_PEERS = 8;

export interface ReceivedDatagram {
  readonly data: Uint8Array;
  readonly address: IpAddress;
  readonly port: number;
}

/** A group that a socket is in. */
export interface Membership {
  /** As `Ipv4Address.value`. */
  readonly group: number;
  readonly device: StackInterface;
}

/** What the packets of a socket look like, and where they may go; all as `UdpOptions` has it. */
export interface UdpSending {
  readonly unicastTimeToLive?: number | undefined;
  readonly multicastTimeToLive?: number | undefined;
  readonly multicastLoop: boolean;
  readonly typeOfService: number;
  readonly broadcast: boolean;
}

/** A bound UDP port, as the stack sees it. */
export class UdpEndpoint {
  readonly memberships: Membership[] = [];
  /** The only peer it sends to and takes datagrams from, if it is connected. */
  peer: SocketAddress | undefined;
  /** The way that the last datagram went. */
  path: Path | undefined;
  /** The next that has this port; only `UdpBindings` writes it. */
  nextOnPort: UdpEndpoint | undefined;
  readonly #waiting: ReceivedDatagram[] = [];
  #bytes = 0;
  /** Address and port in turn, oldest first. */
  readonly #peers: number[] = [];

  constructor(
    readonly port: number,
    /** The only local address it receives for, if it is bound to one. */
    readonly address: IpAddress | undefined,
    /** Whether others may have the port as well. */
    readonly shared: boolean,
    readonly sending: UdpSending,
    private readonly tuning: UdpTuning,
    private readonly events: {
      datagramArrived(): void;
      failed(error: NetworkError): void;
    },
  ) {}

  get count(): number {
    return this.#waiting.length;
  }

  /** Whether it takes datagrams from there. @param address32 `Ipv4Address.value` */
  hears(address32: number, port: number): boolean {
    const { peer } = this;
    return peer === undefined || (peer.port === port && isAddress(peer.address, address32));
  }

  /** Whether it is bound to any address, or to this one. @param address32 `Ipv4Address.value` */
  isBoundTo(address32: number): boolean {
    return this.address === undefined || isAddress(this.address, address32);
  }

  isMember(group: number, device: StackInterface): boolean {
    return this.memberships.some((membership) => membership.group === group && membership.device === device);
  }

  /** Remembers a destination that it writes to. @param address32 `Ipv4Address.value` */
  wroteTo(address32: number, port: number): void {
    const peers = this.#peers;
    const last = peers.length - 2;
    if (last >= 0 && peers[last] === address32 && peers[last + 1] === port) return;
    if (peers.length >= 2 * MAX_REMEMBERED_PEERS) peers.splice(0, 2);
    peers.push(address32, port);
  }

  /** RFC 5927 §4 for UDP: an error about a datagram that was never sent is forged. */
  hasWrittenTo(address32: number, port: number): boolean {
    const peers = this.#peers;
    for (let i = 0; i < peers.length; i += 2) {
      if (peers[i] === address32 && peers[i + 1] === port) return true;
    }
    return false;
  }

  /** @returns false if the queue is full: what comes on top is dropped, as UDP may */
  deliver(datagram: ReceivedDatagram): boolean {
    const { maxDatagrams, receiveBuffer } = this.tuning;
    if (this.#waiting.length >= maxDatagrams || this.#bytes + datagram.data.length > receiveBuffer)
      return false;
    this.#waiting.push(datagram);
    this.#bytes += datagram.data.length;
    this.events.datagramArrived();
    return true;
  }

  fail(error: NetworkError): void {
    this.events.failed(error);
  }

  /** The datagram that has waited longest. */
  get first(): ReceivedDatagram | undefined {
    return this.#waiting[0];
  }

  removeFirst(): void {
    this.#bytes -= this.#waiting.shift()?.data.length ?? 0;
  }
}

function isAddress(address: IpAddress, address32: number): boolean {
  return address.family === 4 && address.value === address32;
}
