import type { Direction } from "../packet/packet.js";
import {
  MAX_OPTIONS_LENGTH,
  encodeOptions,
  uninterpretedOption,
  type SackBlock,
  type TcpOption,
} from "../packet/tcp-options.js";
import { ScriptError, unsupported } from "../script-error.js";
import type { TokenStream } from "./token-stream.js";

const MAX_U32 = 0xffff_ffff;

/**
 * Parses "<mss 1460,nop,wscale 7>". Without it there are no options.
 * @returns undefined for "<...>": any
 */
export function parseTcpOptions(tokens: TokenStream, direction: Direction): TcpOption[] | undefined {
  const { location } = tokens;
  // The "<" of the next line's packet comes after a time.
  if (!tokens.accept("<")) return [];
  if (tokens.accept("...")) {
    if (direction === "inbound") {
      throw new ScriptError(location, "<...> says that anything may come: it is for outbound packets only");
    }
    tokens.expect(">");
    return undefined;
  }
  const options: TcpOption[] = [];
  do options.push(parseOption(tokens));
  while (tokens.accept(","));
  tokens.expect(">", '"," or ">"');
  const { length } = encodeOptions(options);
  if (length % 4 !== 0) {
    throw new ScriptError(
      location,
      `the options take ${length} bytes: pad them with nop to whole 32-bit words`,
    );
  }
  if (length > MAX_OPTIONS_LENGTH) {
    throw new ScriptError(
      location,
      `the options take ${length} bytes; there is room for ${MAX_OPTIONS_LENGTH}`,
    );
  }
  return options;
}

function parseOption(tokens: TokenStream): TcpOption {
  const { location, text } = tokens.current;
  switch (tokens.expectKind("word", "a TCP option").text) {
    case "nop":
    case "eol":
    case "sackOK":
      return { kind: text as "nop" | "eol" | "sackOK" };
    case "mss":
      return { kind: "mss", value: tokens.expectInteger("a segment size", 0, 0xffff) };
    case "wscale":
      return { kind: "wscale", value: tokens.expectInteger("a shift count", 0, 0xff) };
    case "sack":
      return { kind: "sack", blocks: parseBlocks(tokens) };
    case "TS": {
      tokens.expect("val");
      const value = tokens.expectInteger("a timestamp", 0, MAX_U32);
      tokens.expect("ecr");
      return { kind: "TS", value, echo: tokens.expectInteger("a timestamp", 0, MAX_U32) };
    }
    case "FO":
    case "FOEXP":
    case "md5":
      return uninterpretedOption(text as "FO" | "FOEXP" | "md5", parseBytes(tokens));
    case "ECN":
      throw unsupported(location, "AccECN's option");
    default:
      throw new ScriptError(location, `"${text}" is no TCP option`);
  }
}

function parseBlocks(tokens: TokenStream): SackBlock[] {
  const blocks: SackBlock[] = [];
  do {
    const left = tokens.expectInteger("the left edge of a block", 0, MAX_U32);
    tokens.expect(":");
    blocks.push({ left, right: tokens.expectInteger("the right edge of a block", 0, MAX_U32) });
  } while (tokens.isKind("integer"));
  return blocks;
}

/** Bytes in hexadecimal, without a prefix; there may be none. */
function parseBytes(tokens: TokenStream): number[] {
  if (!tokens.isKind("word") && !tokens.isKind("integer")) return [];
  const { text, location } = tokens.next();
  if (!/^([0-9a-fA-F]{2})*$/.test(text))
    throw new ScriptError(location, `"${text}" is not bytes in hexadecimal`);
  return (text.match(/../g) ?? []).map((digits) => parseInt(digits, 16));
}
