import { isStrongMatch, isWeakMatch, parseEntityTags } from "./entity-tag.js";
import { parseHttpDate } from "./parse-http-date.js";

/** What tells one state of a page from another (RFC 9110 §8.8). */
export interface Validators {
  /** With its quotes, `W/` before them if it is weak. */
  readonly etag?: string | undefined;
  /** Milliseconds since 1970; parts of a second are dropped, as HTTP's dates have none. */
  readonly lastModified?: number | undefined;
}

/** What preconditions are read from; a request is one. */
export interface ConditionalRequest {
  readonly method: string;
  header(name: string): string | undefined;
}

/**
 * Whether a request's conditions let it be performed, by the steps of RFC 9110 §13.2.2. To be asked when everything
 * else is fine with the request, and before it changes anything (§13.2.1).
 *
 * @param current what is there now, undefined if nothing is
 * @returns the status to answer with instead, 304 or 412; undefined: go on
 */
export function evaluatePreconditions(
  request: ConditionalRequest,
  current: Validators | undefined,
): 304 | 412 | undefined {
  const { method } = request;
  // RFC 9110 §13.2.1: these have nothing to do with a representation.
  if (method === "CONNECT" || method === "OPTIONS" || method === "TRACE") return undefined;

  const ifMatch = request.header("If-Match");
  if (ifMatch !== undefined) {
    if (!matches(ifMatch, current, isStrongMatch)) return 412;
  } else if (isModifiedSince(request.header("If-Unmodified-Since"), current) === true) {
    return 412;
  }

  const reading = method === "GET" || method === "HEAD";
  const ifNoneMatch = request.header("If-None-Match");
  if (ifNoneMatch !== undefined) {
    const match = matches(ifNoneMatch, current, isWeakMatch);
    if (reading) return match === true ? 304 : undefined;
    // Of a list that can't be read nobody knows that it does not match.
    return match === false ? undefined : 412;
  }
  const unmodified = isModifiedSince(request.header("If-Modified-Since"), current) === false;
  return reading && unmodified ? 304 : undefined;
}

/**
 * Whether a Range field is to be obeyed: without If-Range always, else if the client has part of what is there now
 * (RFC 9110 §13.1.5).
 */
export function isRangeWanted(request: ConditionalRequest, current: Validators): boolean {
  const ifRange = request.header("If-Range");
  if (ifRange === undefined) return true;
  const { etag, lastModified } = current;
  if (ifRange.includes('"')) return etag !== undefined && isStrongMatch(ifRange, etag);
  // Compared for equality, not by age: the client has got this very date from here.
  return lastModified !== undefined && parseHttpDate(ifRange, lastModified) === wholeSeconds(lastModified);
}

/** @returns undefined if the list is malformed */
function matches(
  list: string,
  current: Validators | undefined,
  isMatch: (one: string, other: string) => boolean,
): boolean | undefined {
  if (list === "*") return current !== undefined;
  const tags = parseEntityTags(list);
  if (tags === undefined) return undefined;
  const etag = current?.etag;
  return etag !== undefined && tags.some((tag) => isMatch(tag, etag));
}

/** @returns undefined where the condition must be ignored: no date, or no time of modification to compare it with */
function isModifiedSince(field: string | undefined, current: Validators | undefined): boolean | undefined {
  const lastModified = current?.lastModified;
  if (field === undefined || lastModified === undefined) return undefined;
  // A two-digit year is near to what it is compared with: the client got the date from here.
  const since = parseHttpDate(field, lastModified);
  return since === undefined ? undefined : wholeSeconds(lastModified) > since;
}

function wholeSeconds(time: number): number {
  return time - (((time % 1000) + 1000) % 1000);
}
