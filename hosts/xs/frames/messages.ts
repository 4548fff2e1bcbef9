import { NetworkError } from "../../../src/error/index.js";

/*
 * What a device without hardware and the program that carries its frames say to each other.
 *
 * The carrier sends a request and the device answers with one reply; between requests the device does nothing and its
 * time stands still. Both are a message:
 *
 *     float64 time | record | record | …        record: uint8 kind | uint16 length | bytes
 *
 * Numbers are big-endian. In a request, `time` is now (monotonic milliseconds, never less than in the request
 * before). In a reply it is when the device next wants a request if nothing else happens: Infinity for never; not
 * later than now for at once.
 *
 *     kind       direction   bytes
 *     1 start    request     MAC (6), uint16 MTU, seed of the random numbers (16); once, in the first request
 *     2 frame    both        one Ethernet frame without FCS; in a reply, to be transmitted now
 *     3 link     request     uint8: 1 the link is up (as it is at the start), 0 it is down
 *     4 memory   request     float64 bytes in use, float64 bytes there are (0: unknown)
 *     5 log      reply       uint8 index into LOG_LEVELS, then the line in UTF-8
 *
 * Records are in the order in which things happened. A message has no length of its own: what carries it (a netstring,
 * a call) knows where it ends.
 */

/** The kinds of record. */
export const RecordKind = Object.freeze({ start: 1, frame: 2, link: 3, memory: 4, log: 5 });

/** The most bytes a record holds: its length is a uint16. */
export const MAX_RECORD_LENGTH = 0xffff;

const TIME_LENGTH = 8;
const RECORD_HEADER_LENGTH = 3;
/** Room for a full Ethernet frame and a line of log without growing. */
const INITIAL_CAPACITY = 2048;

/** Builds one message after another in a buffer that grows as needed. */
export class MessageWriter {
  #bytes = new Uint8Array(INITIAL_CAPACITY);
  #length = TIME_LENGTH;

  /**
   * Appends a record of the first `length` bytes of `bytes`.
   * @throws NetworkError EMSGSIZE beyond MAX_RECORD_LENGTH
   */
  append(kind: number, bytes: Uint8Array, length = bytes.length): void {
    if (length > MAX_RECORD_LENGTH) throw new NetworkError("EMSGSIZE", "append record", `${length} bytes`);
    const start = this.#length + RECORD_HEADER_LENGTH;
    this.#reserve(start + length);
    const target = this.#bytes;
    target[start - 3] = kind;
    target[start - 2] = length >>> 8;
    target[start - 1] = length & 0xff;
    target.set(length === bytes.length ? bytes : bytes.subarray(0, length), start);
    this.#length = start + length;
  }

  /** The message with its time set, in a buffer of its own; the next one begins. */
  finish(time: number): ArrayBuffer {
    const message = this.#bytes.buffer.slice(0, this.#length);
    new DataView(message).setFloat64(0, time);
    this.#length = TIME_LENGTH;
    return message;
  }

  #reserve(length: number): void {
    if (length <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** The time at the head of a message. @throws NetworkError EINVAL if it is not there or not a number */
export function messageTime(message: Uint8Array): number {
  if (message.length < TIME_LENGTH) throw malformed("no time");
  const time = new DataView(message.buffer, message.byteOffset, TIME_LENGTH).getFloat64(0);
  if (Number.isNaN(time)) throw malformed("time is not a number");
  return time;
}

/**
 * Calls `visit` for each record; `bytes` is a view into the message.
 * @throws NetworkError EINVAL on a record that is cut off; those before it were visited
 */
export function readRecords(message: Uint8Array, visit: (kind: number, bytes: Uint8Array) => void): void {
  let offset = TIME_LENGTH;
  while (offset < message.length) {
    const start = offset + RECORD_HEADER_LENGTH;
    if (start > message.length) throw malformed("record without length");
    const end = start + ((message[start - 2]! << 8) | message[start - 1]!);
    if (end > message.length) throw malformed("record is cut off");
    visit(message[offset]!, message.subarray(start, end));
    offset = end;
  }
}

function malformed(detail: string): NetworkError {
  return new NetworkError("EINVAL", "read message", undefined, detail);
}
