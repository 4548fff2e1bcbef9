import { createRequire } from "node:module";

/** A response as a parser has told it. */
export interface Told {
  readonly status: number;
  readonly statusText: string;
  readonly fields: (readonly [string, string])[];
  body: string;
}

/** As much of Node's own parser as is needed here; Node's typings leave it out. */
interface NodeParser {
  initialize(type: number, resource: object): void;
  execute(bytes: Uint8Array): number | Error;
  finish(): Error | undefined;
  close(): void;
  [event: number]: unknown;
}

interface NodeParserClass {
  new (): NodeParser;
  readonly RESPONSE: number;
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

const { HTTPParser } = createRequire(__filename)("_http_common") as { HTTPParser: NodeParserClass };

/** What Node's client does not read as the body of a response to HEAD. */
const SKIP_BODY = 1;
const READ_BODY = 0;

/** Reads the first response that is none of 1xx, and the end of the connection. @returns undefined if there is none */
export function readByNode(response: string, method: string): Told | undefined {
  const parser = new HTTPParser();
  parser.initialize(HTTPParser.RESPONSE, {});
  let told: Told | undefined;
  let isComplete = false;
  let earlier: string[] = [];
  parser[HTTPParser.kOnHeaders | 0] = (fields: string[]) => {
    earlier.push(...fields);
  };
  parser[HTTPParser.kOnHeadersComplete | 0] = (
    ...[, , fields, , , status, statusText]: [
      number,
      number,
      string[] | undefined,
      unknown,
      unknown,
      number,
      string,
    ]
  ): number => {
    if (isComplete) return SKIP_BODY;
    const flat = fields ?? earlier;
    earlier = [];
    const pairs = flat.flatMap((name, index) => (index % 2 === 0 ? [[name, flat[index + 1]!] as const] : []));
    told = { status, statusText, fields: pairs, body: "" };
    return method === "HEAD" ? SKIP_BODY : READ_BODY;
  };
  parser[HTTPParser.kOnBody | 0] = (bytes: Uint8Array) => {
    if (!isComplete) told!.body += Buffer.from(bytes).toString("latin1");
  };
  parser[HTTPParser.kOnMessageComplete | 0] = () => {
    isComplete ||= told!.status >= 200 || told!.status === 101;
  };
  const result = parser.execute(Buffer.from(response, "latin1"));
  if (!(result instanceof Error)) parser.finish();
  parser.close();
  return isComplete ? told : undefined;
}
