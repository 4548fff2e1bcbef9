import { readNumber, type Branch } from "./branch.js";
import type { Scope } from "./scope.js";
import type { TCP_FIELDS } from "./tcp.js";

type TcpBranch = Branch<keyof typeof TCP_FIELDS>;

const END = 0;
const NOP = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMPS = 8;
const USER_TIMEOUT = 28;
/** A SACK block's two edges (RFC 2018 §3). */
const BLOCK_LENGTH = 8;

const NAMES: Readonly<Record<number, keyof typeof TCP_FIELDS>> = Object.freeze({
  [END]: "tcp.options.eol",
  [NOP]: "tcp.options.nop",
  [MSS]: "tcp.options.mss",
  [WINDOW_SCALE]: "tcp.options.wscale",
  [SACK_PERMITTED]: "tcp.options.sack_perm",
  [SACK]: "tcp.options.sack",
  [TIMESTAMPS]: "tcp.options.timestamp",
  [USER_TIMEOUT]: "tcp.options.user_to",
});

/** The options between `at` and `end`. @returns what the list of packets says of them */
export function addTcpOptions(scope: Scope, layer: TcpBranch, at: number, end: number): string {
  const { bytes } = scope;
  let summary = "";
  while (at < end) {
    const kind = bytes[at]!;
    const isSingle = kind === END || kind === NOP;
    const length = isSingle ? 1 : (bytes[at + 1] ?? 0);
    const option = layer.group(NAMES[kind] ?? "tcp.options.unknown", at, length, "");
    option.add("tcp.option_kind", at, 1);
    if (kind === END) break;
    if (!isSingle) {
      if (length < 2 || at + length > end) {
        scope.malformed(`an option of ${length} bytes`);
        break;
      }
      option.add("tcp.option_len", at + 1, 1);
      const told = addValue(bytes, option, at, kind, length);
      option.text = told.replace("=", " ");
      if (told !== "") summary += ` ${told}`;
    }
    at += length;
  }
  return summary;
}

function addValue(bytes: Uint8Array, option: TcpBranch, at: number, kind: number, length: number): string {
  if (kind === MSS && length === 4) return `MSS=${option.add("tcp.options.mss_val", at + 2, 2).value}`;
  if (kind === WINDOW_SCALE && length === 3) {
    option.add("tcp.options.wscale.shift", at + 2, 1);
    return `WS=${2 ** bytes[at + 2]!}`;
  }
  if (kind === SACK_PERMITTED) return "SACK_PERM";
  if (kind === TIMESTAMPS && length === 10) {
    const value = option.add("tcp.options.timestamp.tsval", at + 2, 4).text;
    return `TSval=${value} TSecr=${option.add("tcp.options.timestamp.tsecr", at + 6, 4).text}`;
  }
  if (kind === SACK && (length - 2) % BLOCK_LENGTH === 0) return addSack(bytes, option, at + 2, at + length);
  if (length > 2) option.add("tcp.options.unknown.payload", at + 2, length - 2);
  return "";
}

function addSack(bytes: Uint8Array, option: TcpBranch, at: number, end: number): string {
  const blocks: string[] = [];
  for (; at < end; at += BLOCK_LENGTH) {
    option.add("tcp.options.sack_le", at, 4);
    option.add("tcp.options.sack_re", at + 4, 4);
    blocks.push(`${readNumber(bytes, at, 4)}-${readNumber(bytes, at + 4, 4)}`);
  }
  return `SACK=${blocks.join(",")}`;
}
