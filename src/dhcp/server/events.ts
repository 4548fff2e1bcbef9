import type { Ipv4Address, MacAddress } from "../../address/index.js";
import type { DhcpDestination } from "../../host/index.js";
import type { DhcpFault } from "../../wire/index.js";
import type { ServerLease } from "./lease.js";

/** Why a message got no answer: malformed, for another server, from a network that is not served, or out of place. */
export type DhcpServerIgnoreReason =
  | DhcpFault
  | "not-a-request"
  | "bad-chaddr"
  | "bad-ciaddr"
  | "other-server"
  | "other-network"
  | "unknown-client"
  | "no-address-asked"
  | "no-address-left"
  /** The client's MAC has as many addresses as one may have. */
  | "too-many-leases"
  /** Wrong here, but this server is not authoritative. */
  | "not-authoritative"
  /** The store failed, so the client was not told that it has a lease. */
  | "not-recorded"
  /** The answer would be longer than the client takes. */
  | "reply-too-long";

/** What happens to a server, in the order in which it happens. */
export type DhcpServerEvent =
  | {
      readonly type: "received";
      readonly message: "DISCOVER" | "REQUEST" | "DECLINE" | "RELEASE" | "INFORM";
      readonly client: MacAddress;
      readonly hostName?: string;
      /** The address that the client asks for, has, declines or gives back. */
      readonly address?: Ipv4Address;
      /** The relay agent that passed it on. */
      readonly relay?: Ipv4Address;
    }
  | {
      readonly type: "sent";
      readonly message: "OFFER" | "ACK" | "NAK";
      readonly client: MacAddress;
      /** The address given; NAK, and ACK to INFORM, have none. */
      readonly address?: Ipv4Address;
      /** Infinity is forever; NAK, and ACK to INFORM, have none. */
      readonly leaseSeconds?: number;
      /** Of a NAK: why, for a person. */
      readonly reason?: string;
      readonly destination: Ipv4Address;
    }
  /** A message got no answer, for the first time for this reason; further ones are only counted. */
  | { readonly type: "ignored"; readonly reason: DhcpServerIgnoreReason; readonly client?: MacAddress }
  /** The lease ended: by itself, by RELEASE, or by DECLINE, which quarantines the address. */
  | {
      readonly type: "ended";
      readonly client: MacAddress;
      readonly address: Ipv4Address;
      readonly reason: "expired" | "released" | "declined";
    }
  /** Somebody answered for an address that was to be offered: it is quarantined. */
  | {
      readonly type: "conflict";
      readonly client: MacAddress;
      readonly address: Ipv4Address;
      /** Undefined beyond a router. */
      readonly owner: MacAddress | undefined;
    }
  /** The link threw: the message is lost, as any may be. */
  | {
      readonly type: "send-failed";
      readonly message: "OFFER" | "ACK" | "NAK";
      readonly client: MacAddress;
      readonly destination: Ipv4Address;
      readonly error: unknown;
    }
  /** The store threw. What could not be recorded was not acknowledged. */
  | {
      readonly type: "store-failed";
      readonly operation: "record" | "remove";
      readonly address: Ipv4Address;
      readonly error: unknown;
    };

/** Where the server machine's effects go. None of these may call the machine back before it returns. */
export interface DhcpServerSink {
  /** What it throws means that the message is lost. */
  send(message: Uint8Array, destination: DhcpDestination): void;
  event(event: DhcpServerEvent): void;
  /** The machine wants `poll` at `deadline` (monotonic ms) instead of when it last said; Infinity is never. */
  wake(deadline: number): void;
  /**
   * Asks whether somebody uses `address`: `checked` takes the answer.
   * @returns false where that cannot be asked; then no answer comes
   */
  check(address: Ipv4Address): boolean;
  /** Writes a lease down; what it throws means that it is not. */
  record(lease: ServerLease): void;
  /** Forgets what was recorded for an address. */
  remove(address: Ipv4Address): void;
}
