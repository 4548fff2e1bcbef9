import { Pattern } from "../../host/index.js";
import { NetworkError } from "../../error/index.js";
import type { ParamValue } from "./path-params.js";

/** What a segment of a pattern can be, the most specific first. */
export const SPECIFICITY = Object.freeze(["static", "uuid", "int", "string", "path"] as const);

export type SegmentKind = (typeof SPECIFICITY)[number];

/** A piece of a pattern between slashes: text, or a parameter. */
export interface PatternSegment {
  readonly kind: SegmentKind;
  /** The text itself, or the parameter's name. */
  readonly text: string;
}

const PARAM = new Pattern(() => /^<(?:(string|int|uuid|path):)?([A-Za-z_][A-Za-z0-9_]*)>$/);

/**
 * What the text of a pattern may not have: a query or a fragment, which no path has, and percent-encoding, as patterns
 * are compared with paths when those are decoded.
 */
const NOT_STATIC = new Pattern(() => /[<>?#%]/);

const INT = new Pattern(() => /^[0-9]{1,16}$/);
const UUID = new Pattern(() => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i);

/**
 * Reads "/item/<int:id>/". A slash at the end is an empty segment.
 *
 * @throws NetworkError EINVAL if it does not begin with "/", has an empty, "." or ".." segment, an unknown converter, a
 * name twice or of a property of all objects, something beside a parameter in its segment, or `<path:…>` anywhere but at the end
 */
export function parsePattern(pattern: string): readonly PatternSegment[] {
  const fail = (detail: string): never => {
    throw new NetworkError("EINVAL", "add route", pattern, detail);
  };
  if (!pattern.startsWith("/")) fail("a path starts with /");
  const texts = pattern.slice(1).split("/");
  const names: string[] = [];
  return texts.map((text, index): PatternSegment => {
    const isLast = index === texts.length - 1;
    const param = PARAM.regexp.exec(text);
    if (param === null) {
      if (NOT_STATIC.regexp.test(text))
        fail(`"${text}" is neither plain text nor <name> or <converter:name>`);
      if (isDotSegment(text) || (text === "" && !isLast)) fail("an empty or dot segment");
      return { kind: "static", text };
    }
    const name = param[2]!;
    const kind = (param[1] ?? "string") as SegmentKind;
    if (names.includes(name)) fail(`two parameters have the name ${name}`);
    if (name in Object.prototype) fail(`${name} is a property of all objects, which a device has frozen`);
    if (kind === "path" && !isLast) fail("<path:…> takes all that follows, so it stands at the end");
    names.push(name);
    return { kind, text: name };
  });
}

/** The names of a pattern's parameters, in their order. */
export function paramNames(segments: readonly PatternSegment[]): readonly string[] {
  return segments.filter(({ kind }) => kind !== "static").map(({ text }) => text);
}

/**
 * A pattern that stands for all paths that begin with it: of "/admin" and "/admin/" the same.
 *
 * @throws as `parsePattern`; NetworkError EINVAL if it ends with `<path:…>`
 */
export function parsePrefix(prefix: string): readonly PatternSegment[] {
  const segments = parsePattern(prefix);
  const last = segments[segments.length - 1]!;
  if (last.kind === "path") {
    throw new NetworkError("EINVAL", "add route", prefix, "nothing can follow <path:…>");
  }
  return last.kind === "static" && last.text === "" ? segments.slice(0, -1) : segments;
}

/** True if the path begins with what the prefix says. */
export function hasPrefix(path: readonly string[], prefix: readonly PatternSegment[]): boolean {
  return (
    prefix.length <= path.length &&
    prefix.every(({ kind, text }, index) =>
      kind === "static" ? path[index] === text : convertSegment(kind, path[index]!) !== undefined,
    )
  );
}

/**
 * Cuts a path as it came at its slashes and decodes the pieces: "/a%20b/c/" is "a b", "c" and "".
 *
 * @returns undefined if its percent-encoding is none, or not that of UTF-8
 */
export function splitPath(path: string): readonly string[] | undefined {
  const segments = path.slice(1).split("/");
  if (!path.includes("%")) return segments;
  try {
    // Cut first: an encoded slash is part of a segment (RFC 3986 §2.2).
    return segments.map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/**
 * What a converter makes of a segment; undefined if it does not take it. Nothing takes dot segments: clients resolve
 * them (RFC 3986 §5.2.4), and what still comes with one is after another folder than the path says.
 */
export function convertSegment(converter: SegmentKind, text: string): ParamValue | undefined {
  switch (converter) {
    case "int": {
      const value = INT.regexp.test(text) ? Number(text) : -1;
      return value >= 0 && Number.isSafeInteger(value) ? value : undefined;
    }
    case "uuid":
      // RFC 9562 §4: written in lower case, read in any.
      return UUID.regexp.test(text) ? text.toLowerCase() : undefined;
    default:
      return text === "" || isDotSegment(text) ? undefined : text;
  }
}

/**
 * The rest of a path from the segment at `start`, as `<path:…>` gives it: "" for "/files/". Not taken is one that can
 * be read in two ways: with empty or dot segments, or with encoded slashes.
 */
export function joinSegments(segments: readonly string[], start: number): string | undefined {
  const last = segments.length - 1;
  for (let at = start; at <= last; at++) {
    const text = segments[at]!;
    if (isDotSegment(text) || text.includes("/") || (text === "" && at < last)) return undefined;
  }
  return segments.slice(start).join("/");
}

function isDotSegment(text: string): boolean {
  return text === "." || text === "..";
}
