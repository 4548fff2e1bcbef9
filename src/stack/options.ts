import type { Log, Random } from "../host/index.js";
import type { PortRange } from "./ports.js";

/** What a listener answers a SYN with if it is not to remember it: nothing, or a cookie (RFC 4987 §3.6). */
export type SynCookiePolicy = "never" | "when-full" | "always";

/** TCP's options; each default depends on the profile. */
export interface TcpTuning {
  /** Bytes of receive buffer a connection takes when it opens, 1 KiB to 1 GiB. */
  readonly receiveBuffer: number;
  /** Bytes of send buffer a connection takes when it opens. */
  readonly sendBuffer: number;
  /** Lower bound of the retransmission time-out in ms (RFC 6298 §2.4 asks for 1 s; hosts use less). */
  readonly minimumRto: number;
  /** Initial congestion window in segments (RFC 6928 for 10, RFC 5681 §3.1 for less). */
  readonly initialWindow: number;
  /** Longest time an acknowledgment is held back in ms (RFC 9293 §3.8.6.3 allows 500). */
  readonly delayedAck: number;
  /** How long TIME-WAIT lasts in ms: twice the maximum segment lifetime. */
  readonly timeWait: number;
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
  /** How long data may stay unacknowledged before the connection fails with ETIMEDOUT, in ms (RFC 9293 §3.10.1). */
  readonly userTimeout: number;
  readonly congestionControl: "cubic" | "newreno";
  /** Selective acknowledgments, both ways (RFC 2018); without them RACK and tail loss probes are off as well. */
  readonly sack: boolean;
  /** Timestamps and PAWS (RFC 7323): 12 bytes a segment. */
  readonly timestamps: boolean;
  readonly windowScaling: boolean;
  /** How long a SYN is repeated before ETIMEDOUT, in ms: at least 3 minutes (RFC 1122 §4.2.3.5). */
  readonly connectTimeout: number;
}

/** "device": small fixed buffers, for a microcontroller. "host": for machines with megabytes. */
export type Profile = "device" | "host";

const HOST: TcpTuning = Object.freeze({
  receiveBuffer: 256 * 1024,
  sendBuffer: 256 * 1024,
  minimumRto: 200,
  initialWindow: 10,
  delayedAck: 40,
  timeWait: 60_000,
  maxSynBacklog: 1_024,
  synCookies: "when-full",
  synAckRetries: 5,
  abortOnOverflow: false,
  maxConnections: 16_384,
  maxTimeWait: 4_096,
  userTimeout: 300_000,
  connectTimeout: 180_000,
  congestionControl: "cubic",
  sack: true,
  timestamps: true,
  windowScaling: true,
});

const DEVICE: TcpTuning = Object.freeze({
  ...HOST,
  receiveBuffer: 4096,
  sendBuffer: 4096,
  minimumRto: 1_000,
  initialWindow: 3,
  congestionControl: "newreno",
  timestamps: false,
  maxSynBacklog: 8,
  maxConnections: 32,
  maxTimeWait: 16,
});

export const TCP_PROFILES: Readonly<Record<Profile, TcpTuning>> = Object.freeze({
  device: DEVICE,
  host: HOST,
});

export interface StackOptions {
  readonly random: Random;
  /** Default: "host". */
  readonly profile?: Profile;
  /** Single values that differ from the profile's. */
  readonly tcp?: Partial<TcpTuning>;
  /** The ports that sockets get which ask for none; default: 49152 to 65535. */
  readonly ephemeralPorts?: PortRange;
  readonly log?: Log;
}
