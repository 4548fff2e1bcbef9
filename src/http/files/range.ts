import { Pattern } from "../../host/index.js";
/** Bytes of a representation, from `start` to before `end`; there is at least one. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Ranges in one request. A viewer that jumps about in a document asks for a few; with hundreds a client makes a server
 * work for little (RFC 9110 §17.15). Beyond this the field is ignored, and the whole representation is sent.
 */
export const MAX_RANGES = 16;

/** Ranges that lie closer are sent as one, in bytes: the part head between them would not be shorter (RFC 9110 §15.3.7.2). */
export const RANGE_GAP = 80;

const NOT_DIGIT = new Pattern(() => /[^0-9]/);

/**
 * Chooses what a Range field asks for (RFC 9110 §14.1.2), in the order of the field. Ranges that overlap or nearly touch
 * come as one, so that nobody is sent a byte twice.
 *
 * @param length bytes of the representation
 * @returns undefined if the field must be or may be ignored: another unit, malformed, too many ranges; an empty list if
 * no range lies within the representation (416)
 */
export function selectRanges(field: string, length: number): readonly ByteRange[] | undefined {
  const equals = field.indexOf("=");
  if (equals < 0 || field.slice(0, equals).toLowerCase() !== "bytes") return undefined;
  const members = field.slice(equals + 1).split(",", MAX_RANGES + 1);
  if (members.length > MAX_RANGES) return undefined;
  const ranges: ByteRange[] = [];
  let empty = true;
  for (const member of members) {
    const spec = member.trim();
    if (spec === "") continue;
    empty = false;
    const range = resolve(spec, length);
    if (range === undefined) return undefined;
    if (range !== "unsatisfiable") ranges.push(range);
  }
  return empty ? undefined : coalesce(ranges);
}

/** @returns undefined if it is no range, or none that a Content-Range could say */
function resolve(spec: string, length: number): ByteRange | "unsatisfiable" | undefined {
  const dash = spec.indexOf("-");
  if (dash < 0) return undefined;
  const first = spec.slice(0, dash);
  const last = spec.slice(dash + 1);
  if (NOT_DIGIT.regexp.test(first) || NOT_DIGIT.regexp.test(last)) return undefined;
  if (first === "") {
    if (last === "") return undefined;
    if (Number(last) === 0) return "unsatisfiable";
    // The last bytes of an empty representation are there, all none of them, but have no positions.
    return length === 0 ? undefined : { start: Math.max(0, length - Number(last)), end: length };
  }
  const start = Number(first);
  const end = last === "" ? Infinity : Number(last) + 1;
  if (last !== "" && Number(last) < start) return undefined;
  return start < length ? { start, end: Math.min(end, length) } : "unsatisfiable";
}

/** Joins what overlaps or nearly touches; a joined range stands where the first of its ranges stood. */
function coalesce(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const joined: { start: number; end: number; order: number }[] = [];
  const ascending = ranges.map(({ start, end }, order) => ({ start, end, order }));
  ascending.sort((one, other) => one.start - other.start);
  for (const range of ascending) {
    const previous = joined[joined.length - 1];
    if (previous !== undefined && range.start - previous.end < RANGE_GAP) {
      previous.end = Math.max(previous.end, range.end);
      previous.order = Math.min(previous.order, range.order);
    } else joined.push(range);
  }
  joined.sort((one, other) => one.order - other.order);
  return joined.map(({ start, end }) => ({ start, end }));
}
