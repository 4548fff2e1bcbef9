import { methods } from "_http_common";
import type { NodeOutcome } from "./node-parser.js";
import type { Outcome } from "./parse.js";

/** What the two parsers make of the same bytes. */
export interface Readings {
  readonly request: string;
  readonly ours: Outcome;
  readonly theirs: NodeOutcome;
}

/** "refused here": Node's takes it, or waits for more. A property's name: both serve it, and differ in that. */
export type Disagreement =
  "refused here" | "refused there" | "incomplete here" | "incomplete there" | keyof NodeOutcome;

/** Where the two differ; empty if they mean the same. */
export function disagreements({ request, ours, theirs }: Readings): readonly Disagreement[] {
  if (ours.state === "refused" || theirs.state === "refused") {
    if (ours.state === theirs.state) return [];
    return [ours.state === "refused" ? "refused here" : "refused there"];
  }
  if (ours.state === "complete" || theirs.state === "complete") {
    if (ours.state !== theirs.state)
      return [ours.state === "complete" ? "incomplete there" : "incomplete here"];
  }
  // Without a head neither has these, and without an end neither has the last.
  const same: NodeOutcome = {
    state: ours.state,
    method: ours.method,
    target: ours.method === undefined ? undefined : request.trimStart().split(" ")[1],
    version: ours.method === undefined ? undefined : `1.${ours.minorVersion}`,
    fields: ours.fields,
    keepAlive: ours.keepAlive,
    upgrades: ours.method === undefined ? undefined : ours.method === "CONNECT" || ours.upgrade !== undefined,
    ...(ours.state === "complete" && { body: ours.body, trailers: ours.trailers ?? [], rest: ours.rest }),
  };
  const names = new Set([...Object.keys(same), ...Object.keys(theirs)] as (keyof NodeOutcome)[]);
  return [...names].filter((name) => JSON.stringify(same[name]) !== JSON.stringify(theirs[name]));
}

/** Why a disagreement is meant. */
export interface Reason {
  readonly why: string;
  readonly what: Disagreement;
  readonly applies: (readings: Readings) => boolean;
}

/** What is said of a body's framing. */
const FRAMING =
  /chunk|coding|Content-Length|CONNECT with a body|bytes of (body|trailers)|more than \d+ fields/i;

const refusedHere = (detail: RegExp, why: string, request = /^/): Reason => ({
  why,
  what: "refused here",
  applies: ({ request: text, ours, theirs }) =>
    detail.test(ours.detail ?? "") &&
    request.test(text) &&
    !(theirs.upgrades && FRAMING.test(ours.detail ?? "")),
});

const refusedThere = (code: RegExp, why: string, applies: Reason["applies"]): Reason => ({
  why,
  what: "refused there",
  applies: (readings) => code.test(readings.theirs.code ?? "") && applies(readings),
});

const differs = (what: keyof NodeOutcome, why: string, applies: Reason["applies"]): Reason => ({
  why,
  what,
  applies,
});

const FRAMING_CODE = /^HPE_.*(LENGTH|ENCODING)$/;
/** Node takes no tab for a blank there (RFC 9110 §5.6.3 does). */
const TAB = /^(content-length|transfer-encoding|connection):.*\t/im;
/** CR and LF before the request, but not the one CRLF that is passed over here. */
const EMPTY_LINES = /^(?!\r\n[^\r\n])[\r\n]/;
const VERSIONED = /^(\r\n)?[^ \r\n]+ +[^ \r\n].* HTTP\//;
const UNVERSIONED = /^(\r\n)?[A-Z-]+ +[^ \r\n]* *\r?\n/;

/** All that there are: each disagreement has just one of them. */
export const REASONS: readonly Reason[] = Object.freeze([
  refusedHere(/^no Host field$/, "Node leaves Host to its server"),
  refusedHere(/^an empty, malformed or repeated Host field$/, "Node takes any Host, and several", /host:/i),
  refusedHere(
    /^a malformed request target$/,
    "Node takes a target of any form and any visible bytes",
    VERSIONED,
  ),
  refusedHere(
    /^a (malformed )?(request (line|target)|HTTP version)/,
    "Node still knows HTTP/0.9",
    UNVERSIONED,
  ),
  refusedHere(
    /^HTTP\/[02] is not/,
    "Node takes HTTP/0.9 and HTTP/2.0 like HTTP/1.1",
    /HTTP\/(0\.9|2\.0)\r\n/,
  ),
  refusedHere(
    /^a request line|^a malformed|^a control character in the request line$/,
    "Node skips any CR and LF before a request, here one CRLF",
    EMPTY_LINES,
  ),
  refusedHere(/^Transfer-Encoding in HTTP\/1\.0$/, "RFC 9112 §6.1: the framing of such a message is faulty"),
  refusedHere(/^no transfer coding but chunked$/, "RFC 9112 §6.1: what is not understood is answered 501"),
  refusedHere(
    /chunked last$|^both/,
    "Node takes an empty coding for none",
    /^(?![^]*encoding:.*\t)[^]*Transfer-Encoding: *\r\n/i,
  ),
  refusedHere(
    /Content-Length$/,
    "Here a length is what a double holds for sure",
    /content-length:[ \t]*\d{16,}[ \t]*\r\n/i,
  ),
  refusedHere(/^only 100-continue can be expected$/, "Node leaves Expect to its server"),
  refusedHere(/^more (than \d+ )?bytes of body/, "Node has no limit for a body"),
  refusedHere(/^more than \d+ bytes( of request line)?$/, "Node's limit for a head is larger"),
  refusedHere(/^more than \d+ fields$/, "Node's server has the limit, and none for trailers"),
  refusedHere(/^more than \d+ bytes of trailers$/, "Node has no limit for trailers"),
  refusedHere(/^a chunk size line that does not end$/, "Node has no limit for a chunk's line"),
  refusedHere(/^a chunk size that nobody can count$/, "Here a chunk's size is what a double holds for sure"),
  refusedHere(/^too many bytes of chunk extensions$/, "Node's limit for extensions is larger"),
  refusedHere(
    /^a malformed chunk extension$/,
    "Node takes chunk extensions without a name, and a quote left open",
  ),
  {
    why: "Node takes a body for what CONNECT or an upgrade leads to, here that begins behind the request",
    what: "refused here",
    applies: ({ ours, theirs }) => theirs.upgrades === true && FRAMING.test(ours.detail ?? ""),
  },
  refusedThere(/^HPE_INVALID_METHOD$/, "Node knows some methods, here the routes do", ({ ours }) => {
    return !methods.includes(ours.method ?? "");
  }),
  refusedThere(/^HPE_INVALID_VERSION$/, "RFC 9110 §2.5: a later 1.x is served as 1.1", ({ request }) => {
    return /HTTP\/1\.[2-9]\r\n/.test(request);
  }),
  refusedThere(
    /^HPE_(STRICT|INVALID_CHUNK_SIZE)$/,
    "RFC 9112 §7.1.1 has blanks beside a chunk's extensions read",
    ({ request }) => /[0-9a-f][ \t]*;.*\r\n/i.test(request) && /[ \t]/.test(request),
  ),
  refusedThere(
    FRAMING_CODE,
    "Node reads framing in trailers, where it means nothing",
    ({ ours, request }) => {
      const names = (ours.trailers ?? []).map(([name]) => name.toLowerCase());
      return !TAB.test(request) && (names.includes("content-length") || names.includes("transfer-encoding"));
    },
  ),
  differs("upgrades", "RFC 9110 §7.8: HTTP/1.0 has no Upgrade", ({ ours, request }) => {
    return ours.minorVersion === 0 && !TAB.test(request);
  }),
  differs("keepAlive", "Here close wins over keep-alive in HTTP/1.0, too", ({ ours, request }) => {
    return ours.minorVersion === 0 && /close/i.test(request) && !TAB.test(request);
  }),
  refusedThere(FRAMING_CODE, "A tab is a blank beside a length or coding", ({ request }) =>
    TAB.test(request),
  ),
  refusedHere(/chunked last$/, "A tab is a blank beside a coding, and what is repeated is seen", TAB),
  differs("keepAlive", "A tab is a blank beside keep-alive and close", ({ request }) => TAB.test(request)),
  differs("upgrades", "A tab is a blank beside upgrade", ({ request }) => TAB.test(request)),
]);

/** The reasons of one disagreement. */
export function reasonsFor(what: Disagreement, readings: Readings): readonly Reason[] {
  return REASONS.filter((reason) => reason.what === what && reason.applies(readings));
}
