/** TCP's options, as a script writes them and as they stand on the wire. */
export type TcpOption =
  | { readonly kind: "nop" | "eol" | "sackOK" }
  | { readonly kind: "mss" | "wscale"; readonly value: number }
  | { readonly kind: "sack"; readonly blocks: readonly SackBlock[] }
  | { readonly kind: "TS"; readonly value: number; readonly echo: number }
  | UninterpretedOption;

/** An option that is only carried: Fast Open, MD5, or one that nobody knows. */
export interface UninterpretedOption {
  readonly kind: "other";
  readonly number: number;
  readonly data: readonly number[];
}

/** What was received out of order (RFC 2018 §3): unsigned sequence numbers. */
export interface SackBlock {
  readonly left: number;
  readonly right: number;
}

const END = 0;
const NOP = 1;
const MSS = 2;
const WINDOW_SCALE = 3;
const SACK_PERMITTED = 4;
const SACK = 5;
const TIMESTAMPS = 8;
const MD5 = 19;
const FAST_OPEN = 34;
const EXPERIMENT = 254;

/** What tells Fast Open from other experiments (RFC 7413, before it had a number of its own). */
const FAST_OPEN_EXPERIMENT = [0xf9, 0x89];

/** The room that the data offset leaves for options. */
export const MAX_OPTIONS_LENGTH = 40;

/** The options that carry bytes, by the word that a script has for them. */
export function uninterpretedOption(
  word: "FO" | "FOEXP" | "md5",
  data: readonly number[],
): UninterpretedOption {
  if (word === "md5") return { kind: "other", number: MD5, data };
  if (word === "FO") return { kind: "other", number: FAST_OPEN, data };
  return { kind: "other", number: EXPERIMENT, data: [...FAST_OPEN_EXPERIMENT, ...data] };
}

/** @returns the options' bytes, which a script pads to whole 32-bit words itself */
export function encodeOptions(options: readonly TcpOption[]): number[] {
  return options.flatMap(encodeOption);
}

function encodeOption(option: TcpOption): number[] {
  switch (option.kind) {
    case "eol":
      return [END];
    case "nop":
      return [NOP];
    case "mss":
      return [MSS, 4, ...bigEndian(option.value, 2)];
    case "wscale":
      return [WINDOW_SCALE, 3, option.value];
    case "sackOK":
      return [SACK_PERMITTED, 2];
    case "sack": {
      const edges = option.blocks.flatMap(({ left, right }) => [left, right]);
      return [SACK, 2 + 4 * edges.length, ...edges.flatMap((edge) => bigEndian(edge, 4))];
    }
    case "TS":
      return [TIMESTAMPS, 10, ...bigEndian(option.value, 4), ...bigEndian(option.echo, 4)];
    case "other":
      return [option.number, 2 + option.data.length, ...option.data];
  }
}

/** @returns undefined if a length is impossible, so that the end of an option cannot be found */
export function decodeOptions(bytes: Uint8Array): TcpOption[] | undefined {
  const options: TcpOption[] = [];
  let at = 0;
  while (at < bytes.length) {
    const number = bytes[at]!;
    if (number === END || number === NOP) {
      options.push({ kind: number === END ? "eol" : "nop" });
      at++;
      continue;
    }
    const length = bytes[at + 1] ?? 0;
    if (length < 2 || at + length > bytes.length) return undefined;
    options.push(decodeOption(number, bytes.subarray(at + 2, at + length)));
    at += length;
  }
  return options;
}

/** An option whose length does not fit its kind is carried as it is. */
function decodeOption(number: number, data: Uint8Array): TcpOption {
  const words = new DataView(data.buffer, data.byteOffset, data.length);
  if (number === MSS && data.length === 2) return { kind: "mss", value: words.getUint16(0) };
  if (number === WINDOW_SCALE && data.length === 1) return { kind: "wscale", value: data[0]! };
  if (number === SACK_PERMITTED && data.length === 0) return { kind: "sackOK" };
  if (number === TIMESTAMPS && data.length === 8) {
    return { kind: "TS", value: words.getUint32(0), echo: words.getUint32(4) };
  }
  if (number === SACK && data.length > 0 && data.length % 8 === 0) {
    const blocks: SackBlock[] = [];
    for (let at = 0; at < data.length; at += 8) {
      blocks.push({ left: words.getUint32(at), right: words.getUint32(at + 4) });
    }
    return { kind: "sack", blocks };
  }
  return { kind: "other", number, data: Array.from(data) };
}

export function formatOptions(options: readonly TcpOption[]): string {
  return `<${options.map(formatOption).join(",")}>`;
}

export function formatOption(option: TcpOption): string {
  switch (option.kind) {
    case "mss":
    case "wscale":
      return `${option.kind} ${option.value}`;
    case "sack":
      return `sack ${option.blocks.map(({ left, right }) => `${left}:${right}`).join(" ")}`;
    case "TS":
      return `TS val ${option.value} ecr ${option.echo}`;
    case "other":
      return formatUninterpreted(option);
    default:
      return option.kind;
  }
}

function formatUninterpreted({ number, data }: UninterpretedOption): string {
  const text = (name: string, bytes: readonly number[]): string =>
    [name, bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")].join(" ").trimEnd();
  if (number === MD5) return text("md5", data);
  if (number === FAST_OPEN) return text("FO", data);
  const isFastOpen = FAST_OPEN_EXPERIMENT.every((byte, index) => data[index] === byte);
  if (number === EXPERIMENT && isFastOpen) return text("FOEXP", data.slice(2));
  return text(`option ${number}`, data);
}

function bigEndian(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => (value >>> (8 * (count - 1 - index))) & 0xff);
}
