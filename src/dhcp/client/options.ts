import type { MacAddress } from "../../address/index.js";
import type { Random, WallClock } from "../../host/index.js";
import type { DhcpFqdn, DhcpOptions } from "../../wire/index.js";
import type { DhcpLease } from "./lease.js";

/** What a client tells a server about itself, and what it asks for. */
export interface DhcpRequestOptions {
  /** Told to the server, which may put it into its DNS. 1 to 63 printable ASCII characters. */
  readonly hostName?: string;
  /** Names the client to servers, which give it the same address again; absent: hardware type 1 and the MAC. */
  readonly clientIdentifier?: Uint8Array;
  /** The name with its domain, and who tells the DNS of it (RFC 4702); `hostName` is then not sent. */
  readonly clientFqdn?: DhcpFqdn;
  /** What kind of device this is (RFC 2132 §9.13). */
  readonly vendorClass?: string;
  /** What kinds of user or application it serves (RFC 3004). */
  readonly userClasses?: readonly Uint8Array[];
  /** Codes of options to ask for, besides those that the client uses itself. */
  readonly request?: readonly number[];
  /** How long a lease is asked for, Infinity is forever; the server decides. */
  readonly leaseSeconds?: number;
  /** Sent in addition, where a server asks. What is said elsewhere goes before it. */
  readonly options?: DhcpOptions;
  /** Asks servers to broadcast their answers, for links that cannot receive unicast without an address. */
  readonly broadcast?: boolean;
}

/** How a client behaves. */
export interface DhcpClientPolicy {
  /**
   * Chooses among the offers that came within `offerWait`: one of them, or none, and then servers are asked again later.
   * Absent: the first is taken at once.
   */
  readonly choose?: (offers: readonly DhcpLease[]) => DhcpLease | undefined;
  /** Milliseconds from the first offer to the choice; absent: `OFFER_WAIT`. */
  readonly offerWait?: number;
  /** Takes a lease from the first server that gives one unasked, in two messages (RFC 4039). Not together with `choose`. */
  readonly rapidCommit?: boolean;
  /** Uses an address of its own choice, 169.254.0.0/16, as long as no server answers (RFC 3927). Absent: false. */
  readonly linkLocal?: boolean | LinkLocalOptions;
}

export interface LinkLocalOptions {
  /** Milliseconds without an address until one is chosen; absent: `LINK_LOCAL_WAIT`. */
  readonly after?: number;
}

export interface DhcpClientMachineOptions extends DhcpRequestOptions, DhcpClientPolicy {
  readonly mac: MacAddress;
  /** The longest IP datagram that can be received, in bytes. */
  readonly mtu: number;
  readonly random: Random;
  /** Tells whether a stored lease still runs. */
  readonly wallClock?: WallClock;
  /** False where `DhcpClientSink.store` leads nowhere: then it is never called. Absent: true. */
  readonly storesLease?: boolean;
}
