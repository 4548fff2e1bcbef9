import { DEVICE_LIMITS, RequestParser, type HttpLimits } from "../../src/http/index.js";

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
  /** Bytes behind the request that were left alone; only of a complete one. */
  readonly rest?: number;
}

/** Feeds `bytes`, cut behind each position in `cuts`. */
export function parse(
  bytes: Uint8Array,
  cuts: readonly number[] = [],
  limits: HttpLimits = DEVICE_LIMITS,
): Outcome {
  const parser = new RequestParser(limits);
  let at = 0;
  for (const cut of [...cuts, bytes.length]) {
    while (at < cut && (parser.state === "head" || parser.state === "body")) {
      const stop = parser.push(bytes, at, cut);
      if (stop <= at || stop > cut) throw new Error(`stopped at ${stop} of ${at}..${cut}`);
      at = stop;
    }
  }
  const { state, head, refusal } = parser;
  if (refusal !== undefined) return { state, status: refusal.status, detail: refusal.detail };
  if (head === undefined) return { state };
  const { method, target, minorVersion, keepAlive, expectsContinue, fields } = head;
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
    host: fields.get("host"),
    body: complete ? Buffer.from(parser.takeBody()).toString("latin1") : undefined,
    rest: complete ? bytes.length - at : undefined,
  };
}
