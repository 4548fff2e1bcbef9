import type { Clock } from "wirelet/host/index";
import type { SocketProvider } from "wirelet/socket/index";

import type { Peer } from "./peer.js";

/** What not every provider has; a case names what it takes, and a provider why it lacks it. */
export const FEATURES = Object.freeze({
  "address-in-use": "a port that another listener has is refused",
  backpressure: "a sender that is not read from is held up",
  broadcast: "datagrams to all hosts of the link, and a peer that hears them",
  causes: "an error says what has happened",
  "deaf-neighbor": "an address on the link that nobody answers for",
  "half-close": "one direction of a connection is closed, the other goes on",
  "icmp-errors": "a connected UDP socket learns of closed ports",
  ipv6: "IPv6, at least on the loopback interface",
  "large-datagrams": "datagrams of more than 16 KiB are kept until they are read",
  "listen-on-address": "a listener that is bound to one address",
  "local-endpoint": "an outgoing connection whose local port is chosen",
  multicast: "groups, and a peer that is in them",
  "multicast-loop": "what a host sends to a group is heard on the host itself",
  "no-route": "an address that there is no way to",
  "number-format": "reading and writing single bytes",
  "peer-reset": "a peer that resets connections",
  "port-sharing": "UDP sockets that share a port",
  "privileged-ports": "ports below 1024 are refused to programs without privilege",
  "time-wait": "a port can be refused on which old connections linger",
  "udp-connect": "a UDP socket with one peer",
});

export type Feature = keyof typeof FEATURES;

/** Something to be closed at the end of a case. */
export interface Closeable {
  close(): unknown;
}

/** The world of one case. */
export interface Env {
  /** The provider under test. */
  readonly provider: SocketProvider;
  readonly clock: Clock;
  /** Where the peer reaches the provider. */
  readonly address: string;
  readonly peer: Peer;
  /** Where the provider reaches the peer. */
  readonly peerAddress: string;
  /** An address on the link that nobody has; there with the feature "deaf-neighbor". */
  readonly deafAddress?: string;
  /** An address that there is no route to; there with the feature "no-route". */
  readonly unroutedAddress?: string;
  /** The link's broadcast address; there with the feature "broadcast". */
  readonly broadcastAddress?: string;
  /** Bytes that are many segments, and even. */
  readonly bulk: number;
  /** Bytes that are more than all buffers on the way take. */
  readonly flood: number;
  /** Lets so many ms pass. */
  wait(ms: number): Promise<void>;
  /** Waits until nothing more can be expected to happen by itself: long where time is virtual, a moment else. */
  quiet(): Promise<void>;
  /** Has it closed at the end of the case. @returns it */
  use<T extends Closeable>(resource: T): T;
}

export interface SocketCase {
  readonly name: string;
  /** What it takes. A provider without it skips the case. */
  readonly needs?: readonly Feature[];
  run(env: Env): Promise<void> | void;
}

export interface Topic {
  readonly name: string;
  readonly cases: readonly SocketCase[];
}

/** Why a provider cannot do some things: by feature, and by a case's name for what no other case needs. */
export interface Lacks {
  readonly features?: Readonly<Partial<Record<Feature, string>>>;
  readonly cases?: Readonly<Record<string, string>>;
}

/** Why a provider that lacks something skips a case; undefined if it does not. */
export function skipReason({ name, needs = [] }: SocketCase, lacks: Lacks): string | undefined {
  for (const feature of needs) {
    const reason = lacks.features?.[feature];
    if (reason !== undefined) return reason;
  }
  return lacks.cases?.[name];
}
