import type { Ipv4Address, MacAddress } from "../../address/index.js";
import type { DhcpDestination } from "../../host/index.js";
import type { DhcpFault } from "../../wire/index.js";

/** Why a message was dropped: malformed, for another server, from a relay of another network, or out of place. */
export type DhcpServerIgnoreReason =
  | DhcpFault
  | "not-a-request"
  | "bad-chaddr"
  | "bad-ciaddr"
  | "other-server"
  | "other-network"
  | "unknown-client"
  | "no-address-asked"
  | "no-address-left";

/** What happens to a server, in the order in which it happens. */
export type DhcpServerEvent =
  | {
      readonly type: "received";
      readonly message: "DISCOVER" | "REQUEST" | "DECLINE" | "RELEASE" | "INFORM";
      readonly client: MacAddress;
      readonly hostName?: string;
      /** The address that the client asks for, has, declines or gives back. */
      readonly address?: Ipv4Address;
    }
  | {
      readonly type: "sent";
      readonly message: "OFFER" | "ACK" | "NAK";
      readonly client: MacAddress;
      /** The address given; NAK has none. */
      readonly address?: Ipv4Address;
      /** Infinity is forever; NAK, and ACK to INFORM, have none. */
      readonly leaseSeconds?: number;
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
    };

/** Where the server machine's effects go. None of these may call the machine back before it returns. */
export interface DhcpServerSink {
  send(message: Uint8Array, destination: DhcpDestination): void;
  event(event: DhcpServerEvent): void;
  /** The machine wants `poll` at `deadline` (monotonic ms) instead of when it last said; Infinity is never. */
  wake(deadline: number): void;
}
