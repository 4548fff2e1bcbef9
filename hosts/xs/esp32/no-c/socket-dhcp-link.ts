import { Ipv4Address, type MacAddress } from "wirelet/address/index";
import { NetworkError } from "wirelet/error/index";
import type { DhcpDestination, DhcpLink, DhcpReceiver, Io, NetworkInterface, Udp } from "wirelet/host/index";

/** RFC 3927 §2.1. */
const LINK_LOCAL_PREFIX_LENGTH = 16;

export interface SocketDhcpLinkOptions {
  readonly io: Pick<Io, "UDP">;
  readonly network: NetworkInterface;
}

/**
 * DHCP on a UDP socket, where nothing below the sockets can be had. Without an address lwIP has no route, so the interface gets a
 * link-local one for as long as there is none: messages come from there and not from 0.0.0.0 (RFC 2131 §4.1). Most servers
 * answer nevertheless; one whose system drops packets from addresses that are not the network's does not. Answers are asked for by
 * broadcast, and addresses are neither probed nor announced nor defended.
 */
export class SocketDhcpLink implements DhcpLink {
  readonly mac: MacAddress;
  readonly needsBroadcast = true;
  readonly #options: SocketDhcpLinkOptions;
  #socket: Udp | undefined;

  constructor(options: SocketDhcpLinkOptions) {
    this.#options = options;
    this.mac = options.network.mac;
  }

  listen(port: number, receive: DhcpReceiver): () => void {
    if (this.#socket !== undefined) throw new NetworkError("EADDRINUSE", "listen for DHCP", `port ${port}`);
    const socket = new this.#options.io.UDP({
      port,
      broadcast: true,
      onReadable: () => {
        for (let datagram = socket.read(); datagram !== undefined; datagram = socket.read())
          receive(new Uint8Array(datagram), Ipv4Address.parse(datagram.address), datagram.port);
      },
    });
    this.#socket = socket;
    return () => {
      socket.close();
      if (this.#socket === socket) this.#socket = undefined;
    };
  }

  /** What is for a MAC goes to everybody: a socket can't choose. */
  send(message: Uint8Array, { address, port, mac }: DhcpDestination): void {
    const socket = this.#socket;
    if (socket === undefined) throw new NetworkError("ENETDOWN", "send DHCP message", address.toString());
    const { network } = this.#options;
    if (network.ipv4 === undefined)
      network.configure({ address: linkLocalOf(this.mac), prefixLength: LINK_LOCAL_PREFIX_LENGTH, dns: [] });
    const destination = mac === undefined ? address : Ipv4Address.broadcast;
    socket.write(message, destination.toString(), port);
  }

  probe(): undefined {
    return undefined;
  }

  check(): undefined {
    return undefined;
  }

  announce(): false {
    return false;
  }
}

/** The same at each start, and another one for most devices; the first and the last 256 are reserved (RFC 3927 §2.1). */
function linkLocalOf(mac: MacAddress): Ipv4Address {
  const bytes = new Uint8Array(6);
  mac.write(bytes, 0);
  return Ipv4Address.parse(`169.254.${1 + (bytes[4]! % 254)}.${bytes[5]}`);
}
