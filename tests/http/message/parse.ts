import {
  DEVICE_LIMITS,
  RequestParser,
  type Fields,
  type Refusal,
  type RequestEvents,
  type RequestHead,
  type RequestLimits,
} from "../../../src/http/index.js";

/** Keeps what a parser finds of one request. */
export class Recorder implements RequestEvents {
  head: RequestHead | undefined;
  body = "";
  trailers: Fields | undefined;
  refusal: Refusal | undefined;

  onHead(head: RequestHead): void {
    if (this.head !== undefined) throw new Error("a second head");
    this.head = head;
  }

  onBody(bytes: Uint8Array, start: number, end: number): void {
    this.body += Buffer.from(bytes.subarray(start, end)).toString("latin1");
  }

  onComplete(trailers: Fields | undefined): void {
    this.trailers = trailers;
  }

  onRefusal(refusal: Refusal): void {
    this.refusal = refusal;
  }
}

/** Everything that a parser says about a request; with a refusal, what it has said before it. */
export interface Outcome {
  readonly state: string;
  readonly status?: number;
  readonly detail?: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly authority?: string;
  readonly minorVersion?: number;
  readonly keepAlive?: boolean;
  readonly expectsContinue?: boolean;
  readonly host?: string;
  readonly body?: string;
  readonly trailers?: readonly (readonly [name: string, value: string])[];
  readonly upgrade?: string;
  readonly fields?: readonly (readonly [name: string, value: string])[];
  /** Bytes behind the request that were left alone; only of a complete one. */
  readonly rest?: number;
}

/** Feeds `bytes`, cut behind each position in `cuts`. */
export function parse(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
  limits: RequestLimits = DEVICE_LIMITS,
): Outcome {
  const { outcome, at } = feed(bytes, 0, cuts, limits);
  return outcome.state === "complete" ? { ...outcome, rest: bytes.length - at } : outcome;
}

/** Feeds `bytes` and makes of them as many requests as there are; what is unfinished or refused is the last. */
export function parseAll(bytes: Uint8Array, cuts: readonly number[] = []): readonly Outcome[] {
  const outcomes: Outcome[] = [];
  let at = 0;
  do {
    const fed = feed(bytes, at, cuts, DEVICE_LIMITS);
    outcomes.push(fed.outcome);
    at = fed.at;
  } while (at < bytes.length && outcomes.at(-1)?.state === "complete");
  return outcomes;
}

function feed(
  bytes: Uint8Array,
  start: number,
  cuts: readonly number[],
  limits: RequestLimits,
): { readonly outcome: Outcome; readonly at: number } {
  const events = new Recorder();
  const parser = new RequestParser(limits, events);
  let at = start;
  for (const cut of [...cuts, bytes.length]) {
    while (at < cut && (parser.state === "head" || parser.state === "body")) {
      const stop = parser.push(bytes, at, cut);
      if (stop <= at || stop > cut) throw new Error(`stopped at ${stop} of ${at}..${cut}`);
      at = stop;
    }
  }
  return { outcome: outcomeOf(parser.state, events), at };
}

function outcomeOf(state: string, { head, body, refusal, trailers }: Recorder): Outcome {
  const refused = refusal && { status: refusal.status, detail: refusal.detail };
  if (head === undefined) return { state, ...refused };
  const { method, target, minorVersion, keepAlive, expectsContinue, upgrade, fields } = head;
  return {
    state,
    ...refused,
    method,
    path: target.path,
    query: target.query,
    authority: target.authority,
    minorVersion,
    keepAlive,
    expectsContinue,
    upgrade,
    fields: [...fields],
    host: fields.get("host"),
    body,
    trailers: trailers && [...trailers],
  };
}
