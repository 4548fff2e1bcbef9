import {
  CHANGE_TO_EXCLUDE,
  CHANGE_TO_INCLUDE,
  IGMPV1_REPORT,
  IGMPV2_LEAVE,
  IGMPV2_REPORT,
  IGMPV3_RECORD_LENGTH,
  IGMPV3_REPORT,
  IGMP_LENGTH,
  IGMP_QUERY,
  MODE_IS_EXCLUDE,
  MODE_IS_INCLUDE,
  checksumIsGood,
  igmpQueryVersion,
  igmpType,
} from "../../src/wire/index.js";
import { readNumber, type Branch } from "./branch.js";
import { addChecksum, CHECKSUM_STATUS } from "./checksum.js";
import { field, hex, number, protocol } from "./field-type.js";
import type { Scope } from "./scope.js";

const TYPES: Readonly<Record<number, string>> = Object.freeze({
  [IGMP_QUERY]: "Membership Query",
  [IGMPV1_REPORT]: "Membership Report",
  [IGMPV2_REPORT]: "Membership Report",
  [IGMPV2_LEAVE]: "Leave Group",
  [IGMPV3_REPORT]: "Membership Report",
});

const RECORD_TYPES: Readonly<Record<number, string>> = Object.freeze({
  [MODE_IS_INCLUDE]: "Mode Is Include",
  [MODE_IS_EXCLUDE]: "Mode Is Exclude",
  [CHANGE_TO_INCLUDE]: "Change To Include Mode",
  [CHANGE_TO_EXCLUDE]: "Change To Exclude Mode",
  5: "Allow New Sources",
  6: "Block Old Sources",
});

const VERSIONS: Readonly<Record<number, 1 | 2 | 3>> = Object.freeze({
  [IGMPV1_REPORT]: 1,
  [IGMPV2_REPORT]: 2,
  [IGMPV2_LEAVE]: 2,
  [IGMPV3_REPORT]: 3,
});

/** Of a query of version 3 without its sources (RFC 3376 §4.1). */
const QUERY_LENGTH = 12;
const ADDRESS_LENGTH = 4;

export const IGMP_FIELDS = Object.freeze({
  igmp: protocol("Internet Group Management Protocol"),
  "igmp.version": number("IGMP Version"),
  "igmp.type": hex("Type", 2, TYPES),
  "igmp.max_resp": number("Max Resp Time"),
  "igmp.checksum": hex("Checksum", 4),
  "igmp.checksum.status": number("Checksum Status", CHECKSUM_STATUS),
  "igmp.maddr": field("ipv4", "Multicast Address"),
  "igmp.s": field("flag", "Suppress router-side processing"),
  "igmp.qrv": number("Robustness variable"),
  "igmp.qqic": number("Query interval code"),
  "igmp.num_src": number("Number of sources"),
  "igmp.saddr": field("ipv4", "Source Address"),
  "igmp.num_grp_recs": number("Number of group records"),
  "igmp.record_type": number("Record Type", RECORD_TYPES),
  "igmp.aux_data_len": number("Auxiliary data length"),
});

type IgmpBranch = Branch<keyof typeof IGMP_FIELDS>;

/** IGMP, versions 1 to 3 (RFC 1112, RFC 2236, RFC 3376). */
export function dissectIgmp(scope: Scope): void {
  const { at, bytes, columns } = scope;
  const layer = scope.layer(IGMP_FIELDS, "igmp", scope.length);
  columns.protocol = "IGMP";
  columns.summary = "IGMP";
  if (!scope.has(IGMP_LENGTH)) return;
  const type = igmpType(bytes, at);
  const version = type === IGMP_QUERY ? igmpQueryVersion(bytes, at, scope.end) : VERSIONS[type];
  if (version !== undefined) {
    layer.add("igmp.version", at, 0, version);
    columns.protocol = `IGMPv${version}`;
  }
  const typeName = TYPES[type] ?? `Type 0x${type.toString(16).padStart(2, "0")}`;
  columns.summary = layer.text = typeName;
  layer.add("igmp.type", at, 1);
  if (type !== IGMPV3_REPORT && version !== 1) layer.add("igmp.max_resp", at + 1, 1);
  const checksum = layer.add("igmp.checksum", at + 2, 2);
  const isGood = scope.isPartial ? undefined : checksumIsGood(0, bytes, at, scope.length);
  addChecksum(scope, layer, checksum, "igmp.checksum.status", isGood);
  if (type === IGMPV3_REPORT) return addRecords(scope, layer);
  const group = layer.add("igmp.maddr", at + 4, 4).text;
  const isGeneral = group === "0.0.0.0";
  columns.summary += type === IGMP_QUERY && isGeneral ? ", general" : ` ${group}`;
  if (type === IGMP_QUERY && version === 3) addQuery(scope, layer);
}

function addQuery(scope: Scope, layer: IgmpBranch): void {
  const { at, bytes } = scope;
  if (!scope.has(QUERY_LENGTH)) return;
  layer.add("igmp.s", at + 8, 1, (bytes[at + 8]! & 8) !== 0);
  layer.add("igmp.qrv", at + 8, 1, bytes[at + 8]! & 7);
  layer.add("igmp.qqic", at + 9, 1);
  layer.add("igmp.num_src", at + 10, 2);
  addSources(scope, layer, at + QUERY_LENGTH, readNumber(bytes, at + 10, 2));
}

function addRecords(scope: Scope, layer: IgmpBranch): void {
  const { at, bytes, columns } = scope;
  layer.add("igmp.num_grp_recs", at + 6, 2);
  let record = at + IGMP_LENGTH;
  for (let count = readNumber(bytes, at + 6, 2); count > 0; count--) {
    if (!scope.has(record + IGMPV3_RECORD_LENGTH - at)) return;
    const sources = readNumber(bytes, record + 2, 2);
    // The auxiliary data's length is in words (RFC 3376 §4.2.6).
    const length = IGMPV3_RECORD_LENGTH + ADDRESS_LENGTH * (sources + bytes[record + 1]!);
    const branch = layer.add("igmp.record_type", record, length, bytes[record]!);
    branch.add("igmp.aux_data_len", record + 1, 1);
    branch.add("igmp.num_src", record + 2, 2);
    const group = branch.add("igmp.maddr", record + 4, 4).text;
    columns.summary += ` / ${tellRecord(bytes[record]!, group, sources)}`;
    if (!addSources(scope, branch, record + IGMPV3_RECORD_LENGTH, sources)) return;
    record += length;
  }
}

function addSources(scope: Scope, branch: IgmpBranch, at: number, count: number): boolean {
  if (!scope.has(at + ADDRESS_LENGTH * count - scope.at)) return false;
  for (let index = 0; index < count; index++)
    branch.add("igmp.saddr", at + ADDRESS_LENGTH * index, ADDRESS_LENGTH);
  return true;
}

function tellRecord(type: number, group: string, sources: number): string {
  if (type === CHANGE_TO_EXCLUDE && sources === 0) return `Join group ${group} for any sources`;
  if (type === CHANGE_TO_INCLUDE && sources === 0) return `Leave group ${group}`;
  return `${RECORD_TYPES[type] ?? `Record type ${type}`} ${group}, ${sources} sources`;
}
