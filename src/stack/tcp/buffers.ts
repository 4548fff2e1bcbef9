import { TCP_HEADER_LENGTH, TCP_MAX_WINDOW_SCALE, TCP_TIMESTAMPS_LENGTH } from "../../wire/tcp.js";
import type { Path } from "../ip/path.js";
import type { TcpTuning } from "../options.js";
import { DEFAULT_MSS, FEW_SEGMENTS } from "./connection.js";

/**
 * The MSS to announce: what a packet of the path can carry, and a quarter of the buffer at most. Where few segments
 * fill the buffer, they fill it to the last byte, for a sender does not send what is less than one.
 */
export function offeredMss(
  path: Path | undefined,
  { receiveBuffer }: TcpTuning,
  withTimestamps: boolean,
): number {
  const packet = path === undefined ? DEFAULT_MSS : path.maxPayload - TCP_HEADER_LENGTH;
  const options = withTimestamps ? TCP_TIMESTAMPS_LENGTH : 0;
  const count = Math.ceil(receiveBuffer / (packet - options));
  const even = count < FEW_SEGMENTS ? Math.floor(receiveBuffer / count) + options : packet;
  return Math.min(packet, even, receiveBuffer >> 2);
}

/** The smallest shift that lets the whole buffer be offered (RFC 7323 §2.3). */
export function windowScaleFor(tuning: TcpTuning): number {
  let scale = 0;
  while (tuning.receiveBuffer >> scale > 0xffff && scale < TCP_MAX_WINDOW_SCALE) scale++;
  return scale;
}
