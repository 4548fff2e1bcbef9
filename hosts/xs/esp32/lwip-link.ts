/** Where lwIP's interface is, and who is told. */
export interface LwipLinkOptions {
  /** Six bytes. */
  readonly mac: Uint8Array;
  /** Something can be read. */
  readonly onReadable: () => void;
}

/** What `LwipLink.read` gives: the first byte says. */
export const DATAGRAM = 1;
export const ARP = 2;

/** Addresses that can be watched at a time. */
export const MAX_WATCHED = 4;

/** One of lwIP's interfaces, below its sockets. Addresses are four bytes each, as on the wire. */
export interface LwipLink {
  /** Receives what arrives on a UDP port; on 68 also without an address. @returns false if somebody else has the port */
  bind(port: number): boolean;
  unbind(): void;
  /** Sends a datagram from the bound port, by lwIP's routes and ARP. @returns false if it could not be sent */
  send(message: Uint8Array, destination: Uint8Array, port: number, source: Uint8Array): boolean;
  /** Sends an Ethernet frame as it is. @returns false if it could not be sent */
  transmit(frame: Uint8Array): boolean;
  /**
   * Receives the ARP packets in which another host says that it uses one of these addresses, or asks for one without having
   * any (RFC 5227), instead of those before. lwIP makes its interface anew whenever the radio is started: it is to be called
   * again when the link is up.
   * @returns false if there is no interface yet
   */
  watch(addresses: Uint8Array): boolean;
  /**
   * The oldest of what has arrived; undefined if there is no more. `DATAGRAM`, then the sender's address and port, then the
   * payload; or `ARP`, then the packet.
   */
  read(): ArrayBuffer | undefined;
  /** Whom lwIP asks for names. It forgets them whenever its address is set. */
  setDnsServers(addresses: Uint8Array): void;
}
