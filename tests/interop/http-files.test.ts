import { Agent, request as ask, type IncomingMessage, type RequestOptions } from "node:http";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { folderSource, nodeIo, nodeServices } from "../../hosts/node/index.js";
import { formatHttpDate, HttpServer, serveFiles } from "../../src/http/index.js";
import { latin1, partsOf, positions } from "../http/files/support.js";
import { PATIENCE } from "../support/program.js";
import { describeWith, requireTool } from "../support/tools.js";
import { NginxFolder } from "./support/nginx-folder.js";

jest.setTimeout(3 * PATIENCE);

const CHANGED = Date.UTC(2026, 0, 15, 12);
const LENGTH = 5000;

interface Asked {
  readonly method: string;
  readonly path: string;
  /** TAG stands for the entity tag that a server itself has for the file. */
  readonly fields: Readonly<Record<string, string>>;
}

interface Answer {
  readonly status: number;
  readonly fields: IncomingMessage["headers"];
  readonly body: string;
}

/** A server, asked over one connection at a time. */
class Asking {
  readonly #agent: Agent;
  readonly #tags = new Map<string, string>();

  constructor(
    readonly place: RequestOptions,
    keepAlive: boolean,
  ) {
    this.#agent = new Agent({ keepAlive, maxSockets: 1 });
  }

  async ask({ method, path, fields }: Asked): Promise<Answer> {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(fields))
      headers[name] = value.includes("TAG") ? value.replace("TAG", await this.#tagOf(path)) : value;
    return this.#send({ method, path, headers });
  }

  close(): void {
    this.#agent.destroy();
  }

  async #tagOf(path: string): Promise<string> {
    const tag = this.#tags.get(path) ?? (await this.#send({ method: "HEAD", path })).fields.etag!;
    this.#tags.set(path, tag);
    return tag;
  }

  #send(options: RequestOptions): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = ask({ ...this.place, ...options, agent: this.#agent }, (response) => {
        const pieces: Buffer[] = [];
        response.on("data", (piece: Buffer) => pieces.push(piece));
        response.on("error", reject);
        response.on("end", () => {
          const body = latin1(Buffer.concat(pieces));
          resolve({ status: response.statusCode!, fields: response.headers, body });
        });
      });
      sent.on("error", reject);
      sent.end();
    });
  }
}

/** What two servers must agree about. */
function essence({ status, fields, body }: Answer): unknown {
  const type = fields["content-type"];
  if (status === 206 && type?.startsWith("multipart/") === true)
    return { status, parts: partsOf(type, body) };
  if (status === 200 || status === 206) {
    const { "content-range": range, "content-length": length, "last-modified": date } = fields;
    return { status, type, range, length, date, body };
  }
  return { status, range: fields["content-range"] };
}

describeWith([requireTool("nginx")], "a folder, here and behind nginx", () => {
  let workspace: string;
  let nginx: NginxFolder;
  let server: HttpServer;
  let theirs: Asking;
  let ours: Asking;

  beforeAll(async () => {
    workspace = mkdtempSync(join(tmpdir(), "wirelet-nginx-"));
    const folder = join(workspace, "site");
    mkdirSync(folder);
    for (const [name, length] of [
      ["long.txt", LENGTH],
      ["short.html", 11],
      ["empty.txt", 0],
    ] as const) {
      writeFileSync(join(folder, name), positions(length));
      utimesSync(join(folder, name), CHANGED / 1000, CHANGED / 1000);
    }
    nginx = new NginxFolder(workspace, folder);
    await nginx.ready();
    // nginx resets a connection that it has kept now and then.
    theirs = new Asking({ socketPath: nginx.socketPath }, false);

    // What is about files just made would be about a change that might go unseen.
    const now = Date.now();
    jest.spyOn(Date, "now").mockReturnValue(now + 3_600_000);
    server = new HttpServer({ ...nodeServices, io: nodeIo, port: 0 });
    server.get("/<path:path>", serveFiles(folderSource(folder)));
    server.start();
    ours = new Asking({ host: "127.0.0.1", port: server.port }, true);
  });

  afterAll(async () => {
    jest.restoreAllMocks();
    theirs.close();
    ours.close();
    server.stop();
    await nginx.stop();
    rmSync(workspace, { recursive: true });
  });

  const position = fc.integer({ min: 0, max: LENGTH + 100 });
  const single = fc.oneof(
    fc.tuple(position, position).map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
    position.map((first) => `${first}-`),
    position.map((count) => `-${count}`),
  );
  /** Apart from each other, as nginx sends some bytes twice. */
  const several = fc
    .shuffledSubarray(["0-99", "700-700", "1000-1999", "2500-2600", "4000-", "9000-"], { minLength: 2 })
    .map((specs) => specs.join(", "));
  const range = fc.oneof({ weight: 3, arbitrary: single }, several).map((specs) => `bytes=${specs}`);
  const date = fc.integer({ min: -2, max: 2 }).map((seconds) => formatHttpDate(CHANGED + 1000 * seconds));
  const dates = fc.oneof(
    date,
    fc.constantFrom("Thursday, 15-Jan-26 12:00:00 GMT", "Thu Jan 15 12:00:00 2026"),
  );
  const tags = fc.constantFrom("TAG", "W/TAG", '"other"', '"other", TAG', "*");
  const condition = fc.oneof(
    tags.map((value) => ({ "If-Match": value })),
    tags.map((value) => ({ "If-None-Match": value })),
    dates.map((value) => ({ "If-Modified-Since": value })),
    dates.map((value) => ({ "If-Unmodified-Since": value })),
    fc.tuple(tags, tags).map(([match, none]) => ({ "If-Match": match, "If-None-Match": none })),
    fc.tuple(dates, dates).map(([to, from]) => ({ "If-Unmodified-Since": to, "If-Modified-Since": from })),
    fc.constant({}),
  );
  const ifRange = fc.oneof(
    fc.constantFrom("TAG", "W/TAG", '"other"').map((value) => ({ "If-Range": value })),
    date.map((value) => ({ "If-Range": value })),
    fc.constant({}),
  );
  const ranged = fc.tuple(range, condition, ifRange).map(([value, conditions, only]) => ({
    method: "GET",
    path: "/long.txt",
    fields: { Range: value, ...conditions, ...only },
  }));
  const whole = fc.record({
    method: fc.constantFrom("GET", "HEAD"),
    path: fc.constantFrom("/long.txt", "/short.html", "/empty.txt"),
    fields: condition as fc.Arbitrary<Asked["fields"]>,
  });

  it("is answered for alike", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(ranged, whole), async (asked) => {
        expect(essence(await ours.ask(asked))).toEqual(essence(await theirs.ask(asked)));
      }),
      { numRuns: 1000 },
    );
  });

  it.each<[string, string, string, Record<string, string>, number, number]>([
    ["only GET has ranges (§14.2)", "HEAD", "long.txt", { Range: "bytes=0-9" }, 200, 206],
    ["a range of no bytes can't be satisfied (§14.1.2)", "GET", "empty.txt", { Range: "bytes=0-" }, 416, 200],
    ["a malformed range may be ignored (§14.2)", "GET", "long.txt", { Range: "bytes=9-0" }, 200, 416],
    [
      "overlapping ranges may be joined (§15.3.7.2)",
      "GET",
      "short.html",
      { Range: "bytes=0-9,0-" },
      206,
      200,
    ],
    ["what is no date is ignored (§13.1.4)", "GET", "long.txt", { "If-Unmodified-Since": "today" }, 200, 412],
    [
      "If-Unmodified-Since is not asked beside If-Match (§13.2.2)",
      "GET",
      "long.txt",
      { "If-Match": "TAG", "If-Unmodified-Since": formatHttpDate(CHANGED - 1000) },
      200,
      412,
    ],
    [
      "If-Modified-Since is not asked beside If-None-Match (§13.2.2)",
      "GET",
      "long.txt",
      { "If-None-Match": "TAG", "If-Modified-Since": formatHttpDate(CHANGED - 1000) },
      304,
      200,
    ],
  ])("is answered for otherwise where RFC 9110 has it so, or leaves it open: %s", async (...row) => {
    const [, method, name, fields, status, other] = row;
    const asked = { method, path: `/${name}`, fields };
    expect([(await ours.ask(asked)).status, (await theirs.ask(asked)).status]).toEqual([status, other]);
  });
});
