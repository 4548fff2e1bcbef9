import type { Ipv4Address, MacAddress } from "../../address/index.js";
import type { DhcpDestination, Ipv4Configuration } from "../../host/index.js";
import type { DhcpFault } from "../../wire/index.js";
import type { DhcpLease, LeaseFault } from "./lease.js";

/**
 * The states of RFC 2131 §4.4, figure 5, and two around them: STOPPED, and PROBING, in which a leased address is
 * checked for another owner before it is used (RFC 2131 §4.4.1, RFC 5227).
 */
export type DhcpClientState =
  "STOPPED" | "INIT" | "SELECTING" | "REQUESTING" | "PROBING" | "BOUND" | "RENEWING" | "REBINDING";

/** Why an address is given up. */
export type DhcpLossReason = "expired" | "nak" | "stopped" | "conflict";

/** Why a message was dropped: malformed, somebody else's, out of place, or without a lease that can be used. */
export type DhcpIgnoreReason =
  | DhcpFault
  | LeaseFault
  | "not-a-reply"
  | "wrong-chaddr"
  | "wrong-xid"
  | "wrong-server"
  | "wrong-address"
  | "unexpected";

/** What happens to a client, in the order in which it happens. */
export type DhcpClientEvent =
  | { readonly type: "state"; readonly from: DhcpClientState; readonly to: DhcpClientState }
  | {
      readonly type: "sent";
      readonly message: "DISCOVER" | "REQUEST" | "DECLINE" | "RELEASE";
      readonly xid: number;
      readonly destination: Ipv4Address;
      /** The address asked for, extended or given back; DISCOVER has none. */
      readonly address?: Ipv4Address;
      /** The server spoken to, if one is. */
      readonly server?: Ipv4Address;
    }
  | {
      readonly type: "received";
      readonly message: "OFFER" | "ACK";
      readonly xid: number;
      readonly lease: DhcpLease;
    }
  | {
      readonly type: "received";
      readonly message: "NAK";
      readonly xid: number;
      readonly server: Ipv4Address;
      /** The server's explanation. */
      readonly text?: string;
    }
  /** A message was dropped, for the first time for this reason; further ones are only counted. */
  | { readonly type: "ignored"; readonly reason: DhcpIgnoreReason }
  /** Another host has the address; it was declined. */
  | { readonly type: "conflict"; readonly address: Ipv4Address; readonly owner: MacAddress }
  /** The address is in use. `probed` is false where the link could not look for another owner. */
  | { readonly type: "bound"; readonly lease: DhcpLease; readonly probed: boolean }
  | { readonly type: "renewed"; readonly lease: DhcpLease; readonly previous: DhcpLease }
  | { readonly type: "lost"; readonly lease: DhcpLease; readonly reason: DhcpLossReason };

/** Where the client machine's effects go. None of these may call the machine back before it returns. */
export interface DhcpClientSink {
  /** @param source 0.0.0.0 while the client has no address */
  send(message: Uint8Array, destination: DhcpDestination, source: Ipv4Address): void;
  /** Sets the interface's address, or takes it away. */
  configure(configuration: Ipv4Configuration | undefined): void;
  /**
   * Looks for another owner of `address`; the result goes to `DhcpClientMachine.probed`.
   * @returns a function that cancels, or undefined if the link cannot
   */
  probe(address: Ipv4Address): (() => void) | undefined;
  /** Tells the neighbors, and defends it; if it has to be given up, `DhcpClientMachine.conflicted` is told. */
  announce(address: Ipv4Address): void;
  event(event: DhcpClientEvent): void;
  /** The machine wants `poll` at `deadline` (monotonic ms) instead of when it last said; Infinity is never. */
  wake(deadline: number): void;
}
