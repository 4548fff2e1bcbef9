import { parseMediaType } from "../message/media-type.js";
import { best, parsePreferences, type Preference } from "./preferences.js";

/** What nobody asks for but everybody takes: no coding. It is liked less than all that is asked for. */
const UNASKED = 0.0001;

/**
 * The best of the media types offered (RFC 9110 §12.5.1): the one that Accept prefers, and of equal ones the first. Say
 * `Vary: Accept` with the answer.
 *
 * @param accept of the request's Accept; undefined, or nothing that can be read in it: the client takes all
 * @param offered "text/html", with parameters where they matter
 * @returns undefined if none is acceptable: answer 406, or the first all the same
 *
 * @example
 * const type = negotiateType(request.header("Accept"), ["application/json", "text/html"]);
 * if (type === undefined) throw new HttpError(406);
 */
export function negotiateType(accept: string | undefined, offered: readonly string[]): string | undefined {
  const ranges = parsePreferences(accept);
  if (ranges.length === 0) return offered[0];
  return best(offered, (type) => typeQuality(type, ranges));
}

/**
 * The best of the content codings offered (RFC 9110 §12.5.3). "identity", no coding at all, is acceptable unless the client
 * rules it out. A client that sends no Accept-Encoding may be sent any; as the simplest ones are those that send none,
 * it is "identity".
 *
 * @returns undefined if none is acceptable
 */
export function negotiateEncoding(
  acceptEncoding: string | undefined,
  offered: readonly string[],
): string | undefined {
  const codings = parsePreferences(acceptEncoding);
  return best(offered, (coding) => codingQuality(coding, codings));
}

/** True if the client takes this content coding: "gzip". */
export function acceptsEncoding(acceptEncoding: string | undefined, coding: string): boolean {
  return negotiateEncoding(acceptEncoding, [coding]) !== undefined;
}

/**
 * The best of the languages offered, by look-up (RFC 9110 §12.5.4, RFC 4647 §3.4): the client's ranges in the order of
 * their quality, each shortened until something has it or begins with it. So "de-CH" finds "de", and "en" finds "en-GB".
 *
 * @returns undefined if there is none of them: answer in the site's own language
 */
export function negotiateLanguage(
  acceptLanguage: string | undefined,
  offered: readonly string[],
): string | undefined {
  const ranges = parsePreferences(acceptLanguage);
  if (ranges.length === 0) return offered[0];
  const open = offered.filter((tag) => longestRange(tag, ranges)?.quality !== 0);
  const wanted = ranges.filter(({ quality }) => quality > 0).sort((a, b) => b.quality - a.quality);
  for (const { value } of wanted) {
    const found =
      value === "*"
        ? open.find((tag) => longestRange(tag, ranges)?.value === "*")
        : (findTag(open, value) ?? open.find((tag) => isWithin(tag, value)) ?? findShorter(open, value));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The best of the charsets offered (RFC 9110 §12.5.2, which calls it out of date: nearly all is UTF-8). */
export function negotiateCharset(
  acceptCharset: string | undefined,
  offered: readonly string[],
): string | undefined {
  const charsets = parsePreferences(acceptCharset);
  if (charsets.length === 0) return offered[0];
  return best(offered, (charset) => qualityOf(charset.toLowerCase(), charsets) ?? 0);
}

/** By the most specific range that the type is in. */
function typeQuality(offered: string, ranges: readonly Preference[]): number {
  const media = parseMediaType(offered);
  if (media === undefined) return 0;
  const group = `${media.type.slice(0, media.type.indexOf("/"))}/*`;
  let quality = 0;
  let specificity = 0;
  for (const range of ranges) {
    const wanted = [...range.parameters].filter(([name]) => name !== "q");
    const matches = wanted.every(
      ([name, value]) => media.parameters.get(name)?.toLowerCase() === value.toLowerCase(),
    );
    const rank = ["*/*", group, media.type].indexOf(range.value) + 1;
    if (rank === 0 || !matches || rank + wanted.length <= specificity) continue;
    specificity = rank + wanted.length;
    quality = range.quality;
  }
  return quality;
}

function codingQuality(coding: string, accepted: readonly Preference[]): number {
  const name = coding.toLowerCase();
  // RFC 9110 §8.4.1.3: "x-gzip" is to be taken for "gzip".
  const alias = name === "gzip" ? "x-gzip" : name;
  return qualityOf(name, accepted, alias) ?? (name === "identity" ? UNASKED : 0);
}

function qualityOf(name: string, accepted: readonly Preference[], alias = name): number | undefined {
  const found =
    accepted.find(({ value }) => value === name || value === alias) ??
    accepted.find(({ value }) => value === "*");
  return found?.quality;
}

/** RFC 4647 §3.3.1: "en" has "en" and "en-GB" in it, but not "eng". */
function isWithin(tag: string, range: string): boolean {
  return range === "*" || `${tag.toLowerCase()}-`.startsWith(`${range}-`);
}

function longestRange(tag: string, ranges: readonly Preference[]): Preference | undefined {
  let longest: Preference | undefined;
  for (const range of ranges) {
    if (!isWithin(tag, range.value)) continue;
    if (longest === undefined || longest.value === "*" || range.value.startsWith(longest.value))
      longest = range;
  }
  return longest;
}

function findTag(tags: readonly string[], range: string): string | undefined {
  return tags.find((tag) => tag.toLowerCase() === range);
}

/** RFC 4647 §3.4: subtags are taken off the end until there is a language. */
function findShorter(tags: readonly string[], range: string): string | undefined {
  for (let hyphen = range.lastIndexOf("-"); hyphen > 0; hyphen = range.lastIndexOf("-", hyphen - 1)) {
    const found = findTag(tags, range.slice(0, hyphen));
    if (found !== undefined) return found;
  }
  return undefined;
}
