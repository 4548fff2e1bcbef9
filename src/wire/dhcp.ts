/**
 * DHCP messages (RFC 2131 §2): BOOTP's fixed header, and the options behind it. This file knows where options stand:
 * in the options field and, with overload, in `file` and `sname`. dhcp-options.ts knows what they mean.
 */
import { Ipv4Address, MacAddress } from "../address/index.js";
import { NetworkError } from "../error/index.js";
import { readU16, readU32, writeU16, writeU32 } from "./bytes.js";
import {
  DHCP_OPTION_END,
  DHCP_OPTION_MESSAGE_TYPE,
  DHCP_OPTION_OVERLOAD,
  DHCP_OPTION_PAD,
  readDhcpOptions,
  readDhcpText,
  writeDhcpOptions,
  writeDhcpText,
  type DhcpOptions,
  type DhcpRawOption,
} from "./dhcp-options.js";
import { MAC_LENGTH } from "./ethernet.js";

export {
  DHCP_INFINITE_TIME,
  DHCP_OPTION_BROADCAST_ADDRESS,
  DHCP_OPTION_DNS_SERVERS,
  DHCP_OPTION_DOMAIN_NAME,
  DHCP_OPTION_LEASE_TIME,
  DHCP_OPTION_REBINDING_TIME,
  DHCP_OPTION_RENEWAL_TIME,
  DHCP_OPTION_ROUTERS,
  DHCP_OPTION_SUBNET_MASK,
  type DhcpOptions,
  type DhcpRawOption,
} from "./dhcp-options.js";

/** UDP ports (RFC 2131 §4.1). */
export const DHCP_SERVER_PORT = 67;
export const DHCP_CLIENT_PORT = 68;

/** IPv4 and UDP headers: what an IP datagram is longer than the DHCP message in it. */
export const DHCP_DATAGRAM_OVERHEAD = 28;
/** Shorter messages are padded: BOOTP's are 300 bytes, and relays drop what is shorter (RFC 1542 §2.1). */
export const DHCP_MIN_LENGTH = 300;
/** What every receiver must take: a datagram of 576 bytes (RFC 2131 §2). */
export const DHCP_DEFAULT_LIMIT = 576 - DHCP_DATAGRAM_OVERHEAD;
/** Longer messages are refused: nobody is told of more room than one Ethernet frame, and parsing stays bounded. */
export const DHCP_MAX_LENGTH = 1500 - DHCP_DATAGRAM_OVERHEAD;

const OP = 0;
const HARDWARE_TYPE = 1;
const HARDWARE_LENGTH = 2;
const HOPS = 3;
const XID = 4;
const SECS = 8;
const FLAGS = 10;
const CIADDR = 12;
const YIADDR = 16;
const SIADDR = 20;
const GIADDR = 24;
const CHADDR = 28;
const SNAME = 44;
const FILE = 108;
const COOKIE = 236;
const OPTIONS = 240;

const OP_REQUEST = 1;
const OP_REPLY = 2;
const HARDWARE_ETHERNET = 1;
const FLAG_BROADCAST = 0x8000;
const MAGIC_COOKIE = 0x63825363;
const MAX_OPTION_LENGTH = 255;

/** Bits of the overload option: which header fields hold options (RFC 2132 §9.3). */
const OVERLOAD_FILE = 1;
const OVERLOAD_SNAME = 2;

export type DhcpMessageType =
  "DISCOVER" | "OFFER" | "REQUEST" | "DECLINE" | "ACK" | "NAK" | "RELEASE" | "INFORM";

/** By the value of option 53, from 1 (RFC 2132 §9.6). */
const MESSAGE_TYPES: readonly DhcpMessageType[] = Object.freeze([
  "DISCOVER",
  "OFFER",
  "REQUEST",
  "DECLINE",
  "ACK",
  "NAK",
  "RELEASE",
  "INFORM",
]);

export interface DhcpMessage {
  /** Option 53. It settles `op` too: servers send OFFER, ACK and NAK. */
  readonly type: DhcpMessageType;
  /** Relays passed. */
  readonly hops: number;
  /** Transaction of the client's choosing, 32 bits. */
  readonly xid: number;
  /** Seconds since the client began, 16 bits. */
  readonly secs: number;
  /** The client cannot receive unicast before it has an address. */
  readonly broadcast: boolean;
  /** The client's address, if it can answer ARP for it. */
  readonly ciaddr: Ipv4Address;
  /** "Your" address: what the server gives. */
  readonly yiaddr: Ipv4Address;
  /** The next server to boot from. */
  readonly siaddr: Ipv4Address;
  /** The relay's address on the client's network. */
  readonly giaddr: Ipv4Address;
  readonly chaddr: MacAddress;
  /** The server's name; "" if there is none or options stand there. */
  readonly sname: string;
  /** The boot file's name; "" if there is none or options stand there. */
  readonly file: string;
  readonly options: DhcpOptions;
}

export type DhcpFault =
  | "dhcp-truncated"
  | "dhcp-oversized"
  | "dhcp-hardware"
  | "dhcp-cookie"
  | "dhcp-options"
  | "dhcp-overload"
  | "dhcp-message-type"
  | "dhcp-op";

/** Reads a UDP payload. The result shares no memory with `bytes`. */
export function parseDhcp(bytes: Uint8Array): DhcpMessage | DhcpFault {
  if (bytes.length < OPTIONS) return "dhcp-truncated";
  if (bytes.length > DHCP_MAX_LENGTH) return "dhcp-oversized";
  if (bytes[HARDWARE_TYPE] !== HARDWARE_ETHERNET || bytes[HARDWARE_LENGTH] !== MAC_LENGTH)
    return "dhcp-hardware";
  if (readU32(bytes, COOKIE) !== MAGIC_COOKIE) return "dhcp-cookie";

  const values = new Map<number, Uint8Array>();
  if (!collectOptions(bytes, OPTIONS, bytes.length, values)) return "dhcp-options";
  // Read once, before the fields it points to: an overload option within them means nothing.
  const overload = readOverload(values.get(DHCP_OPTION_OVERLOAD));
  if (overload === undefined) return "dhcp-overload";
  const fileIsOptions = (overload & OVERLOAD_FILE) !== 0;
  const snameIsOptions = (overload & OVERLOAD_SNAME) !== 0;
  if (fileIsOptions && !collectOptions(bytes, FILE, COOKIE, values)) return "dhcp-options";
  if (snameIsOptions && !collectOptions(bytes, SNAME, FILE, values)) return "dhcp-options";

  const type = readMessageType(values.get(DHCP_OPTION_MESSAGE_TYPE));
  if (type === undefined) return "dhcp-message-type";
  if (bytes[OP] !== opOf(type)) return "dhcp-op";
  values.delete(DHCP_OPTION_OVERLOAD);
  values.delete(DHCP_OPTION_MESSAGE_TYPE);

  return {
    type,
    hops: bytes[HOPS]!,
    xid: readU32(bytes, XID),
    secs: readU16(bytes, SECS),
    broadcast: (readU16(bytes, FLAGS) & FLAG_BROADCAST) !== 0,
    ciaddr: Ipv4Address.read(bytes, CIADDR),
    yiaddr: Ipv4Address.read(bytes, YIADDR),
    siaddr: Ipv4Address.read(bytes, SIADDR),
    giaddr: Ipv4Address.read(bytes, GIADDR),
    chaddr: MacAddress.read(bytes, CHADDR),
    sname: snameIsOptions ? "" : readDhcpText(bytes, SNAME, FILE),
    file: fileIsOptions ? "" : readDhcpText(bytes, FILE, COOKIE),
    options: readDhcpOptions(values),
  };
}

/**
 * Adds the options between `start` and `end` to `values`; the parts of one that appears more than once are joined
 * (RFC 3396 §7).
 * @returns false if one is cut off, or none of them is END (RFC 2131 §4.1 demands it, and a cut then shows)
 */
function collectOptions(
  bytes: Uint8Array,
  start: number,
  end: number,
  values: Map<number, Uint8Array>,
): boolean {
  let at = start;
  while (at < end) {
    const code = bytes[at++]!;
    if (code === DHCP_OPTION_END) return true;
    if (code === DHCP_OPTION_PAD) continue;
    if (at === end) return false;
    const length = bytes[at++]!;
    if (length > end - at) return false;
    const part = bytes.slice(at, at + length);
    const before = values.get(code);
    values.set(code, before === undefined ? part : joined(before, part));
    at += length;
  }
  return false;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function readOverload(value: Uint8Array | undefined): number | undefined {
  if (value === undefined) return 0;
  const overload = value.length === 1 ? value[0]! : 0;
  return overload >= 1 && overload <= (OVERLOAD_FILE | OVERLOAD_SNAME) ? overload : undefined;
}

function readMessageType(value: Uint8Array | undefined): DhcpMessageType | undefined {
  return value?.length === 1 ? MESSAGE_TYPES[value[0]! - 1] : undefined;
}

function opOf(type: DhcpMessageType): number {
  return type === "OFFER" || type === "ACK" || type === "NAK" ? OP_REPLY : OP_REQUEST;
}

/**
 * The message's bytes, padded to `DHCP_MIN_LENGTH`. Options that do not fit go on in `file` and `sname` (RFC 2131
 * §4.1) where these are empty.
 * @param limit the most bytes the receiver takes, at least `DHCP_DEFAULT_LIMIT`
 * @throws NetworkError EMSGSIZE if the options do not fit
 */
export function emitDhcp(message: DhcpMessage, limit: number = DHCP_DEFAULT_LIMIT): Uint8Array {
  const bytes = new Uint8Array(limit);
  bytes[OP] = opOf(message.type);
  bytes[HARDWARE_TYPE] = HARDWARE_ETHERNET;
  bytes[HARDWARE_LENGTH] = MAC_LENGTH;
  bytes[HOPS] = message.hops;
  writeU32(bytes, XID, message.xid);
  writeU16(bytes, SECS, message.secs);
  writeU16(bytes, FLAGS, message.broadcast ? FLAG_BROADCAST : 0);
  message.ciaddr.write(bytes, CIADDR);
  message.yiaddr.write(bytes, YIADDR);
  message.siaddr.write(bytes, SIADDR);
  message.giaddr.write(bytes, GIADDR);
  message.chaddr.write(bytes, CHADDR);
  bytes.set(writeDhcpText(message.sname).subarray(0, FILE - SNAME), SNAME);
  bytes.set(writeDhcpText(message.file).subarray(0, COOKIE - FILE), FILE);
  writeU32(bytes, COOKIE, MAGIC_COOKIE);

  const writer = new OptionWriter(bytes, message.file === "", message.sname === "");
  writer.write({
    code: DHCP_OPTION_MESSAGE_TYPE,
    value: Uint8Array.of(MESSAGE_TYPES.indexOf(message.type) + 1),
  });
  const options = writeDhcpOptions(message.options);
  if (!writer.fits(options)) writer.startOverload();
  for (const option of options) writer.write(option);
  return bytes.slice(0, Math.max(DHCP_MIN_LENGTH, writer.finish()));
}

/** Fills the options field, then `file`, then `sname`: the order in which a reader joins them (RFC 3396 §5). */
class OptionWriter {
  readonly #bytes: Uint8Array;
  #at = OPTIONS;
  #end: number;
  /** Which header fields may still be taken, as bits of the overload option. */
  #free: number;
  /** Where the overload option's value stands; 0 without one. */
  #overloadAt = 0;
  /** Where the options field ended; 0 while it is being filled. */
  #optionsEnd = 0;

  constructor(bytes: Uint8Array, fileIsFree: boolean, snameIsFree: boolean) {
    this.#bytes = bytes;
    this.#end = bytes.length;
    this.#free = (fileIsFree ? OVERLOAD_FILE : 0) | (snameIsFree ? OVERLOAD_SNAME : 0);
  }

  /** Whether all of `options` go where the writer stands, with END behind them. */
  fits(options: readonly DhcpRawOption[]): boolean {
    let length = 1;
    for (const { value } of options) {
      length += value.length + 2 * Math.max(1, Math.ceil(value.length / MAX_OPTION_LENGTH));
    }
    return length <= this.#end - this.#at;
  }

  /** Must come before the other options: a reader wants to know early. */
  startOverload(): void {
    this.#overloadAt = this.#at + 2;
    this.write({ code: DHCP_OPTION_OVERLOAD, value: Uint8Array.of(0) });
  }

  /** Splits a value that is over 255 bytes or does not fit where the writer stands (RFC 3396 §6). */
  write({ code, value }: DhcpRawOption): void {
    let taken = 0;
    do {
      let room = this.#room;
      while (room < Math.min(1, value.length)) room = this.#nextField(code);
      const length = Math.min(MAX_OPTION_LENGTH, room, value.length - taken);
      this.#bytes[this.#at++] = code;
      this.#bytes[this.#at++] = length;
      this.#bytes.set(value.subarray(taken, taken + length), this.#at);
      this.#at += length;
      taken += length;
    } while (taken < value.length);
  }

  /** @returns where the options field ends, END included */
  finish(): number {
    this.#bytes[this.#at++] = DHCP_OPTION_END;
    return this.#optionsEnd || this.#at;
  }

  /** Bytes of a value for which there is room, after its code and length and before END. */
  get #room(): number {
    return this.#end - this.#at - 3;
  }

  /** @returns the room there */
  #nextField(code: number): number {
    const field = this.#overloadAt === 0 ? 0 : this.#free & -this.#free;
    if (field === 0) throw new NetworkError("EMSGSIZE", "emit DHCP option", String(code));
    this.#optionsEnd = this.finish();
    this.#bytes[this.#overloadAt]! |= field;
    this.#free ^= field;
    this.#at = field === OVERLOAD_FILE ? FILE : SNAME;
    this.#end = field === OVERLOAD_FILE ? COOKIE : FILE;
    return this.#room;
  }
}
