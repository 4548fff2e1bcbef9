import type { Direction, Ecn, IpMarks } from "../packet/packet.js";
import { ScriptError, unsupported } from "../script-error.js";
import type { TokenStream } from "./token-stream.js";

const ECN_MARKS: readonly Ecn[] = ["noecn", "ect0", "ect1", "ce", "ect01"];

/** Parses "[ect0]", "[tos 0x10]", "(ttl 64)"; there may be none. */
export function parseMarks(tokens: TokenStream, direction: Direction): IpMarks {
  const closing = tokens.is("[") ? "]" : ")";
  if (!tokens.accept("[") && !tokens.accept("(")) return {};
  const marks = parseMark(tokens, direction);
  if (tokens.is(",")) throw unsupported(tokens.peek(1).location, `a second mark ("${tokens.peek(1).text}")`);
  tokens.expect(closing);
  return marks;
}

function parseMark(tokens: TokenStream, direction: Direction): IpMarks {
  const { location, text } = tokens.current;
  const ecn = ECN_MARKS.find((mark) => tokens.accept(mark));
  if (ecn === "ect01" && direction === "inbound") {
    throw new ScriptError(location, "[ect01] says what may come: it is for outbound packets only");
  }
  if (ecn !== undefined) return { ecn };
  if (tokens.accept("tos")) {
    const tos = Number(tokens.expectKind("hexadecimal", "a type of service in hexadecimal").text);
    if (tos > 0xff) throw new ScriptError(location, "a type of service has 8 bits");
    return { tos };
  }
  if (tokens.accept("ttl")) return { ttl: tokens.expectInteger("a time to live", 1, 255) };
  if (text === "flowlabel") throw unsupported(location, "IPv6's flow label");
  throw tokens.expected("a mark (noecn, ect0, ect1, ce, ect01, tos, ttl)");
}
