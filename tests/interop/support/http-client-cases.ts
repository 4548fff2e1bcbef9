// What this project's HTTP client finds at real servers, as JSON. Arguments: the origin of nginx's plain port,
// that of its secure one, the file with the certificate to trust, the origin of python's server, and where to run: "--on node", or on TAP.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Host } from "../../../examples/context.js";
import { parseCall } from "../../../hosts/node/cli/options.js";
import { at } from "../../../hosts/node/cli/places/at.js";
import { PLACE_OPTIONS, readPlace } from "../../../hosts/node/cli/places/options.js";
import { secureSockets } from "../../../hosts/node/tls/index.js";
import { parseIpAddress } from "../../../src/address/index.js";
import { NetworkError } from "../../../src/error/index.js";
import {
  CLIENT_LIMITS,
  CookieJar,
  HttpClient,
  HttpUrl,
  type BodySource,
  type HttpClientOptions,
  type HttpClientResponse,
  type RequestBody,
} from "../../../src/http/index.js";

interface Ground {
  readonly plain: string;
  readonly secure: string;
  readonly python: string;
  client(options?: Partial<HttpClientOptions>): HttpClient;
}

type Case = (ground: Ground, client: HttpClient) => Promise<unknown>;

const LONG = "0123456789abcdef".repeat(40_000);

const CASES: Record<string, Case> = {
  file: async ({ plain }, client) => {
    const response = await client.request(`${plain}/plain.txt`);
    return [response.status, response.contentLength, await digestOf(response)];
  },
  large: async ({ plain }, client) => digestOf(await client.request(`${plain}/large.bin`)),
  secure: async ({ secure }, client) => digestOf(await client.request(`${secure}/large.bin`)),
  chunked: async ({ plain }, client) => {
    const response = await client.request(`${plain}/chunked/plain.txt`);
    return [response.header("transfer-encoding"), (await response.text()) === "chunked text\n".repeat(100)];
  },
  gzipLeftAlone: async ({ plain }, client) => {
    const response = await client.request(`${plain}/gzip/plain.txt`, {
      headers: { "Accept-Encoding": "gzip" },
    });
    const bytes = await response.bytes();
    return [response.header("content-encoding"), bytes[0], bytes[1]];
  },
  range: async ({ plain }, client) => {
    const response = await client.request(`${plain}/plain.txt`, { headers: { Range: "bytes=6-9" } });
    return [response.status, response.header("content-range"), await response.text()];
  },
  head: async ({ plain }, client) => {
    const response = await client.request(`${plain}/large.bin`, { method: "HEAD" });
    return [response.status, response.header("content-length"), (await response.bytes()).length];
  },
  notModified: async ({ plain }, client) => {
    const etag = (await client.request(`${plain}/plain.txt`, { method: "HEAD" })).header("etag")!;
    const response = await client.request(`${plain}/plain.txt`, { headers: { "If-None-Match": etag } });
    return [response.status, await response.text()];
  },
  redirected: async ({ plain }, client) => {
    const response = await client.request(`${plain}/moved`);
    return [
      response.status,
      response.redirected,
      response.url.slice(plain.length),
      (await response.bytes()).length,
    ];
  },
  loop: ({ plain }, client) => codeOf(client.request(`${plain}/loop`)),
  strangers: async ({ plain }, client) => {
    const auth = { user: "ann", password: "secret" };
    const own = await client.request(`${plain}/who`, { auth, headers: { Cookie: "own=1" } });
    const other = await client.request(`${plain}/other`, { auth, headers: { Cookie: "own=1" } });
    return [await own.text(), await other.text()];
  },
  cookies: async ({ plain, client }) => {
    const jar = new CookieJar({ wallClock: { now: () => Date.now() } });
    const remembering = client({ jar });
    const text = await (await remembering.request(`${plain}/cookie`)).text();
    remembering.close();
    return text;
  },
  login: async ({ plain }, client) => {
    const url = HttpUrl.parse(`${plain}/secret/plain.txt`);
    const stranger = await client.request(url);
    const { length } = await stranger.bytes();
    const known = await client.request(`http://ann:open%20sesame@${url.authority}${url.target}`);
    return [
      stranger.status,
      stranger.header("www-authenticate"),
      length > 0,
      known.status,
      (await known.bytes()).length,
    ];
  },
  upload: ({ plain }, client) => put(client, `${plain}/uploads/put.txt`, sourceOf(LONG, LONG.length), LONG),
  chunkedUpload: ({ plain }, client) => put(client, `${plain}/uploads/chunked.txt`, sourceOf(LONG), LONG),
  continued: ({ plain }, client) => put(client, `${plain}/uploads/continued.txt`, "later", "later", true),
  redirectedUpload: ({ plain }, client) => put(client, `${plain}/temporary`, "moved", "moved"),
  refusedUpload: async ({ plain }, client) => {
    const body = sourceOf(LONG, LONG.length);
    const put = await client.request(`${plain}/small/refused.txt`, {
      method: "PUT",
      body,
      expectContinue: true,
    });
    return [put.status, (await put.bytes()).length > 0];
  },
  keptAlive: async ({ plain }, client) => {
    for (let count = 0; count < 200; count++) await (await client.request(`${plain}/plain.txt`)).bytes();
    return client.connections;
  },
  closed: async ({ plain }, client) => {
    const response = await client.request(`${plain}/closed/plain.txt`);
    await response.bytes();
    return [response.header("connection"), client.connections];
  },
  endedMeanwhile: async ({ plain }, client) => {
    const url = `${plain}/impatient/plain.txt`;
    const ask = async (): Promise<number> => (await (await client.request(url)).bytes()).length;
    const before = await ask();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    return [before, await ask()];
  },
  untrusted: ({ secure, client }) =>
    codeOf(client({ secure: secureSockets(ground!.sockets.io) }).request(secure)),
  plainOnSecure: async ({ secure }, client) => (await client.request(secure.replace("https", "http"))).status,
  python: async ({ python }, client) => {
    const response = await client.request(`${python}/www/plain.txt`);
    return [response.status, response.httpVersion, await digestOf(response)];
  },
  pythonFolder: async ({ python }, client) => {
    const response = await client.request(`${python}/www`);
    return [response.status, response.redirected, (await response.text()).includes("plain.txt")];
  },
  pythonHasNoPost: async ({ python }, client) => {
    const response = await client.request(python, { method: "POST", body: "x" });
    return [
      response.status,
      response.statusText.startsWith("Unsupported method"),
      (await response.bytes()).length > 0,
    ];
  },
  cancelled: async ({ plain }, client) => {
    const response = await client.request(`${plain}/large.bin`);
    for await (const piece of response.body) if (piece.length > 0) break;
    return client.connections;
  },
};

let ground: Host | undefined;

async function digestOf(response: HttpClientResponse): Promise<string> {
  const hash = createHash("sha256");
  for await (const piece of response.body) hash.update(piece);
  return hash.digest("hex");
}

async function codeOf(request: Promise<unknown>): Promise<string> {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof NetworkError ? error.code : String(error);
}

/** PUTs a body, GETs it and DELETEs it. @returns what came of each */
async function put(
  client: HttpClient,
  url: string,
  body: RequestBody,
  text: string,
  expectContinue = false,
): Promise<unknown> {
  const stored = await client.request(url, { method: "PUT", body, expectContinue });
  await stored.bytes();
  const isSame = (await (await client.request(stored.url)).text()) === text;
  const deleted = await client.request(stored.url, { method: "DELETE" });
  return [stored.status, isSame, deleted.status];
}

/** Gives a text piece by piece. */
function sourceOf(text: string, length?: number): BodySource {
  const bytes = Buffer.from(text);
  let at = 0;
  return {
    ...(length !== undefined && { length }),
    read(buffer) {
      const count = bytes.copy(buffer, 0, at);
      at += count;
      return count;
    },
  };
}

async function main(): Promise<void> {
  const { values, positionals } = parseCall(process.argv.slice(2), PLACE_OPTIONS);
  const [plain, secure, ca, python] = positionals as [string, string, string, string];
  await at(
    readPlace(values, "node"),
    () => undefined,
    async (host) => {
      ground = host;
      const { io, timers } = host.sockets;
      // All names are where the servers are.
      const resolve = (): ReturnType<typeof parseIpAddress>[] => [parseIpAddress(HttpUrl.parse(plain).host)];
      const makeClient = (options: Partial<HttpClientOptions> = {}): HttpClient =>
        new HttpClient({
          ...{ io, timers, clock: host.clock, resolve, limits: { ...CLIENT_LIMITS, body: 2 ** 24 } },
          secure: secureSockets(io, { ca: readFileSync(ca) }),
          ...options,
        });
      const found: Record<string, unknown> = {};
      for (const [name, run] of Object.entries(CASES)) {
        const client = makeClient();
        found[name] = await run({ plain, secure, python, client: makeClient }, client).catch(String);
        client.close();
      }
      process.stdout.write(`${JSON.stringify(found)}\n`);
    },
  );
  process.exit(0);
}

void main();
