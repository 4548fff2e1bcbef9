import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { open } from "node:fs/promises";
import { buffer } from "node:stream/consumers";
import type { Host } from "../../../../examples/context.js";
import {
  CLIENT_LIMITS,
  HttpClient,
  type BodySource,
  type HttpClientResponse,
  type RequestBody,
} from "../../../../src/http/index.js";
import { UsageError, parseCall } from "../options.js";
import { output } from "../output.js";
import { at } from "../places/at.js";
import { NEIGHBORS_HELP } from "../places/neighborhood.js";
import { PLACE_HELP, readPlace } from "../places/options.js";
import { untilSignal } from "../until-signal.js";
import { secureSockets } from "../../tls/index.js";
import { FETCH_OPTIONS, readFetchTask, type FetchTask } from "./options.js";

export const FETCH_HELP = `Asks a server for a page, and prints it.

Usage: npm run --silent wirelet -- fetch [OPTION…] URL

  -X, --request METHOD     another method than GET, or POST with -d and PUT with -T
  -H, --header "NAME: V"   a field of the request; may be given several times
  -d, --data TEXT          a body, sent as a form unless -H says otherwise; @FILE sends a file's
                           bytes, @- those of standard input
  -T, --upload-file FILE   a body that is read from the file as it is sent
  -o, --output FILE        where the body goes; absent: standard output
  -i, --include            print the head of the response, too
  -I, --head               ask for the head alone
  -L, --location           follow redirects
  -f, --fail               status 400 and above is a failure: nothing is printed
  -u, --user NAME:PASSWORD who asks (Basic)
      --bearer TOKEN       the same by a token
  -x, --proxy URL          ask through this proxy
  -m, --max-time SECONDS   give up after that long
      --cacert FILE        trust the certificates that these authorities (PEM) have signed
  -k, --insecure           trust any certificate, also an attacker's
  -v, --verbose            tell on standard error what happens at the place
      --help               print this

Where (default: node):

${PLACE_HELP}
${NEIGHBORS_HELP}
Status 0: there was an answer; 1: there was none, or -f did not like it, and standard error says
why; 2: a wrong call.
`;

/** A computer holds more than a device, and its servers say more. */
const LIMITS = Object.freeze({ ...CLIENT_LIMITS, head: 65_536, fields: 512, readAhead: 262_144 });

/** `wirelet fetch` */
export async function fetch(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCall(args, FETCH_OPTIONS);
  const task = readFetchTask(values, positionals);
  const place = readPlace(values, "node");
  const end = new AbortController();
  void untilSignal().then(() => end.abort());
  try {
    return await at(
      place,
      (line) => {
        if (values.verbose === true) process.stderr.write(`${line}\n`);
      },
      (host) => ask(task, host, end.signal),
    );
  } catch (error) {
    if (end.signal.aborted) return 1;
    throw error;
  } finally {
    // Open, it would keep the process alive.
    process.stdin.destroy();
  }
}

/** @throws NetworkError why there is no answer */
async function ask(task: FetchTask, { sockets, clock }: Host, signal: AbortSignal): Promise<number> {
  const { io, timers, resolve } = sockets;
  const { url, method, headers, auth, timeout, proxy, ca, insecure } = task;
  const secure = secureSockets(io, { ...(ca !== undefined && { ca }), rejectUnauthorized: !insecure });
  const client = new HttpClient({ io, clock, timers, resolve, secure, proxy, limits: LIMITS });
  try {
    const body = await bodyOf(task);
    const response = await client.request(url, {
      method,
      headers,
      timeout,
      signal,
      redirect: task.follow ? "follow" : "manual",
      ...(auth && { auth }),
      ...(body !== undefined && { body }),
    });
    if (task.fail && response.status >= 400) {
      process.stderr.write(`wirelet: ${method} ${url.withoutSecrets}: ${statusOf(response)}\n`);
      return 1;
    }
    await print(response, task);
    return 0;
  } finally {
    client.close();
  }
}

async function print(response: HttpClientResponse, task: FetchTask): Promise<void> {
  const file = task.output === undefined ? undefined : await open(task.output, "w").catch(explainFile);
  const write = async (bytes: Uint8Array): Promise<void> => file?.appendFile(bytes) ?? output(bytes);
  try {
    if (task.include) await write(Buffer.from(headOf(response), "latin1"));
    for await (const piece of response.body) await write(piece);
  } finally {
    await file?.close();
  }
}

function headOf(response: HttpClientResponse): string {
  const lines = [...response.fields].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/${response.httpVersion} ${statusOf(response)}\r\n${lines.join("")}\r\n`;
}

function statusOf({ status, statusText }: HttpClientResponse): string {
  return `${status} ${statusText}`.trimEnd();
}

async function bodyOf({ data, upload }: FetchTask): Promise<RequestBody | undefined> {
  if (upload !== undefined) return new FileSource(upload);
  return data === "-" ? buffer(process.stdin) : data;
}

/** The bytes of a file, read as they are sent. */
class FileSource implements BodySource {
  readonly length: number;
  readonly #file: number;

  /** @throws UsageError */
  constructor(name: string) {
    try {
      this.#file = openSync(name, "r");
    } catch (error) {
      explainFile(error);
    }
    this.length = fstatSync(this.#file).size;
  }

  read(bytes: Uint8Array): number {
    return readSync(this.#file, bytes);
  }

  close(): void {
    closeSync(this.#file);
  }
}

function explainFile(error: unknown): never {
  throw new UsageError(`${(error as Error).message}.`);
}
