import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  evaluatePreconditions,
  formatHttpDate,
  isRangeWanted,
  isStrongMatch,
  isWeakMatch,
  type Validators,
} from "../../../src/http/index.js";

const CHANGED = Date.UTC(2026, 0, 15, 12, 0, 0) + 250;
const SAME = formatHttpDate(CHANGED);
const EARLIER = formatHttpDate(CHANGED - 1000);
const LATER = formatHttpDate(CHANGED + 1000);
const STRONG: Validators = { etag: '"v1"', lastModified: CHANGED };
const WEAK: Validators = { etag: 'W/"v1"', lastModified: CHANGED };
const DATED: Validators = { lastModified: CHANGED };
const TAGGED: Validators = { etag: '"v1"' };

type Fields = Readonly<Record<string, string | undefined>>;

function asking(
  method: string,
  fields: Fields,
): { method: string; header(name: string): string | undefined } {
  return { method, header: (name) => fields[name] };
}

describe("a request with conditions", () => {
  it.each<[string, string, Fields, Validators | undefined, number | undefined]>([
    ["none", "GET", {}, STRONG, undefined],

    ["If-Match that holds", "PUT", { "If-Match": '"v0", "v1"' }, STRONG, undefined],
    ["If-Match that does not", "PUT", { "If-Match": '"v0"' }, STRONG, 412],
    ["If-Match, weak", "PUT", { "If-Match": 'W/"v1"' }, WEAK, 412],
    ["If-Match *", "PUT", { "If-Match": "*" }, DATED, undefined],
    ["If-Match * for nothing", "PUT", { "If-Match": "*" }, undefined, 412],
    ["If-Match for what has no tag", "PUT", { "If-Match": '"v1"' }, DATED, 412],
    ["If-Match, malformed", "DELETE", { "If-Match": "v1" }, STRONG, 412],
    ["If-Match that does not, reading", "GET", { "If-Match": '"v0"' }, STRONG, 412],

    ["If-Unmodified-Since that holds", "PUT", { "If-Unmodified-Since": SAME }, STRONG, undefined],
    ["If-Unmodified-Since that does not", "PUT", { "If-Unmodified-Since": EARLIER }, STRONG, 412],
    ["If-Unmodified-Since, malformed", "PUT", { "If-Unmodified-Since": "yesterday" }, STRONG, undefined],
    [
      "If-Unmodified-Since for what has no date",
      "PUT",
      { "If-Unmodified-Since": EARLIER },
      TAGGED,
      undefined,
    ],
    ["If-Unmodified-Since for nothing", "PUT", { "If-Unmodified-Since": EARLIER }, undefined, undefined],
    [
      "If-Match, which goes before If-Unmodified-Since",
      "PUT",
      { "If-Match": '"v1"', "If-Unmodified-Since": EARLIER },
      STRONG,
      undefined,
    ],

    ["If-None-Match that matches", "GET", { "If-None-Match": '"v1"' }, STRONG, 304],
    ["If-None-Match that matches, for HEAD", "HEAD", { "If-None-Match": '"v1"' }, STRONG, 304],
    ["If-None-Match that matches weakly", "GET", { "If-None-Match": 'W/"v1"' }, STRONG, 304],
    ["If-None-Match of a list", "GET", { "If-None-Match": '"v0", W/"v1"' }, WEAK, 304],
    ["If-None-Match of other tags", "GET", { "If-None-Match": '"v0"' }, STRONG, undefined],
    ["If-None-Match *", "GET", { "If-None-Match": "*" }, STRONG, 304],
    ["If-None-Match * for nothing", "PUT", { "If-None-Match": "*" }, undefined, undefined],
    ["If-None-Match * for something", "PUT", { "If-None-Match": "*" }, STRONG, 412],
    ["If-None-Match that matches, writing", "PUT", { "If-None-Match": 'W/"v1"' }, STRONG, 412],
    ["If-None-Match, malformed, reading", "GET", { "If-None-Match": "v1" }, STRONG, undefined],
    ["If-None-Match, malformed, writing", "PUT", { "If-None-Match": "v1" }, STRONG, 412],

    ["If-Modified-Since, unchanged", "GET", { "If-Modified-Since": SAME }, STRONG, 304],
    ["If-Modified-Since, later", "HEAD", { "If-Modified-Since": LATER }, STRONG, 304],
    ["If-Modified-Since, changed", "GET", { "If-Modified-Since": EARLIER }, STRONG, undefined],
    [
      "If-Modified-Since in RFC 850's form",
      "GET",
      { "If-Modified-Since": "Thursday, 15-Jan-26 12:00:00 GMT" },
      STRONG,
      304,
    ],
    ["If-Modified-Since twice", "GET", { "If-Modified-Since": `${SAME}, ${SAME}` }, STRONG, undefined],
    ["If-Modified-Since, writing", "POST", { "If-Modified-Since": SAME }, STRONG, undefined],
    ["If-Modified-Since for what has no date", "GET", { "If-Modified-Since": SAME }, TAGGED, undefined],
    [
      "If-None-Match, which goes before If-Modified-Since",
      "GET",
      { "If-None-Match": '"v0"', "If-Modified-Since": SAME },
      STRONG,
      undefined,
    ],

    [
      "If-Match that holds, and If-None-Match",
      "GET",
      { "If-Match": "*", "If-None-Match": '"v1"' },
      STRONG,
      304,
    ],
    [
      "If-Match that does not, and If-None-Match",
      "GET",
      { "If-Match": '"v0"', "If-None-Match": '"v1"' },
      STRONG,
      412,
    ],
    [
      "If-Unmodified-Since that holds, and If-Modified-Since",
      "GET",
      { "If-Unmodified-Since": SAME, "If-Modified-Since": SAME },
      STRONG,
      304,
    ],

    ["a method that has nothing to do with them", "OPTIONS", { "If-Match": '"v0"' }, STRONG, undefined],
    ["TRACE", "TRACE", { "If-None-Match": "*" }, STRONG, undefined],
  ])("%s", (_, method, fields, current, status) => {
    expect(evaluatePreconditions(asking(method, fields), current)).toBe(status);
  });

  it.each<[string, string | undefined, Validators, boolean]>([
    ["no If-Range", undefined, STRONG, true],
    ["its strong tag", '"v1"', STRONG, true],
    ["another tag", '"v0"', STRONG, false],
    ["its weak tag", 'W/"v1"', WEAK, false],
    ["a weak tag of the strong one", 'W/"v1"', STRONG, false],
    ["a tag for what has none", '"v1"', DATED, false],
    ["two tags", '"v1", "v1"', STRONG, false],
    ["its date", SAME, STRONG, true],
    ["an earlier date", EARLIER, STRONG, false],
    ["a later date", LATER, STRONG, false],
    ["a date for what has none", SAME, TAGGED, false],
    ["no date", "today", STRONG, false],
    ["a star", "*", STRONG, false],
  ])("wants its range, with %s: %s", (_, ifRange, current, wanted) => {
    expect(isRangeWanted(asking("GET", { "If-Range": ifRange }), current)).toBe(wanted);
  });
});

/** RFC 9110 §13.2.2, as it is written there: six steps. */
function model(
  method: string,
  fields: Readonly<Record<string, readonly string[] | number>>,
  etag: string,
  changed: number,
): number | undefined {
  const reading = method === "GET" || method === "HEAD";
  const ifMatch = fields["If-Match"] as string[] | undefined;
  const ifNoneMatch = fields["If-None-Match"] as string[] | undefined;
  const unmodifiedSince = fields["If-Unmodified-Since"] as number | undefined;
  const modifiedSince = fields["If-Modified-Since"] as number | undefined;
  if (ifMatch !== undefined && !ifMatch.some((tag) => isStrongMatch(tag, etag))) return 412;
  if (ifMatch === undefined && unmodifiedSince !== undefined && changed > unmodifiedSince) return 412;
  if (ifNoneMatch?.some((tag) => isWeakMatch(tag, etag)) === true) return reading ? 304 : 412;
  if (reading && ifNoneMatch === undefined && modifiedSince !== undefined && changed <= modifiedSince)
    return 304;
  return undefined;
}

it("conditions in every combination are as the steps of RFC 9110 say", () => {
  const tag = fc.constantFrom('"1"', 'W/"1"', '"2"', 'W/"2"');
  const tags = fc.option(fc.array(tag, { minLength: 1, maxLength: 3 }), { nil: undefined });
  const second = fc.integer({ min: 1_800_000_000, max: 1_800_000_003 });
  const date = fc.option(second, { nil: undefined });
  const method = fc.constantFrom("GET", "HEAD", "PUT", "DELETE");
  fc.assert(
    fc.property(
      method,
      tags,
      date,
      tags,
      date,
      tag,
      second,
      (verb, match, since, noneMatch, until, etag, changed) => {
        const wanted = {
          "If-Match": match,
          "If-Unmodified-Since": since,
          "If-None-Match": noneMatch,
          "If-Modified-Since": until,
        };
        const given = Object.entries(wanted).filter(([, value]) => value !== undefined) as [
          string,
          string[] | number,
        ][];
        const fields = given.map(([name, value]) => [
          name,
          typeof value === "number" ? formatHttpDate(1000 * value) : value.join(", "),
        ]);
        const asked = asking(verb, Object.fromEntries(fields) as Fields);
        expect(evaluatePreconditions(asked, { etag, lastModified: 1000 * changed + 999 })).toBe(
          model(verb, Object.fromEntries(given), etag, changed),
        );
      },
    ),
    { numRuns: 2000 },
  );
});
