import { NetworkError } from "../error/index.js";
import type { Log, Random } from "../host/index.js";
import type { DefencePolicy } from "./neighbor/defence.js";
import type { PortRange } from "./ports.js";

/** What a listener answers a SYN with if it is not to remember it: nothing, or a cookie (RFC 4987 §3.6). */
export type SynCookiePolicy = "never" | "when-full" | "always";

/** TCP's options; each default depends on the profile. */
export interface TcpTuning {
  /** Bytes of receive buffer that a connection begins with: the first window. Set alone, it is also the largest. */
  readonly receiveBuffer: number;
  /** Bytes it may grow to as the program keeps up with a fast sender; equal to `receiveBuffer`: it does not. */
  readonly maxReceiveBuffer: number;
  /** Bytes of send buffer that a connection begins with. Set alone, it is also the largest. */
  readonly sendBuffer: number;
  /** Bytes it may grow to with the congestion window. */
  readonly maxSendBuffer: number;
  /** Takes the memory of both buffers when a connection opens, instead of as data comes; they do not grow then. */
  readonly reserveBuffers: boolean;
  /**
   * Bytes that the buffers of all connections may take. From three quarters on none grows, above it no window is
   * opened beyond a page; what keeps a connection going, and what a program was told that it may write, is still taken.
   */
  readonly memoryLimit: number;
  /** Lower bound of the retransmission time-out in ms (RFC 6298 §2.4 asks for 1 s; hosts use less). */
  readonly minimumRto: number;
  /** Initial congestion window in segments (RFC 6928 for 10, RFC 5681 §3.1 for less). */
  readonly initialWindow: number;
  /** Longest time an acknowledgment is held back in ms (RFC 9293 §3.8.6.3 allows 500). */
  readonly delayedAck: number;
  /** Segments acknowledged at once when a connection begins, so that the peer's window grows faster; Linux has 16. */
  readonly quickAcks: number;
  /** How long TIME-WAIT lasts in ms: twice the maximum segment lifetime. */
  readonly timeWait: number;
  /** How long FIN-WAIT-2 lasts once nobody can read any more, in ms. */
  readonly finTimeout: number;
  /** Half-open connections that listeners remember at most, all together. */
  readonly maxSynBacklog: number;
  /** What happens to a SYN above that; "always" remembers none at all. */
  readonly synCookies: SynCookiePolicy;
  /** How often a listener's SYN-ACK is repeated, at growing intervals from 1 s on, before it is given up. */
  readonly synAckRetries: number;
  /** Resets a connection that a listener has no room for, instead of waiting until the peer tries again. */
  readonly abortOnOverflow: boolean;
  /** Connections at most, TIME-WAIT not counted; a SYN above it is dropped, a connect fails with ENOBUFS. */
  readonly maxConnections: number;
  /** Connections in TIME-WAIT at most; above it the oldest goes. */
  readonly maxTimeWait: number;
  /** Closed connections at most that still wait for their peer; above it the oldest is reset. */
  readonly maxOrphans: number;
  /** How long data may stay unacknowledged before the connection fails with ETIMEDOUT, in ms (RFC 9293 §3.10.1). */
  readonly userTimeout: number;
  /**
   * Tells the peer how long this end waits, and waits as long as the peer does, within limits (RFC 5482). Off, as the RFC
   * has it: a peer could make this end keep its buffers for an hour.
   */
  readonly userTimeoutOption: boolean;
  /**
   * Challenge acknowledgments a second in all (RFC 5961 §7), about. Each connection has a limit of its own, and one for all
   * lets connections learn of each other: none by default, as in Linux.
   */
  readonly challengeAckLimit: number;
  /** After a pause longer than the RTO the window is the initial one again (RFC 5681 §4.1). */
  readonly slowStartAfterIdle: boolean;
  /** Leaves slow start when the round trip grows, before a queue overflows (RFC 9406). */
  readonly hyStart: boolean;
  readonly congestionControl: "cubic" | "newreno";
  /** Selective acknowledgments, both ways (RFC 2018); without them RACK and tail loss probes are off as well. */
  readonly sack: boolean;
  /** Tells of segments that came twice (RFC 2883); needs `sack`. */
  readonly dsack: boolean;
  /** Tail loss probes (RFC 8985 §7); need `sack`. */
  readonly tailLossProbe: boolean;
  /** Finds out whether a time-out was spurious (F-RTO, RFC 5682). */
  readonly frto: boolean;
  /** Timestamps and PAWS (RFC 7323): 12 bytes a segment. */
  readonly timestamps: boolean;
  readonly windowScaling: boolean;
  /**
   * Explicit congestion notification (RFC 3168): "active" asks for it in every SYN, "passive" agrees if the peer asks.
   * As in Linux, not to ask is the default: some firewalls still drop a SYN that does, which costs a second.
   */
  readonly ecn: "off" | "passive" | "active";
  /**
   * Trying out segment sizes (RFC 4821): "black-hole" once large segments vanish without a word from the routers, "always"
   * from the beginning of each connection.
   */
  readonly mtuProbing: "off" | "black-hole" | "always";
  /** How long a SYN is repeated before ETIMEDOUT, in ms: at least 3 minutes (RFC 1122 §4.2.3.5). */
  readonly connectTimeout: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
/** Less than that would make segments of the smallest MSS that others accept; more than 2³⁰ has no window scale. */
const MIN_BUFFER = KIB;
const MAX_BUFFER = 1024 * MIB;
/** What a microcontroller with 32 connections may spend on each. */
const MAX_RESERVED_BUFFER = 16 * KIB;

/** "device": small fixed buffers, for a microcontroller. "host": for machines with megabytes. */
export type Profile = "device" | "host";

const HOST: TcpTuning = Object.freeze({
  receiveBuffer: 64 * KIB,
  maxReceiveBuffer: 4 * MIB,
  sendBuffer: 64 * KIB,
  maxSendBuffer: 4 * MIB,
  reserveBuffers: false,
  memoryLimit: 256 * MIB,
  minimumRto: 200,
  initialWindow: 10,
  delayedAck: 40,
  quickAcks: 0,
  timeWait: 60_000,
  finTimeout: 60_000,
  maxSynBacklog: 1_024,
  synCookies: "when-full",
  synAckRetries: 5,
  abortOnOverflow: false,
  maxConnections: 16_384,
  maxTimeWait: 4_096,
  maxOrphans: 4_096,
  userTimeout: 300_000,
  userTimeoutOption: false,
  connectTimeout: 180_000,
  challengeAckLimit: Infinity,
  slowStartAfterIdle: true,
  hyStart: true,
  congestionControl: "cubic",
  sack: true,
  dsack: true,
  tailLossProbe: true,
  frto: true,
  timestamps: true,
  windowScaling: true,
  ecn: "passive",
  mtuProbing: "black-hole",
});

const DEVICE: TcpTuning = Object.freeze({
  ...HOST,
  receiveBuffer: 4 * KIB,
  maxReceiveBuffer: 4 * KIB,
  sendBuffer: 4 * KIB,
  maxSendBuffer: 4 * KIB,
  reserveBuffers: true,
  minimumRto: 1_000,
  initialWindow: 3,
  congestionControl: "newreno",
  hyStart: false,
  timestamps: false,
  maxSynBacklog: 8,
  maxConnections: 32,
  maxTimeWait: 16,
  // Each holds its buffers.
  maxOrphans: 8,
});

export const TCP_PROFILES: Readonly<Record<Profile, TcpTuning>> = Object.freeze({
  device: DEVICE,
  host: HOST,
});

/**
 * The profile's options with `changes`. A buffer whose size alone is given is fixed.
 * @throws NetworkError EINVAL for a buffer size out of range
 */
export function tuningOf(profile: Profile, changes: Partial<TcpTuning> = {}): TcpTuning {
  const tuning = {
    ...TCP_PROFILES[profile],
    ...(changes.receiveBuffer !== undefined && { maxReceiveBuffer: changes.receiveBuffer }),
    ...(changes.sendBuffer !== undefined && { maxSendBuffer: changes.sendBuffer }),
    ...changes,
  };
  const largest = tuning.reserveBuffers ? MAX_RESERVED_BUFFER : MAX_BUFFER;
  for (const name of ["receiveBuffer", "sendBuffer"] as const) {
    checkSize(name, tuning[name], MIN_BUFFER, largest);
  }
  // What is reserved has its size already.
  checkSize(
    "maxReceiveBuffer",
    tuning.maxReceiveBuffer,
    tuning.receiveBuffer,
    tuning.reserveBuffers ? tuning.receiveBuffer : largest,
  );
  checkSize(
    "maxSendBuffer",
    tuning.maxSendBuffer,
    tuning.sendBuffer,
    tuning.reserveBuffers ? tuning.sendBuffer : largest,
  );
  return tuning;
}

/** UDP's options; each default depends on the profile. */
export interface UdpTuning {
  /** Bytes of datagrams that may wait in a socket to be read. */
  readonly receiveBuffer: number;
  /** How many they may be: empty ones take memory too. */
  readonly maxDatagrams: number;
}

export const UDP_PROFILES: Readonly<Record<Profile, UdpTuning>> = Object.freeze({
  // Nothing is taken before a datagram comes. A few of DNS's or DHCP's size wait while a program is busy.
  device: Object.freeze({ receiveBuffer: 16 * 1024, maxDatagrams: 16 }),
  // As Linux's rmem_default: three datagrams of the largest size, or a burst of small ones.
  host: Object.freeze({ receiveBuffer: 208 * 1024, maxDatagrams: 256 }),
});

/** The profile's options with `changes`. @throws NetworkError EINVAL for one out of range */
export function udpTuningOf(profile: Profile, changes: Partial<UdpTuning> = {}): UdpTuning {
  const tuning = { ...UDP_PROFILES[profile], ...changes };
  checkSize("udp.receiveBuffer", tuning.receiveBuffer, 1, MAX_BUFFER);
  checkSize("udp.maxDatagrams", tuning.maxDatagrams, 1, MAX_BUFFER, "");
  return tuning;
}

function checkSize(name: string, value: number, least: number, most: number, unit = " bytes"): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const detail = `${name} must be ${least} to ${most}${unit}, not ${value}`;
  throw new NetworkError("EINVAL", "create stack", undefined, detail);
}

export interface StackOptions {
  readonly random: Random;
  /** Default: "host". */
  readonly profile?: Profile;
  /** Single values that differ from the profile's. */
  readonly tcp?: Partial<TcpTuning>;
  readonly udp?: Partial<UdpTuning>;
  /** Sends on what is for others, as a router does (RFC 1812); absent: a host drops it (RFC 1122 §3.2.1.3). */
  readonly forwarding?: boolean;
  /** Believes ICMP redirects of the gateway in use (RFC 1122 §3.2.2.2); absent: they are ignored, and counted. */
  readonly acceptRedirects?: boolean;
  /** What to do about another host with an address of this one (RFC 5227 §2.4); absent: "once". */
  readonly addressDefence?: DefencePolicy;
  /** Whether sockets may be bound to the ports 1 to 1023, or get EACCES as unprivileged programs do; absent: "allowed". */
  readonly privilegedPorts?: "allowed" | "refused";
  /** The ports that sockets get which ask for none; default: 49152 to 65535. */
  readonly ephemeralPorts?: PortRange;
  readonly log?: Log;
}
