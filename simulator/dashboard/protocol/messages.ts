import type { DhcpStatus } from "../../../src/device/index.js";
import type { StoryLine } from "../../story.js";
import type { Action } from "../run/action.js";

// What the server and the page say to each other over the WebSocket, as JSON; packets go in batches of bytes (batch.ts).

/** Of everything that is shown as a picture. */
export interface HostPicture {
  readonly name: string;
  readonly kind: "device" | "router" | "computer";
  /** In the order of its interfaces: the MAC of each, and the cable that it is plugged in with. */
  readonly interfaces: readonly { readonly mac: string; readonly cable: string }[];
  readonly isOn: boolean;
  /** "192.168.1.7/24", of all its interfaces. */
  readonly addresses: readonly string[];
}

export interface CablePicture {
  readonly name: string;
  /** The hosts and switches at its ends. */
  readonly ends: readonly End[];
  readonly isUp: boolean;
  readonly isCut: boolean;
  /** The names of the fault rules on it, each once. */
  readonly faults: readonly string[];
}

export interface End {
  readonly kind: "host" | "switch";
  readonly name: string;
}

export interface ArpEntry {
  readonly address: string;
  readonly mac: string | null;
  readonly state: string;
}

export interface RouteEntry {
  readonly destination: string;
  /** Null: on the link. */
  readonly gateway: string | null;
  readonly device: string;
}

export interface SocketEntry {
  readonly protocol: "TCP" | "UDP";
  readonly local: string;
  /** Null where there is no peer. */
  readonly remote: string | null;
  /** As RFC 9293 writes it; "" for UDP. */
  readonly state: string;
  /** Bytes that wait to be sent or acknowledged, and to be read. */
  readonly sending: number;
  readonly receiving: number;
}

/** What a DHCP server has given out. */
export interface LeaseEntry {
  readonly address: string;
  readonly mac: string;
  readonly name: string | null;
  readonly state: string;
  /** Null: for ever. */
  readonly secondsLeft: number | null;
}

/** What is shown of one host. */
export interface HostDetails {
  readonly name: string;
  readonly profile: string;
  readonly reboots: number;
  readonly uptimeSeconds: number;
  readonly dhcp: DhcpStatus | null;
  readonly gateway: string | null;
  readonly dns: readonly string[];
  readonly arp: readonly ArpEntry[];
  readonly routes: readonly RouteEntry[];
  readonly sockets: readonly SocketEntry[];
  /** Addresses that its DHCP server has given out; null where it is none. */
  readonly leases: readonly LeaseEntry[] | null;
  /** Bytes. */
  readonly memory: { readonly used: number; readonly total?: number };
  readonly counters: Readonly<Record<string, number>>;
  /** Why it has thrown frames away, and how many. */
  readonly drops: Readonly<Record<string, number>>;
  /** The port of its own page; null: it has none. */
  readonly page: number | null;
}

/** The virtual time, and how it passes. */
export interface ClockMessage {
  readonly type: "clock";
  /** Virtual ms. */
  readonly time: number;
  readonly event: number;
  readonly isPaused: boolean;
  /** Virtual ms for each real one; null: as fast as it goes. */
  readonly speed: number | null;
  /** Actions of a file that are still to come. */
  readonly isReplaying: boolean;
}

export type ServerMessage =
  /** Another run begins: nothing of what was told before is true any more. */
  | { readonly type: "run"; readonly scenario: string; readonly seed: number; readonly heardOutside: boolean }
  | ClockMessage
  /** Those that have changed; all others are as they were. */
  | { readonly type: "hosts"; readonly hosts: readonly HostPicture[] }
  | {
      readonly type: "cables";
      readonly switches: readonly string[];
      readonly cables: readonly CablePicture[];
    }
  | { readonly type: "details"; readonly details: HostDetails }
  | { readonly type: "story"; readonly lines: readonly StoryLine[] }
  /** The ports that batches refer to, from number `first` on. */
  | { readonly type: "ports"; readonly first: number; readonly names: readonly string[] }
  /** The tab was too slow, or came late: batches that it has missed. */
  | { readonly type: "gap"; readonly packets: number }
  | { readonly type: "answer"; readonly to: number; readonly error?: string; readonly value?: string };

/** What a tab asks for; the answer has its number. */
export type Request =
  | { readonly ask: "pause" | "resume" | "step" | "restart" | "save" }
  | { readonly ask: "speed"; readonly speed: number | null }
  | { readonly ask: "act"; readonly action: Action }
  | { readonly ask: "load"; readonly file: string }
  /** Details of this host from now on; null: of none. */
  | { readonly ask: "watch"; readonly host: string | null }
  /** The URL of a host's own page. */
  | { readonly ask: "page"; readonly host: string };

export type RequestMessage = Request & { readonly id: number };
