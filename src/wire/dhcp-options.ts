/**
 * What DHCP options mean (RFC 2132): each one that client or server needs as a typed value, the others as bytes.
 * To add an option: a field in `DhcpOptions` and its row in `ROWS`; parsing, emitting and their order follow.
 */
import { Ipv4Address } from "../address/index.js";
import { readU16, readU32, writeU16, writeU32 } from "./bytes.js";

/** An option as it stands on the wire; a long one (RFC 3396) joined into one value. */
export interface DhcpRawOption {
  /** 1 to 254. */
  readonly code: number;
  readonly value: Uint8Array;
}

/** The options with a meaning here. Times are in seconds; text is printable ASCII. */
export interface DhcpOptions {
  /** 50: the address a client wants (RFC 2132 §9.1). */
  readonly requestedAddress?: Ipv4Address;
  /** 54: the server that speaks or is spoken to (§9.7). */
  readonly serverIdentifier?: Ipv4Address;
  /** 51: `DHCP_INFINITE_TIME` is forever (§9.2). */
  readonly leaseTime?: number;
  /** 58: T1, from binding to RENEWING (§9.11). */
  readonly renewalTime?: number;
  /** 59: T2, from binding to REBINDING (§9.12). */
  readonly rebindingTime?: number;
  /** 57: the longest IP datagram the sender can receive, in bytes, at least 576 (§9.10). */
  readonly maxMessageSize?: number;
  /** 55: codes of the options a client asks for (§9.8). */
  readonly parameterRequestList?: Uint8Array;
  /** 1: may be no prefix at all, as the server sent it (§3.3). */
  readonly subnetMask?: Ipv4Address;
  /** 28: the subnet's broadcast address (§5.3). */
  readonly broadcastAddress?: Ipv4Address;
  /** 3: gateways, the preferred one first (§3.5). */
  readonly routers?: readonly Ipv4Address[];
  /** 12: the client's name, possibly with its domain (§3.14). */
  readonly hostName?: string;
  /** 15: the domain to complete names with (§3.17). */
  readonly domainName?: string;
  /** 6: name servers, the preferred one first (§3.8). */
  readonly dnsServers?: readonly Ipv4Address[];
  /** 56: why a NAK or DECLINE was sent, for a person (§9.9). */
  readonly message?: string;
  /** 60: what kind of client this is (§9.13). */
  readonly vendorClass?: string;
  /** 61: names the client instead of its MAC; hardware type 1 and the MAC, or any other bytes (§9.14). */
  readonly clientIdentifier?: Uint8Array;
  /** All others, and those above whose length is wrong: in order of appearance, any code but 0, 52, 53 and 255. */
  readonly others?: readonly DhcpRawOption[];
}

export const DHCP_OPTION_PAD = 0;
export const DHCP_OPTION_SUBNET_MASK = 1;
export const DHCP_OPTION_ROUTERS = 3;
export const DHCP_OPTION_DNS_SERVERS = 6;
export const DHCP_OPTION_HOST_NAME = 12;
export const DHCP_OPTION_DOMAIN_NAME = 15;
export const DHCP_OPTION_BROADCAST_ADDRESS = 28;
export const DHCP_OPTION_REQUESTED_ADDRESS = 50;
export const DHCP_OPTION_LEASE_TIME = 51;
export const DHCP_OPTION_OVERLOAD = 52;
export const DHCP_OPTION_MESSAGE_TYPE = 53;
export const DHCP_OPTION_SERVER_IDENTIFIER = 54;
export const DHCP_OPTION_PARAMETER_REQUEST_LIST = 55;
export const DHCP_OPTION_MESSAGE = 56;
export const DHCP_OPTION_MAX_MESSAGE_SIZE = 57;
export const DHCP_OPTION_RENEWAL_TIME = 58;
export const DHCP_OPTION_REBINDING_TIME = 59;
export const DHCP_OPTION_VENDOR_CLASS = 60;
export const DHCP_OPTION_CLIENT_IDENTIFIER = 61;
export const DHCP_OPTION_END = 255;

/** A lease time that never ends (RFC 2131 §3.3). */
export const DHCP_INFINITE_TIME = 0xffffffff;

/** How one kind of value is written; `read` refuses bytes of the wrong length. */
interface Codec<T> {
  read(bytes: Uint8Array): T | undefined;
  write(value: T): Uint8Array;
}

const ADDRESS: Codec<Ipv4Address> = Object.freeze({
  read: (bytes) => (bytes.length === 4 ? Ipv4Address.read(bytes, 0) : undefined),
  write: (value) => {
    const bytes = new Uint8Array(4);
    value.write(bytes, 0);
    return bytes;
  },
} satisfies Codec<Ipv4Address>);

const ADDRESSES: Codec<readonly Ipv4Address[]> = Object.freeze({
  read: (bytes) => {
    if (bytes.length === 0 || bytes.length % 4 !== 0) return undefined;
    const addresses: Ipv4Address[] = [];
    for (let at = 0; at < bytes.length; at += 4) addresses.push(Ipv4Address.read(bytes, at));
    return addresses;
  },
  write: (value) => {
    const bytes = new Uint8Array(4 * value.length);
    value.forEach((address, index) => address.write(bytes, 4 * index));
    return bytes;
  },
} satisfies Codec<readonly Ipv4Address[]>);

const UINT16: Codec<number> = Object.freeze({
  read: (bytes) => (bytes.length === 2 ? readU16(bytes, 0) : undefined),
  write: (value) => {
    const bytes = new Uint8Array(2);
    writeU16(bytes, 0, value);
    return bytes;
  },
} satisfies Codec<number>);

const UINT32: Codec<number> = Object.freeze({
  read: (bytes) => (bytes.length === 4 ? readU32(bytes, 0) : undefined),
  write: (value) => {
    const bytes = new Uint8Array(4);
    writeU32(bytes, 0, value);
    return bytes;
  },
} satisfies Codec<number>);

const BYTES: Codec<Uint8Array> = Object.freeze({
  read: (bytes) => (bytes.length > 0 ? bytes : undefined),
  write: (value) => value,
} satisfies Codec<Uint8Array>);

const TEXT: Codec<string> = Object.freeze({
  read: (bytes) => readDhcpText(bytes, 0, bytes.length) || undefined,
  write: writeDhcpText,
} satisfies Codec<string>);

type Field = Exclude<keyof DhcpOptions, "others">;
type Value<F extends Field> = NonNullable<DhcpOptions[F]>;
type Values = { -readonly [F in Field]?: Value<F> };
type Row<F extends Field> = readonly [code: number, codec: Codec<Value<F>>];

/** In the order in which options are sent: the exchange first, as people look for it there in a capture. */
const ROWS: { readonly [F in Field]: Row<F> } = Object.freeze({
  requestedAddress: [DHCP_OPTION_REQUESTED_ADDRESS, ADDRESS],
  serverIdentifier: [DHCP_OPTION_SERVER_IDENTIFIER, ADDRESS],
  leaseTime: [DHCP_OPTION_LEASE_TIME, UINT32],
  renewalTime: [DHCP_OPTION_RENEWAL_TIME, UINT32],
  rebindingTime: [DHCP_OPTION_REBINDING_TIME, UINT32],
  maxMessageSize: [DHCP_OPTION_MAX_MESSAGE_SIZE, UINT16],
  parameterRequestList: [DHCP_OPTION_PARAMETER_REQUEST_LIST, BYTES],
  subnetMask: [DHCP_OPTION_SUBNET_MASK, ADDRESS],
  broadcastAddress: [DHCP_OPTION_BROADCAST_ADDRESS, ADDRESS],
  routers: [DHCP_OPTION_ROUTERS, ADDRESSES],
  hostName: [DHCP_OPTION_HOST_NAME, TEXT],
  domainName: [DHCP_OPTION_DOMAIN_NAME, TEXT],
  dnsServers: [DHCP_OPTION_DNS_SERVERS, ADDRESSES],
  message: [DHCP_OPTION_MESSAGE, TEXT],
  vendorClass: [DHCP_OPTION_VENDOR_CLASS, TEXT],
  clientIdentifier: [DHCP_OPTION_CLIENT_IDENTIFIER, BYTES],
} satisfies { readonly [F in Field]: Row<F> });

const FIELDS = Object.freeze(Object.keys(ROWS) as Field[]);

/** Gives each option its meaning. `values` are kept, not copied. */
export function readDhcpOptions(values: ReadonlyMap<number, Uint8Array>): DhcpOptions {
  const options: Values & { others?: DhcpRawOption[] } = {};
  const others: DhcpRawOption[] = [];
  for (const [code, value] of values) {
    const field = fieldOf(code);
    if (field === undefined || !readField(options, field, value)) others.push({ code, value });
  }
  if (others.length > 0) options.others = others;
  return options;
}

function fieldOf(code: number): Field | undefined {
  for (const field of FIELDS) if (ROWS[field][0] === code) return field;
  return undefined;
}

function readField<F extends Field>(options: Values, field: F, bytes: Uint8Array): boolean {
  const [, codec]: Row<F> = ROWS[field];
  const value = codec.read(bytes);
  if (value === undefined) return false;
  options[field] = value;
  return true;
}

/** The options as they are sent, in their order. */
export function writeDhcpOptions(options: DhcpOptions): DhcpRawOption[] {
  const raw: DhcpRawOption[] = [];
  for (const field of FIELDS) writeField(options, field, raw);
  if (options.others !== undefined) raw.push(...options.others);
  return raw;
}

function writeField<F extends Field>(options: Values, field: F, raw: DhcpRawOption[]): void {
  const value = options[field];
  if (value === undefined) return;
  const [code, codec]: Row<F> = ROWS[field];
  raw.push({ code, value: codec.write(value) });
}

const NUL = 0x00;
const SPACE = 0x20;
const QUESTION_MARK = 0x3f;
const TILDE = 0x7e;

/**
 * Reads text up to the first NUL, which RFC 2132 §2 tells senders to leave out and readers to remove. Text is NVT
 * ASCII there: what cannot be printed reads as "?", so that no host name moves a terminal's cursor.
 */
export function readDhcpText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end && bytes[at] !== NUL; at++)
    text += String.fromCharCode(printable(bytes[at]!));
  return text;
}

/** One byte a character; what `readDhcpText` would not read becomes "?". */
export function writeDhcpText(text: string): Uint8Array {
  // Characters are counted, not `length`, which differs between engines outside the ASCII range.
  return Uint8Array.from(text, (character) => printable(character.codePointAt(0)!));
}

function printable(code: number): number {
  return code >= SPACE && code <= TILDE ? code : QUESTION_MARK;
}
