/** How values of the plain kinds are written: addresses, numbers, text, bytes. */
import { Ipv4Address } from "../../address/index.js";
import { readI32, readU16, readU32, writeU16, writeU32 } from "../bytes.js";
import { readDhcpText, writeDhcpText } from "./text.js";

/** How one kind of value is written. */
export interface DhcpCodec<T> {
  /** Bytes of a value; absent where not all have as many. */
  readonly length?: number;
  /** @returns undefined if the bytes are not such a value; never throws */
  read(bytes: Uint8Array): T | undefined;
  /** @throws NetworkError EINVAL or EMSGSIZE if the value cannot be written */
  write(value: T): Uint8Array;
}

/**
 * The most elements a list may have, what fits into one option as addresses; a list with more stays bytes. Without this
 * limit, one message of routes would be thousands of objects, more than a device has memory for.
 */
export const DHCP_MAX_ELEMENTS = 63;

export const ADDRESS: DhcpCodec<Ipv4Address> = Object.freeze({
  length: 4,
  read: (bytes) => (bytes.length === 4 ? Ipv4Address.read(bytes, 0) : undefined),
  write: (value) => {
    const bytes = new Uint8Array(4);
    value.write(bytes, 0);
    return bytes;
  },
} satisfies DhcpCodec<Ipv4Address>);

/** RFC 2132 §8.13 alone lets a list be empty. */
export const ADDRESSES_OR_NONE: DhcpCodec<readonly Ipv4Address[]> = Object.freeze({
  read: (bytes) => {
    if (!isList(bytes, 4)) return undefined;
    const addresses: Ipv4Address[] = [];
    for (let at = 0; at < bytes.length; at += 4) addresses.push(Ipv4Address.read(bytes, at));
    return addresses;
  },
  write: (value) => {
    const bytes = new Uint8Array(4 * value.length);
    value.forEach((address, index) => address.write(bytes, 4 * index));
    return bytes;
  },
} satisfies DhcpCodec<readonly Ipv4Address[]>);

export const ADDRESSES: DhcpCodec<readonly Ipv4Address[]> = Object.freeze({
  read: (bytes) => (bytes.length > 0 ? ADDRESSES_OR_NONE.read(bytes) : undefined),
  write: ADDRESSES_OR_NONE.write,
} satisfies DhcpCodec<readonly Ipv4Address[]>);

type AddressPair = readonly [Ipv4Address, Ipv4Address];

export const ADDRESS_PAIRS: DhcpCodec<readonly AddressPair[]> = Object.freeze({
  read: (bytes) => {
    if (bytes.length === 0 || !isList(bytes, 8)) return undefined;
    const pairs: AddressPair[] = [];
    for (let at = 0; at < bytes.length; at += 8)
      pairs.push([Ipv4Address.read(bytes, at), Ipv4Address.read(bytes, at + 4)]);
    return pairs;
  },
  write: (value) => ADDRESSES_OR_NONE.write(value.flat()),
} satisfies DhcpCodec<readonly AddressPair[]>);

/** One byte, 0 or 1. */
export const BOOLEAN: DhcpCodec<boolean> = Object.freeze({
  length: 1,
  read: (bytes) => (bytes.length === 1 && bytes[0]! <= 1 ? bytes[0] === 1 : undefined),
  write: (value) => Uint8Array.of(value ? 1 : 0),
} satisfies DhcpCodec<boolean>);

/** No bytes at all: that the option is there says it. */
export const PRESENT: DhcpCodec<true> = Object.freeze({
  length: 0,
  read: (bytes) => (bytes.length === 0 ? true : undefined),
  write: () => new Uint8Array(0),
} satisfies DhcpCodec<true>);

export const UINT8: DhcpCodec<number> = Object.freeze({
  length: 1,
  read: (bytes) => (bytes.length === 1 ? bytes[0] : undefined),
  write: (value) => Uint8Array.of(value),
} satisfies DhcpCodec<number>);

export const UINT16: DhcpCodec<number> = Object.freeze({
  length: 2,
  read: (bytes) => (bytes.length === 2 ? readU16(bytes, 0) : undefined),
  write: (value) => {
    const bytes = new Uint8Array(2);
    writeU16(bytes, 0, value);
    return bytes;
  },
} satisfies DhcpCodec<number>);

export const UINT16_LIST: DhcpCodec<readonly number[]> = Object.freeze({
  read: (bytes) => {
    if (bytes.length === 0 || !isList(bytes, 2)) return undefined;
    const numbers: number[] = [];
    for (let at = 0; at < bytes.length; at += 2) numbers.push(readU16(bytes, at));
    return numbers;
  },
  write: (value) => {
    const bytes = new Uint8Array(2 * value.length);
    value.forEach((number, index) => writeU16(bytes, 2 * index, number));
    return bytes;
  },
} satisfies DhcpCodec<readonly number[]>);

export const INT32: DhcpCodec<number> = Object.freeze({
  length: 4,
  read: (bytes) => (bytes.length === 4 ? readI32(bytes, 0) : undefined),
  write: writeWord,
} satisfies DhcpCodec<number>);

export const UINT32: DhcpCodec<number> = Object.freeze({
  length: 4,
  read: (bytes) => (bytes.length === 4 ? readU32(bytes, 0) : undefined),
  write: writeWord,
} satisfies DhcpCodec<number>);

/** Keeps the memory it reads from. */
export const BYTES: DhcpCodec<Uint8Array> = Object.freeze({
  read: (bytes) => (bytes.length > 0 ? bytes : undefined),
  write: (value) => value,
} satisfies DhcpCodec<Uint8Array>);

export const TEXT: DhcpCodec<string> = Object.freeze({
  read: (bytes) => readDhcpText(bytes, 0, bytes.length) || undefined,
  write: writeDhcpText,
} satisfies DhcpCodec<string>);

function isList(bytes: Uint8Array, elementLength: number): boolean {
  return bytes.length % elementLength === 0 && bytes.length <= elementLength * DHCP_MAX_ELEMENTS;
}

function writeWord(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, value);
  return bytes;
}
