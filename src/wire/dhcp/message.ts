/** DHCP messages (RFC 2131 §2): BOOTP's fixed header, and the options behind it. */
import { Ipv4Address, MacAddress } from "../../address/index.js";
import { readU16, readU32, writeU16, writeU32 } from "../bytes.js";
import { MAC_LENGTH } from "../ethernet.js";
import { MESSAGE_TYPE, OVERLOAD } from "./codes.js";
import {
  CHADDR,
  CIADDR,
  COOKIE,
  FILE,
  FLAG_BROADCAST,
  FLAGS,
  GIADDR,
  HARDWARE_ETHERNET,
  HARDWARE_LENGTH,
  HARDWARE_TYPE,
  HOPS,
  MAGIC_COOKIE,
  OP,
  OP_REPLY,
  OP_REQUEST,
  OPTIONS,
  OVERLOAD_FILE,
  OVERLOAD_SNAME,
  SECS,
  SIADDR,
  SNAME,
  XID,
  YIADDR,
} from "./header.js";
import { readOptionArea } from "./option-reader.js";
import { OptionWriter } from "./option-writer.js";
import type { DhcpOptions } from "./options.js";
import { readDhcpOptions, writeDhcpOptions } from "./table.js";
import { readDhcpText, writeDhcpText } from "./text.js";

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

/** A message's transaction without reading the rest of it, to find out whether that is worth it; undefined: cut off. */
export function dhcpXid(bytes: Uint8Array): number | undefined {
  return bytes.length < OPTIONS ? undefined : readU32(bytes, XID);
}

/** Reads a UDP payload. The result shares no memory with `bytes`. */
export function parseDhcp(bytes: Uint8Array): DhcpMessage | DhcpFault {
  if (bytes.length < OPTIONS) return "dhcp-truncated";
  if (bytes.length > DHCP_MAX_LENGTH) return "dhcp-oversized";
  if (bytes[HARDWARE_TYPE] !== HARDWARE_ETHERNET || bytes[HARDWARE_LENGTH] !== MAC_LENGTH)
    return "dhcp-hardware";
  if (readU32(bytes, COOKIE) !== MAGIC_COOKIE) return "dhcp-cookie";

  const values = new Map<number, Uint8Array>();
  if (!readOptionArea(bytes, OPTIONS, bytes.length, values)) return "dhcp-options";
  // Read once, before the fields it points to: an overload option within them means nothing.
  const overload = readOverload(values.get(OVERLOAD));
  if (overload === undefined) return "dhcp-overload";
  const fileIsOptions = (overload & OVERLOAD_FILE) !== 0;
  const snameIsOptions = (overload & OVERLOAD_SNAME) !== 0;
  if (fileIsOptions && !readOptionArea(bytes, FILE, COOKIE, values)) return "dhcp-options";
  if (snameIsOptions && !readOptionArea(bytes, SNAME, FILE, values)) return "dhcp-options";

  const type = readMessageType(values.get(MESSAGE_TYPE));
  if (type === undefined) return "dhcp-message-type";
  if (bytes[OP] !== opOf(type)) return "dhcp-op";
  values.delete(OVERLOAD);
  values.delete(MESSAGE_TYPE);

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

  const options = writeDhcpOptions(message.options);
  // Written last. It must not go on in `file` or `sname`, where no relay looks for its own (RFC 3046 §2.2).
  const relayed = message.options.relayAgentInformation && options.pop();
  const writer = new OptionWriter(bytes, OPTIONS, relayed);
  writer.write({
    code: MESSAGE_TYPE,
    value: Uint8Array.of(MESSAGE_TYPES.indexOf(message.type) + 1),
  });
  if (!writer.fits(options)) writer.startOverload(message.file === "", message.sname === "");
  for (const option of options) writer.write(option);
  return bytes.slice(0, Math.max(DHCP_MIN_LENGTH, writer.finish()));
}
