import { HTTPParser, methods } from "_http_common";
import type { Outcome } from "./parse.js";

/** What Node's parser says, in the words of `Outcome`; `detail` is llhttp's code for what is wrong. */
export type NodeOutcome = Pick<
  Outcome,
  "state" | "method" | "fields" | "body" | "trailers" | "keepAlive" | "rest"
> & {
  readonly code?: string;
  readonly target?: string;
  readonly version?: string;
  /** True if llhttp takes what follows for another protocol. */
  readonly upgrades?: boolean;
};

type Field = readonly [name: string, value: string];

/** Feeds Node's own parser (llhttp, as strict as Node has it) byte by byte, so that where a request ends is known. */
export function parseInNode(bytes: Uint8Array): NodeOutcome {
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.REQUEST, {});
  let state = "head";
  let head: Partial<NodeOutcome> = {};
  const fields: Field[] = [];
  const trailers: Field[] = [];
  let body = "";
  parser[HTTPParser.kOnHeaders] = (flat: string[]) =>
    void (state === "head" ? fields : trailers).push(...pairs(flat));
  parser[HTTPParser.kOnHeadersComplete] = (
    ...[major, minor, flat, method, target, , , upgrades, keepAlive]: HeadersComplete
  ) => {
    state = "body";
    fields.push(...pairs(flat ?? []));
    head = { method: methods[method], target, version: `${major}.${minor}`, upgrades, keepAlive, fields };
  };
  parser[HTTPParser.kOnBody] = (piece: Buffer) => void (body += piece.toString("latin1"));
  parser[HTTPParser.kOnMessageComplete] = () => void (state = "complete");
  let at = 0;
  while (at < bytes.length && state !== "complete") {
    const taken = parser.execute(bytes.subarray(at, ++at));
    if (typeof taken === "object") return { ...head, state: "refused", code: taken.code };
  }
  if (state !== "complete") return { ...head, state };
  return { ...head, state, body, trailers, rest: bytes.length - at };
}

type HeadersComplete = [
  major: number,
  minor: number,
  fields: string[] | undefined,
  method: number,
  target: string,
  status: undefined,
  statusText: undefined,
  upgrades: boolean,
  keepAlive: boolean,
];

function pairs(flat: readonly string[]): Field[] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1]!] as const] : []));
}
