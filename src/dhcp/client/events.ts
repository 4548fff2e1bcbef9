import type { Ipv4Address, MacAddress } from "../../address/index.js";
import type { DhcpDestination, Ipv4Configuration } from "../../host/index.js";
import type { DhcpFault } from "../../wire/index.js";
import type { DhcpBinding } from "./binding.js";
import type { DhcpLease, LeaseFault } from "./lease.js";
import type { DhcpClientState } from "./states.js";

/**
 * Why the configuration is what it is now. With an address: "bound" by a new lease; "renewed" by the lease's own server,
 * "rebound" by any; "rebooted": a server has confirmed a lease from before a reboot or a loss of the link; "resumed": no
 * server answered after a reboot, but the lease goes on (RFC 2131 §3.2); "link-local": nobody gave one (RFC 3927).
 * Without: the lease has "expired", a server refused it, or forbids link-local ones ("nak"), another host has the address ("conflict"), or the client was
 * stopped and gave it back ("released") or kept it for the next start ("stopped").
 */
export type DhcpChangeReason =
  | "bound"
  | "renewed"
  | "rebound"
  | "rebooted"
  | "resumed"
  | "link-local"
  | "expired"
  | "nak"
  | "conflict"
  | "released"
  | "stopped";

/**
 * What did not come about, so that nothing fails silently. The client goes on by itself in every case.
 * - "no-server": nobody answered a round of DISCOVERs
 * - "no-offer-chosen": the policy took none of the offers
 * - "request-unanswered", "renewal-unanswered", "reboot-unanswered": no answer to a REQUEST, told each time; for a renewal with
 *   the state
 * - "stored-lease": what storage holds is no lease of this client; it is ignored
 * - "storage", "send", "configure": the host threw
 * - "link-local": the link cannot probe, and without that no address may be chosen (RFC 3927 §2.2)
 * - "link-local-forbidden": a server wants its clients to choose none (RFC 2563)
 */
export type DhcpFailure =
  | "no-server"
  | "no-offer-chosen"
  | "request-unanswered"
  | "renewal-unanswered"
  | "reboot-unanswered"
  | "stored-lease"
  | "storage"
  | "send"
  | "configure"
  | "link-local"
  | "link-local-forbidden";

/** Why a message was dropped: malformed, somebody else's, out of place, too many, or without a lease that can be used. */
export type DhcpIgnoreReason =
  | DhcpFault
  | LeaseFault
  | "flood"
  | "not-a-reply"
  | "too-many-offers"
  | "wrong-chaddr"
  | "wrong-client-identifier"
  | "wrong-xid"
  | "wrong-server"
  | "wrong-address"
  | "unexpected";

/** What happens to a client, in the order in which it happens. */
export type DhcpClientEvent =
  | { readonly type: "state"; readonly from: DhcpClientState; readonly to: DhcpClientState }
  | {
      readonly type: "sent";
      readonly message: "DISCOVER" | "REQUEST" | "DECLINE" | "RELEASE" | "INFORM";
      readonly xid: number;
      readonly destination: Ipv4Address;
      /** The address asked for, extended or given back; most DISCOVERs have none. */
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
  /** Another host has the address; a leased one is declined. */
  | { readonly type: "conflict"; readonly address: Ipv4Address; readonly owner: MacAddress }
  /** The interface was configured, or the lease behind its configuration has changed. Undefined: no address. */
  | {
      readonly type: "changed";
      readonly reason: DhcpChangeReason;
      readonly previous: DhcpBinding | undefined;
      readonly current: DhcpBinding | undefined;
    }
  /** Something that was tried did not come about. `detail` is for a person. */
  | { readonly type: "failed"; readonly reason: DhcpFailure; readonly detail?: string };

/** Where the client machine's effects go. None of these may call the machine back before it returns. */
export interface DhcpClientSink {
  /** @param source 0.0.0.0 while the client has no address */
  send(message: Uint8Array, destination: DhcpDestination, source: Ipv4Address): void;
  /** Sets the interface's address, or takes it away. */
  configure(configuration: Ipv4Configuration | undefined): void;
  /**
   * Looks for another owner of `address`; the result goes to `DhcpClientMachine.probed`. It is asked for one at a time.
   * @returns a function that cancels, or undefined if the link cannot
   */
  probe(address: Ipv4Address): (() => void) | undefined;
  /** Tells the neighbors, and defends it; if it has to be given up, `DhcpClientMachine.conflicted` is told. */
  announce(address: Ipv4Address): void;
  /** Keeps the bytes over a reboot, for the next `DhcpClientMachine.start`; undefined: keeps none. */
  store(lease: Uint8Array | undefined): void;
  event(event: DhcpClientEvent): void;
  /** The machine wants `poll` at `deadline` (monotonic ms) instead of when it last said; Infinity is never. */
  wake(deadline: number): void;
}
