import { ICMPV4_HEADER_LENGTH, emitIcmpv4 } from "../../wire/icmpv4.js";
import { PROTOCOL_ICMP } from "../../wire/ipv4.js";
import type { Path } from "../ip/path.js";
import type { Stack } from "../stack.js";

/** Sends one ICMP message. @param rest the four bytes after the checksum @param data what follows them */
export function sendIcmp(
  stack: Stack,
  path: Path,
  type: number,
  code: number,
  rest: number,
  data: Uint8Array,
): void {
  const { ip, counters } = stack;
  const length = ICMPV4_HEADER_LENGTH + data.length;
  const bytes = ip.bufferFor(path, length);
  bytes.set(data, path.payloadAt + ICMPV4_HEADER_LENGTH);
  emitIcmpv4(bytes, path.payloadAt, type, code, rest, length, !path.device.transmitChecksums);
  counters.icmpOutMsgs++;
  ip.send(path, PROTOCOL_ICMP, length, bytes);
}
