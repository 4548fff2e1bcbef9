import {
  DEVICE_LIMITS,
  RequestParser,
  type Fields,
  type Refusal,
  type RequestEvents,
  type RequestHead,
  type RequestLimits,
} from "../../src/http/index.js";

/** Keeps what a parser finds of one request. */
export class Recorder implements RequestEvents {
  head: RequestHead | undefined;
  body = "";
  trailers: Fields | undefined;
  refusal: Refusal | undefined;

  onHead(head: RequestHead): void {
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

/** Everything that a parser says about its first request. */
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
  /** Bytes behind the request that were left alone; only of a complete one. */
  readonly rest?: number;
}

/** Feeds `bytes`, cut behind each position in `cuts`. */
export function parse(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
  limits: RequestLimits = DEVICE_LIMITS,
): Outcome {
  const events = new Recorder();
  const parser = new RequestParser(limits, events);
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    while (at < cut && (parser.state === "head" || parser.state === "body")) {
      const stop = parser.push(bytes, at, cut);
      if (stop <= at || stop > cut) throw new Error(`stopped at ${stop} of ${at}..${cut}`);
      at = stop;
    }
  }
  const { state } = parser;
  const { head, refusal, trailers } = events;
  if (refusal !== undefined) return { state, status: refusal.status, detail: refusal.detail };
  if (head === undefined) return { state };
  const { method, target, minorVersion, keepAlive, expectsContinue, upgrade, fields } = head;
  const complete = state === "complete";
  return {
    state,
    method,
    path: target.path,
    query: target.query,
    authority: target.authority,
    minorVersion,
    keepAlive,
    expectsContinue,
    upgrade,
    host: fields.get("host"),
    body: complete ? events.body : undefined,
    trailers: trailers && [...trailers],
    rest: complete ? bytes.length - at : undefined,
  };
}
