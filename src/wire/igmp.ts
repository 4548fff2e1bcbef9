import { readU16, readU32, writeU16, writeU32 } from "./bytes.js";
import { addToChecksum, checksumIsGood, finishChecksum } from "./checksum.js";

/** IGMP: version 3 (RFC 3376 §4), and what is left of version 2 (RFC 2236 §2) and version 1 (RFC 1112, appendix I). */
export const IGMP_LENGTH = 8;
/** A query of version 3 without sources. */
const IGMPV3_QUERY_LENGTH = 12;
/** A report of version 3 without records, and a record without sources. */
export const IGMPV3_REPORT_LENGTH = 8;
export const IGMPV3_RECORD_LENGTH = 8;

const TYPE = 0;
const MAX_RESPONSE_CODE = 1;
const CHECKSUM = 2;
const GROUP = 4;
const ROBUSTNESS = 8;
const QUERY_INTERVAL_CODE = 9;
const SOURCE_COUNT = 10;
const SOURCES = 12;
const RECORD_COUNT = 6;

const RECORD_TYPE = 0;
const RECORD_AUX_LENGTH = 1;
const RECORD_SOURCE_COUNT = 2;
const RECORD_GROUP = 4;

export const IGMP_QUERY = 0x11;
export const IGMPV1_REPORT = 0x12;
export const IGMPV2_REPORT = 0x16;
export const IGMPV2_LEAVE = 0x17;
export const IGMPV3_REPORT = 0x22;

/** Types of group records (RFC 3376 §4.2.12). */
export const MODE_IS_INCLUDE = 1;
export const MODE_IS_EXCLUDE = 2;
export const CHANGE_TO_INCLUDE = 3;
export const CHANGE_TO_EXCLUDE = 4;

export type IgmpVersion = 1 | 2 | 3;
export type IgmpFault = "igmp-truncated" | "igmp-checksum" | "igmp-length" | "igmp-group";

/** Checks a message; link devices know nothing of its checksum. */
export function checkIgmp(bytes: Uint8Array, at: number, end: number): IgmpFault | undefined {
  const length = end - at;
  if (length < IGMP_LENGTH) return "igmp-truncated";
  if (!checksumIsGood(0, bytes, at, length)) return "igmp-checksum";
  if (igmpType(bytes, at) !== IGMP_QUERY) return undefined;
  // RFC 3376 §7.1: a query of any other length is no query.
  if (length > IGMP_LENGTH && length < IGMPV3_QUERY_LENGTH) return "igmp-length";
  if (length > IGMP_LENGTH && length < SOURCES + 4 * igmpSourceCount(bytes, at)) return "igmp-length";
  const group = igmpGroup(bytes, at);
  return group !== 0 && group >>> 28 !== 0xe ? "igmp-group" : undefined;
}

export function igmpType(bytes: Uint8Array, at: number): number {
  return bytes[at + TYPE]!;
}

/** As `Ipv4Address.value`; 0 in a general query. */
export function igmpGroup(bytes: Uint8Array, at: number): number {
  return readU32(bytes, at + GROUP);
}

/** Which version's query it is (RFC 3376 §7.1). */
export function igmpQueryVersion(bytes: Uint8Array, at: number, end: number): IgmpVersion {
  if (end - at >= IGMPV3_QUERY_LENGTH) return 3;
  return bytes[at + MAX_RESPONSE_CODE] === 0 ? 1 : 2;
}

/** How long an answer to a query may take, in ms. */
export function igmpMaxResponseTime(bytes: Uint8Array, at: number, version: IgmpVersion): number {
  const code = bytes[at + MAX_RESPONSE_CODE]!;
  // RFC 3376 §7.2.1: version 1 has no field for it, and always means 10 s.
  if (version === 1) return 10_000;
  return 100 * (version === 2 ? code : fromFloatingPoint(code));
}

/** The querier's robustness variable, of a query of version 3; 0 if it does not say. */
export function igmpRobustness(bytes: Uint8Array, at: number): number {
  return bytes[at + ROBUSTNESS]! & 0x07;
}

/** How often the querier asks, in ms, of a query of version 3. */
export function igmpQueryInterval(bytes: Uint8Array, at: number): number {
  return 1000 * fromFloatingPoint(bytes[at + QUERY_INTERVAL_CODE]!);
}

/** Of a query of version 3. */
export function igmpSourceCount(bytes: Uint8Array, at: number): number {
  return readU16(bytes, at + SOURCE_COUNT);
}

/** Of a query of version 3, as `Ipv4Address.value`. */
export function igmpSource(bytes: Uint8Array, at: number, index: number): number {
  return readU32(bytes, at + SOURCES + 4 * index);
}

/** Writes a message of version 1 or 2. */
export function emitIgmp(bytes: Uint8Array, at: number, type: number, group: number): void {
  bytes[at + TYPE] = type;
  bytes[at + MAX_RESPONSE_CODE] = 0;
  writeU32(bytes, at + GROUP, group);
  emitIgmpChecksum(bytes, at, IGMP_LENGTH);
}

/** Writes a record of a report. @returns its length in bytes */
export function emitIgmpRecord(
  bytes: Uint8Array,
  at: number,
  type: number,
  group: number,
  sources: readonly number[],
): number {
  bytes[at + RECORD_TYPE] = type;
  bytes[at + RECORD_AUX_LENGTH] = 0;
  writeU16(bytes, at + RECORD_SOURCE_COUNT, sources.length);
  writeU32(bytes, at + RECORD_GROUP, group);
  for (let i = 0; i < sources.length; i++) writeU32(bytes, at + IGMPV3_RECORD_LENGTH + 4 * i, sources[i]!);
  return IGMPV3_RECORD_LENGTH + 4 * sources.length;
}

/** Writes the header of a report over records that already stand behind it. @param length with the records, in bytes */
export function emitIgmpReport(bytes: Uint8Array, at: number, recordCount: number, length: number): void {
  bytes[at + TYPE] = IGMPV3_REPORT;
  bytes[at + MAX_RESPONSE_CODE] = 0;
  writeU16(bytes, at + GROUP, 0);
  writeU16(bytes, at + RECORD_COUNT, recordCount);
  emitIgmpChecksum(bytes, at, length);
}

function emitIgmpChecksum(bytes: Uint8Array, at: number, length: number): void {
  writeU16(bytes, at + CHECKSUM, 0);
  writeU16(bytes, at + CHECKSUM, finishChecksum(addToChecksum(0, bytes, at, length)));
}

/** RFC 3376 §4.1.1: from 128 on, three bits of exponent and four of mantissa. */
function fromFloatingPoint(code: number): number {
  return code < 128 ? code : ((code & 0x0f) | 0x10) << (((code >> 4) & 0x07) + 3);
}
