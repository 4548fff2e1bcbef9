import { Pattern } from "../../host/index.js";
import { hasControl } from "./fields.js";
import { badRequest, type Refusal } from "./refusal.js";

/** The line before a chunk's data. */
export interface ChunkLine {
  /** Bytes of the data; 0 of the last chunk. */
  readonly size: number;
  /** Bytes of extensions, which nobody uses. */
  readonly extensions: number;
}

const NOT_HEX = new Pattern(() => /[^0-9A-Fa-f]/);

/** What nearly all clients send. */
const SIZE_ALONE = new Pattern(() => /^[0-9A-Fa-f]+?\r$/);

/** What may stand behind the size (RFC 9112 §7.1.1): names, each perhaps with a value. */
const EXTENSIONS = new Pattern(
  () => /^(?:[\t ]*;[\t ]*[\w!#$%&'*+.^`|~-]+(?:[\t ]*=[\t ]*(?:[\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*"))?)+$/,
);

/** True for what may become a chunk's line: the rest is judged when it is complete. */
export function startsWithSize(line: string): boolean {
  return !NOT_HEX.regexp.test(line.charAt(0));
}

/** @param line each byte a character, with its CR and without its LF */
export function parseChunkLine(line: string): ChunkLine | Refusal {
  const size = parseInt(line, 16);
  if (size > Number.MAX_SAFE_INTEGER) return badRequest("a chunk size that nobody can count");
  if (SIZE_ALONE.regexp.test(line)) return { size, extensions: 0 };
  if (!line.endsWith("\r")) return badRequest("a chunk size without its line end");
  const content = line.slice(0, -1);
  const end = content.search(NOT_HEX.regexp);
  if (end <= 0) return badRequest("a malformed chunk size");
  const extensions = content.slice(end);
  if (hasControl(extensions) || !EXTENSIONS.regexp.test(extensions)) {
    return badRequest(extensions.includes(";") ? "a malformed chunk extension" : "a malformed chunk size");
  }
  return { size, extensions: content.length - end };
}
