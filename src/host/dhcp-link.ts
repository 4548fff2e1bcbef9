import type { Ipv4Address, MacAddress } from "../address/index.js";

export interface DhcpDestination {
  readonly address: Ipv4Address;
  readonly port: number;
  /** Send to this MAC without ARP: the receiver may not own `address` yet. */
  readonly mac?: MacAddress;
}

/** Takes a received DHCP message (the UDP payload, borrowed until it returns). */
export type DhcpReceiver = (message: Uint8Array, source: Ipv4Address, sourcePort: number) => void;

/** Whether an address was free; `owner` is who answered for it. */
export type ProbeResult = { readonly free: true } | { readonly free: false; readonly owner: MacAddress };

/** What `DhcpLink.check` has found; `owner` is who answered, undefined where that is beyond a router. */
export type CheckResult =
  { readonly free: true } | { readonly free: false; readonly owner: MacAddress | undefined };

/**
 * What DHCP needs and UDP sockets cannot do: send from 0.0.0.0 and to hosts without an ARP entry, receive for an
 * address that is not owned yet, on one chosen interface (RFC 2131 §4.1).
 */
export interface DhcpLink {
  readonly mac: MacAddress;
  /**
   * True where nothing sent to an address arrives before the interface has it, so that a client must ask for answers by
   * broadcast (RFC 2131 §4.1).
   */
  readonly needsBroadcast?: boolean;
  /**
   * Receives messages that arrive for `port` (67 or 68), whatever their destination address.
   * @returns a function that closes the port
   * @throws NetworkError EADDRINUSE if somebody else has it
   */
  listen(port: number, receive: DhcpReceiver): () => void;
  /** Sends a message from `source` (0.0.0.0 while there is no address) and `sourcePort`. */
  send(message: Uint8Array, destination: DhcpDestination, source: Ipv4Address, sourcePort: number): void;
  /**
   * Asks the link whether anybody uses `address` (RFC 5227 §2.1). While the link is down there is no answer.
   * @returns a function that cancels, or undefined where the link cannot probe; then `done` is never called
   */
  probe(address: Ipv4Address, done: (result: ProbeResult) => void): (() => void) | undefined;
  /**
   * Asks quickly whether somebody answers for `address`, before it is offered to somebody else (RFC 2131 §2.2): by ARP
   * where it is on the link, by an ICMP echo request where it is beyond a router.
   * @param wait ms after which silence counts as an answer
   * @param done called once, from the host's event loop
   * @returns a function that cancels, or undefined where the link cannot ask; then `done` is never called
   */
  check(address: Ipv4Address, wait: number, done: (result: CheckResult) => void): (() => void) | undefined;
  /**
   * Tells the neighbors who owns `address` now (RFC 5227 §2.3), and defends it from then on (§2.4).
   * @param lost called where the link had to give the address up, and has taken it off the interface: `owner` uses it
   * @returns false where the link cannot
   */
  announce(address: Ipv4Address, lost?: (owner: MacAddress) => void): boolean;
}
