import { Fields } from "./fields.js";
import { badRequest, Refusal } from "./refusal.js";

/**
 * Finds what is wrong with lines that end with CRLF, in one pass: a control byte; a CR or LF that stands alone
 * (RFC 9112 §2.2); behind a CRLF something else than a token and a colon, thus also an obsolete line folding and a
 * blank before the colon (§5.1, §5.2). The empty line at the end is right.
 *
 * A control before LF is passed over, for if it is no CR, that LF is found. Measured on XS: an expression takes an
 * instruction for each byte where it does not begin to match, and two or three for each step where it does. A greedy
 * repetition would keep a state for each of its steps there, which an attacker's long name would multiply; a lazy one
 * keeps one.
 */
const MALFORMED =
  // eslint-disable-next-line no-control-regex -- they are what it looks for
  /[\0-\x08\x0a-\x1f\x7f](?!\n)(?!(?<=\r\n)(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+?:|(?:\r\n)?$))/;

/**
 * Reads a field section, of a head or of trailers.
 *
 * @param text CRLF before each line, and at the end an empty line; a start line may stand before all
 * @param limit how many lines of fields there may be
 */
export function parseFieldSection(text: string, limit: number): Fields | Refusal {
  const malformed = MALFORMED.exec(text);
  if (malformed !== null) return explain(malformed[0]);
  // Before the first and behind the last line is one CRLF, at the end another.
  if (text.split("\r\n").length - 3 > limit) return new Refusal(431, `more than ${limit} fields`);
  return new Fields(text);
}

function explain(byte: string): Refusal {
  if (byte === "\r") return badRequest("a CR without LF");
  if (byte === "\n") return badRequest("a field without a valid name, or LF without CR");
  return badRequest("a control character");
}
