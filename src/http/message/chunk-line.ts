import { hasControl } from "./fields.js";
import { badRequest, type Refusal } from "./refusal.js";

/** The line before a chunk's data. */
export interface ChunkLine {
  /** Bytes of the data; 0 of the last chunk. */
  readonly size: number;
  /** Bytes of extensions, which nobody uses. */
  readonly extensions: number;
}

const NOT_HEX = /[^0-9A-Fa-f]/;

/** What may stand behind the size (RFC 9112 §7.1.1): names, each perhaps with a value. */
const EXTENSIONS =
  /^(?:[\t ]*;[\t ]*[\w!#$%&'*+.^`|~-]+(?:[\t ]*=[\t ]*(?:[\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*"))?)+$/;

/** True for what may become a chunk's line: the rest is judged when it is complete. */
export function startsWithSize(line: string): boolean {
  return !NOT_HEX.test(line.charAt(0));
}

/** @param line each byte a character, with its CR and without its LF */
export function parseChunkLine(line: string): ChunkLine | Refusal {
  if (!line.endsWith("\r")) return badRequest("a chunk size without its line end");
  const content = line.slice(0, -1);
  const mark = content.search(NOT_HEX);
  const extensions = mark < 0 ? "" : content.slice(mark);
  if (mark === 0 || content === "") return badRequest("a malformed chunk size");
  if (extensions !== "" && (hasControl(extensions) || !EXTENSIONS.test(extensions))) {
    return badRequest(extensions.includes(";") ? "a malformed chunk extension" : "a malformed chunk size");
  }
  const size = parseInt(content, 16);
  if (size > Number.MAX_SAFE_INTEGER) return badRequest("a chunk size that nobody can count");
  return { size, extensions: content.length - (mark < 0 ? content.length : mark) };
}
