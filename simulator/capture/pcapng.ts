// The blocks of a capture file, as draft-ietf-opsawg-pcapng lays them out, little-endian. Pure: bytes out, no state.

import type { Ipv4Address } from "../../src/address/index.js";

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const NAME_RESOLUTION = 4;
const ENHANCED_PACKET = 6;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const LINK_TYPE_ETHERNET = 1;

const OPTION_END = 0;
const OPTION_COMMENT = 1;
const OPTION_IF_NAME = 2;
const OPTION_APPLICATION = 4;
const OPTION_IF_TIME_RESOLUTION = 9;
const OPTION_IF_TIME_OFFSET = 14;

/** A record of a name resolution block: an IPv4 address, and its names, each with a zero behind it. */
const RECORD_IPV4 = 1;
const RECORD_END_LENGTH = 4;

/** Time stamps count units of 10⁻⁹ s. */
const NANOSECONDS = 9;

/** A host's name, and an address that it has. */
export interface NamedAddress {
  readonly address: Ipv4Address;
  readonly name: string;
}

interface Option {
  readonly code: number;
  readonly value: Uint8Array;
}

export interface PacketRecord {
  /** The number of its interface description block, counted from 0. */
  readonly interfaceId: number;
  /** Milliseconds since the interface's epoch. */
  readonly time: number;
  readonly bytes: Uint8Array;
  /** How many of the bytes count. */
  readonly length: number;
  readonly comment?: string | undefined;
}

/** The block that opens a file. @param application the program that writes it */
export function sectionHeaderBlock(application: string): Uint8Array {
  const block = new Block(SECTION_HEADER, 16, [{ code: OPTION_APPLICATION, value: utf8(application) }]);
  block.view.setUint32(block.body, BYTE_ORDER_MAGIC, true);
  block.view.setUint16(block.body + 4, 1, true);
  block.view.setUint16(block.body + 6, 0, true);
  // The section's length: −1, not known yet.
  block.view.setInt32(block.body + 8, -1, true);
  block.view.setInt32(block.body + 12, -1, true);
  return block.bytes;
}

/**
 * Describes an Ethernet interface whose packets are stamped in nanoseconds.
 * @param epoch what the packets' times count from, in seconds since 1970
 */
export function interfaceBlock(name: string, epoch: number): Uint8Array {
  const offset = new DataView(new ArrayBuffer(8));
  offset.setUint32(0, epoch, true);
  const block = new Block(INTERFACE_DESCRIPTION, 8, [
    { code: OPTION_IF_NAME, value: utf8(name) },
    { code: OPTION_IF_TIME_RESOLUTION, value: Uint8Array.of(NANOSECONDS) },
    { code: OPTION_IF_TIME_OFFSET, value: new Uint8Array(offset.buffer) },
  ]);
  block.view.setUint16(block.body, LINK_TYPE_ETHERNET, true);
  // The snapshot length stays 0: packets are kept whole.
  return block.bytes;
}

/** One packet, kept whole. */
export function packetBlock(packet: PacketRecord): Uint8Array {
  const options: Option[] = [];
  if (packet.comment !== undefined) options.push({ code: OPTION_COMMENT, value: utf8(packet.comment) });
  const block = new Block(ENHANCED_PACKET, 20 + padded(packet.length), options);
  const nanoseconds = Math.round(packet.time * 1e6);
  block.view.setUint32(block.body, packet.interfaceId, true);
  block.view.setUint32(block.body + 4, Math.floor(nanoseconds / 2 ** 32), true);
  block.view.setUint32(block.body + 8, nanoseconds % 2 ** 32, true);
  block.view.setUint32(block.body + 12, packet.length, true);
  block.view.setUint32(block.body + 16, packet.length, true);
  block.bytes.set(packet.bytes.subarray(0, packet.length), block.body + 20);
  return block.bytes;
}

/** Names that a reader may show instead of addresses. */
export function nameResolutionBlock(names: readonly NamedAddress[]): Uint8Array {
  const records = names.map(({ address, name }) => ({ address, text: utf8(`${name}\0`) }));
  const length = records.reduce((sum, { text }) => sum + 4 + padded(4 + text.length), RECORD_END_LENGTH);
  const block = new Block(NAME_RESOLUTION, length, []);
  let at = block.body;
  for (const { address, text } of records) {
    block.view.setUint16(at, RECORD_IPV4, true);
    block.view.setUint16(at + 2, 4 + text.length, true);
    address.write(block.bytes, at + 4);
    block.bytes.set(text, at + 8);
    at += 4 + padded(4 + text.length);
  }
  return block.bytes;
}

/** The frame of every block: type, length, body, options, length again. */
class Block {
  /** Where the body begins. */
  readonly body = 8;
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(type: number, bodyLength: number, options: readonly Option[]) {
    let optionsLength = options.length > 0 ? 4 : 0;
    for (const option of options) optionsLength += 4 + padded(option.value.length);
    const total = 8 + bodyLength + optionsLength + 4;
    this.bytes = new Uint8Array(total);
    this.view = new DataView(this.bytes.buffer);
    this.view.setUint32(0, type, true);
    this.view.setUint32(4, total, true);
    this.view.setUint32(total - 4, total, true);
    let at = this.body + bodyLength;
    for (const { code, value } of options) {
      this.view.setUint16(at, code, true);
      this.view.setUint16(at + 2, value.length, true);
      this.bytes.set(value, at + 4);
      at += 4 + padded(value.length);
    }
    if (options.length > 0) this.view.setUint32(at, OPTION_END, true);
  }
}

/** Everything in a block is filled up to 32 bits. */
function padded(length: number): number {
  return (length + 3) & ~3;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
