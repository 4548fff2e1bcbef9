import type { Ipv4Address } from "../../address/index.js";
import type { Io, Log, Udp } from "../../host/index.js";

/** The port of DNS (RFC 1035 §4.2). */
export const DNS_PORT = 53;

/** Of a message's header (RFC 1035 §4.1.1): where its fields are, and how long it is. */
const FLAGS = 2;
const QUESTIONS = 4;
const ANSWERS = 6;
const HEADER = 12;

/** Bits of the flags' first byte: a response, its opcode, authoritative, recursion desired. */
const RESPONSE = 0x80;
const OPCODE = 0x78;
const AUTHORITATIVE = 0x04;
const RECURSION_DESIRED = 0x01;

/** A label's length at most; more is a pointer, which no question needs (RFC 1035 §4.1.4). */
const MAX_LABEL = 63;
const TYPE_A = 1;
const CLASS_IN = 1;

/**
 * An address record for the name at offset 12, of type A and class IN. Its time to live is 0, good for this one question: the
 * names are those of others.
 */
const RECORD: readonly number[] = Object.freeze([0xc0, HEADER, 0, TYPE_A, 0, CLASS_IN, 0, 0, 0, 0, 0, 4]);

/**
 * Answers to a DNS query that each name has this address. A question for anything else than an IPv4 address is answered
 * with none.
 *
 * @returns undefined for what is no query, or not one of a single question
 */
export function answerQuery(query: Uint8Array, address: Ipv4Address): Uint8Array | undefined {
  if (query.length < HEADER) return undefined;
  const first = query[FLAGS]!;
  if ((first & (RESPONSE | OPCODE)) !== 0 || query[QUESTIONS] !== 0 || query[QUESTIONS + 1] !== 1)
    return undefined;
  const type = endOfName(query);
  const end = type + 4;
  if (type === 0 || end > query.length) return undefined;
  const isAddress = word(query, type) === TYPE_A && word(query, type + 2) === CLASS_IN;
  const answer = new Uint8Array(end + (isAddress ? RECORD.length + 4 : 0));
  answer.set(query.subarray(0, end));
  // What stands behind the question, EDNS's record too, is not answered: its count and all others are 0.
  answer.fill(0, ANSWERS, HEADER);
  answer[FLAGS] = RESPONSE | AUTHORITATIVE | (first & RECURSION_DESIRED);
  answer[FLAGS + 1] = 0;
  if (!isAddress) return answer;
  answer[ANSWERS + 1] = 1;
  answer.set(RECORD, end);
  address.write(answer, end + RECORD.length);
  return answer;
}

/** Behind the name that the question begins with; 0 if it has no end. */
function endOfName(query: Uint8Array): number {
  let at = HEADER;
  for (;;) {
    const length = query[at];
    if (length === undefined || length > MAX_LABEL) return 0;
    at += 1 + length;
    if (length === 0) return at;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return 256 * bytes[at]! + bytes[at + 1]!;
}

/** A DNS server that has every name lead here, so that what a phone asks to find out whether there is an internet does. */
export class CaptiveNames {
  readonly #socket: Udp;

  /** @throws NetworkError EADDRINUSE, EACCES */
  constructor(io: Io, address: Ipv4Address, log: Log) {
    this.#socket = new io.UDP({
      port: DNS_PORT,
      onReadable(count) {
        for (let left = count; left > 0; left--) {
          const query = this.read();
          if (query === undefined) return;
          const answer = answerQuery(new Uint8Array(query), address);
          if (answer === undefined) continue;
          try {
            this.write(answer, query.address, query.port);
          } catch (error) {
            // The phone asks again.
            log("debug", `DNS: ${String(error)}`);
          }
        }
      },
    });
  }

  close(): void {
    this.#socket.close();
  }
}
