import { Pattern } from "../../host/index.js";
/*
 * Entity tags (RFC 9110 §8.8.3) are handled as the text that fields carry, quotes included: `"v1"`, or `W/"v1"` if the tag is
 * weak, which means that it stands for any number of equivalent representations.
 */

/** Tags in a list that a client sends; caches hold a few variants. A list that goes on is treated as malformed. */
export const MAX_ENTITY_TAGS = 32;

/** What the text between a tag's quotes may not have. */
const NOT_TAG = new Pattern(() => /[^\x21\x23-\x7e\x80-\xff]/);

/** What may stand between the tags of a list. Empty members are allowed (RFC 9110 §5.6.1.2). */
const NOT_SEPARATOR = new Pattern(() => /[^ \t,]/);

const WEAK = "W/";

/** True for `"…"` and `W/"…"`. */
export function isEntityTag(text: string): boolean {
  const tags = parseEntityTags(text);
  return tags?.length === 1 && tags[0] === text;
}

/** True if the representations are the same byte by byte: both tags are strong, and equal (RFC 9110 §8.8.3.2). */
export function isStrongMatch(one: string, other: string): boolean {
  return one === other && !one.startsWith(WEAK);
}

/** True if one representation may stand for the other: the tags are equal, weak or not (RFC 9110 §8.8.3.2). */
export function isWeakMatch(one: string, other: string): boolean {
  return opaqueTag(one) === opaqueTag(other);
}

function opaqueTag(tag: string): string {
  return tag.startsWith(WEAK) ? tag.slice(WEAK.length) : tag;
}

/** The tags of a list, as they stand there; undefined if it is malformed or empty. */
export function parseEntityTags(text: string): readonly string[] | undefined {
  // Outside of quotes, inside, outside, …: a tag may have commas in it.
  const pieces = text.split('"', 2 * MAX_ENTITY_TAGS + 2);
  if (pieces.length < 3 || pieces.length % 2 === 0) return undefined;
  const tags: string[] = [];
  for (let index = 0; index < pieces.length; index += 2) {
    const outside = pieces[index]!;
    const inside = pieces[index + 1];
    const weak = inside !== undefined && outside.endsWith(WEAK);
    const separator = weak ? outside.slice(0, -WEAK.length) : outside;
    const between = index > 0 && inside !== undefined;
    if (NOT_SEPARATOR.regexp.test(separator) || (between && !separator.includes(","))) return undefined;
    if (inside === undefined) break;
    if (NOT_TAG.regexp.test(inside)) return undefined;
    tags.push(`${weak ? WEAK : ""}"${inside}"`);
  }
  return tags;
}
