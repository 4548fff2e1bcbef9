import { PROTOCOL_TCP } from "../../wire/ipv4.js";
import {
  TCP_ACK,
  TCP_FIN,
  TCP_HEADER_LENGTH,
  TCP_RST,
  TCP_SYN,
  emitTcp,
  emitTimestampsOption,
} from "../../wire/tcp.js";
import type { Path } from "../ip/path.js";
import type { Stack } from "../stack.js";
import type { Segment } from "./segment.js";
import { advance } from "./sequence.js";
import type { Timestamps } from "./timestamps.js";

/** The ports of what a segment is sent for. */
export interface Ports {
  readonly localPort: number;
  readonly remotePort: number;
}

/**
 * Sends a segment without data where there is no connection that could.
 * @param window as it stands in the header
 * @param optionLength bytes of options that stand in the frame already
 */
export function sendBare(
  stack: Stack,
  path: Path,
  { localPort, remotePort }: Ports,
  flags: number,
  sequence: number,
  acknowledgment: number,
  window = 0,
  optionLength = 0,
): void {
  const { frame, counters } = stack;
  const length = TCP_HEADER_LENGTH + optionLength;
  emitTcp(
    frame,
    path.payloadAt,
    localPort,
    remotePort,
    sequence,
    acknowledgment,
    flags,
    window,
    length,
    length,
    path.pseudoSum(PROTOCOL_TCP, length),
  );
  counters.tcpOutSegs++;
  if ((flags & TCP_RST) !== 0) counters.tcpOutRsts++;
  stack.ip.send(path, PROTOCOL_TCP, length);
}

/** Answers a segment that nobody expects (RFC 9293 §3.10.7.1). */
export function sendResetFor(stack: Stack, path: Path, segment: Segment): void {
  if (segment.has(TCP_ACK)) {
    sendBare(stack, path, segment, TCP_RST, segment.acknowledgment, 0);
    return;
  }
  const length = segment.dataLength + (segment.has(TCP_SYN) ? 1 : 0) + (segment.has(TCP_FIN) ? 1 : 0);
  sendBare(stack, path, segment, TCP_RST | TCP_ACK, 0, advance(segment.sequence, length));
}

/** <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, with timestamps where they are in use. */
export function sendBareAck(
  stack: Stack,
  path: Path,
  ports: Ports,
  sequence: number,
  acknowledgment: number,
  window: number,
  timestamps: Timestamps | undefined,
): void {
  const begin = path.payloadAt + TCP_HEADER_LENGTH;
  const end =
    timestamps === undefined
      ? begin
      : emitTimestampsOption(stack.frame, begin, timestamps.at(stack.now), timestamps.recent);
  sendBare(stack, path, ports, TCP_ACK, sequence, acknowledgment, window, end - begin);
}
