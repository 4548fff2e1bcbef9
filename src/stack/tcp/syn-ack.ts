import { TCP_ACK, TCP_SYN, emitSynOptions } from "../../wire/tcp.js";
import type { Path } from "../ip/path.js";
import type { TcpTuning } from "../options.js";
import { offeredMss, windowScaleFor } from "./buffers.js";
import type { PeerSyn } from "./handshake.js";
import { sendBare, type Ports } from "./reply.js";
import { advance } from "./sequence.js";
import type { Tcp } from "./tcp.js";

/** A SYN without options. */
export const NO_OPTIONS: PeerSyn = Object.freeze({
  mss: undefined,
  windowScale: undefined,
  sackPermitted: false,
  hasTimestamps: false,
  timestamp: 0,
  now: 0,
});

/** What a peer's SYN says, less what this end does not use. */
export function agreed(tuning: TcpTuning, syn: PeerSyn): PeerSyn {
  const { mss, windowScale, sackPermitted, hasTimestamps, timestamp, now } = syn;
  return {
    mss,
    windowScale: tuning.windowScaling ? windowScale : undefined,
    sackPermitted: tuning.sack && sackPermitted,
    hasTimestamps: tuning.timestamps && hasTimestamps,
    timestamp,
    now,
  };
}

/** The window that a SYN-ACK offers; never scaled (RFC 7323 §2.2). */
export function synAckWindow(tuning: TcpTuning): number {
  return Math.min(0xffff, tuning.receiveBuffer);
}

/**
 * Answers a SYN.
 * @param syn the options to accept
 * @param timestamps TSval and TSecr
 */
export function sendSynAck(
  { stack, tuning }: Tcp,
  path: Path,
  ports: Ports,
  iss: number,
  irs: number,
  syn: PeerSyn,
  timestamps: readonly [value: number, echo: number] | undefined,
): void {
  const length = emitSynOptions(stack.frame, path.payloadAt, {
    mss: offeredMss(path, tuning, timestamps !== undefined),
    windowScale: syn.windowScale === undefined ? undefined : windowScaleFor(tuning),
    sackPermitted: syn.sackPermitted,
    timestamps,
  });
  sendBare(stack, path, ports, TCP_SYN | TCP_ACK, iss, advance(irs, 1), synAckWindow(tuning), length);
}
