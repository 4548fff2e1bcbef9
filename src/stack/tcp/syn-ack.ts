import {
  TCP_ACK,
  TCP_ECE,
  TCP_HEADER_LENGTH,
  TCP_SYN,
  emitSynOptions,
  emitUserTimeoutOption,
} from "../../wire/tcp.js";
import type { Path } from "../ip/path.js";
import type { TcpTuning } from "../options.js";
import { offeredMss } from "./buffers.js";
import { ECN_FLAGS } from "./ecn.js";
import type { PeerSyn } from "./handshake.js";
import { sendBare, type Ports } from "./reply.js";
import { advance } from "./sequence.js";
import type { Tcp } from "./tcp.js";

/** A SYN without options. */
export const NO_OPTIONS: PeerSyn = Object.freeze({
  flags: 0,
  mss: undefined,
  windowScale: undefined,
  sackPermitted: false,
  hasTimestamps: false,
  timestamp: 0,
  userTimeout: undefined,
  now: 0,
});

/** What a peer's SYN says, less what this end does not use. */
export function agreed(tuning: TcpTuning, syn: PeerSyn): PeerSyn {
  const { flags, mss, windowScale, sackPermitted, hasTimestamps, timestamp, userTimeout, now } = syn;
  return {
    flags: tuning.ecn !== "off" && (flags & ECN_FLAGS) === ECN_FLAGS ? ECN_FLAGS : 0,
    mss,
    windowScale: tuning.windowScaling ? windowScale : undefined,
    sackPermitted: tuning.sack && sackPermitted,
    hasTimestamps: tuning.timestamps && hasTimestamps,
    timestamp,
    userTimeout: tuning.userTimeoutOption ? userTimeout : undefined,
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
  { stack, tuning, windowScale }: Tcp,
  path: Path,
  ports: Ports,
  iss: number,
  irs: number,
  syn: PeerSyn,
  timestamps: readonly [value: number, echo: number] | undefined,
): void {
  let length = emitSynOptions(stack.frame, path.payloadAt, {
    mss: offeredMss(path, tuning, timestamps !== undefined),
    windowScale: syn.windowScale === undefined ? undefined : windowScale,
    sackPermitted: syn.sackPermitted,
    timestamps,
  });
  if (tuning.userTimeoutOption) {
    const begin = path.payloadAt + TCP_HEADER_LENGTH;
    length = emitUserTimeoutOption(stack.frame, begin + length, tuning.userTimeout) - begin;
  }
  const flags = TCP_SYN | TCP_ACK | (syn.flags === 0 ? 0 : TCP_ECE);
  sendBare(stack, path, ports, flags, iss, advance(irs, 1), synAckWindow(tuning), length);
}
