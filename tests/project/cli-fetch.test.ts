import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PATIENCE, type Ending } from "../support/program.js";
import { startWireletWith } from "./support/wirelet.js";

jest.setTimeout(2 * PATIENCE);

let server: Server;
let origin: string;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "wirelet-fetch-"));
  server = createServer((request, response) => {
    const { method, url, headers } = request;
    if (url === "/moved") response.writeHead(302, { Location: "/here" }).end("moved");
    else if (url === "/none") response.writeHead(404).end("nothing here");
    else void told(request).then((body) => response.end(JSON.stringify({ method, url, headers, body })));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

function told(request: IncomingMessage): Promise<string> {
  return text(request);
}

function fetch(args: readonly string[], input = ""): Promise<Ending> {
  return startWireletWith(["fetch", ...args], input).ends();
}

/** What the server says that it was asked. */
async function asked(args: readonly string[], input = ""): Promise<Record<string, unknown>> {
  const { stdout, stderr, status } = await fetch(args, input);
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe("wirelet fetch", () => {
  it("GETs a page, with fields and credentials", async () => {
    const page = await asked([
      "-H",
      "X-A: b",
      "-H",
      "Accept:text/html",
      "-u",
      "ann:secret",
      `${origin}/a?b#c`,
    ]);
    expect(page).toMatchObject({
      method: "GET",
      url: "/a?b",
      headers: {
        "x-a": "b",
        accept: "text/html",
        authorization: "Basic YW5uOnNlY3JldA==",
        "user-agent": "wirelet",
      },
    });
  });

  it("sends data: a form, standard input, a file", async () => {
    const form = await asked(["-d", "a=1&b=ü", origin]);
    expect(form).toMatchObject({ method: "POST", body: "a=1&b=ü" });
    expect(form.headers).toMatchObject({ "content-type": "application/x-www-form-urlencoded" });
    const typed = await asked(
      ["-X", "PATCH", "-d", "@-", "-H", "Content-Type: text/plain", origin],
      "from a pipe",
    );
    expect(typed).toMatchObject({
      method: "PATCH",
      body: "from a pipe",
      headers: { "content-type": "text/plain" },
    });
    const name = join(folder, "upload");
    writeFileSync(name, "x".repeat(100_000));
    const upload = await asked(["-T", name, `${origin}/upload`]);
    expect(upload).toMatchObject({ method: "PUT", headers: { "content-length": "100000" } });
    expect(upload.body).toHaveLength(100_000);
  });

  it("prints heads, follows redirects, writes files", async () => {
    const moved = await fetch(["-i", `${origin}/moved`]);
    expect(moved.stdout).toMatch(/^HTTP\/1\.1 302 Found\r\nLocation: \/here\r\n[^]*\r\n\r\nmoved$/);
    const name = join(folder, "download");
    expect(await fetch(["-L", "-o", name, `${origin}/moved`])).toMatchObject({ status: 0, stdout: "" });
    expect(JSON.parse(readFileSync(name, "utf8"))).toMatchObject({ url: "/here" });
    const head = await fetch(["-I", `${origin}/`]);
    expect(head.stdout).toMatch(/^HTTP\/1\.1 200 OK\r\n[^]*\r\n\r\n$/);
  });

  it("prints what a page says that there is none, unless that is a failure", async () => {
    expect(await fetch([`${origin}/none`])).toMatchObject({ status: 0, stdout: "nothing here" });
    const failed = { status: 1, stdout: "", stderr: `wirelet: GET ${origin}/none: 404 Not Found\n` };
    expect(await fetch(["-f", `${origin}/none`])).toMatchObject(failed);
  });

  it("says why there is no answer", async () => {
    const ending = await fetch(["127.0.0.1:1"]);
    expect(ending).toMatchObject({ status: 1, stdout: "" });
    expect(ending.stderr).toMatch(/127\.0\.0\.1:1: connection refused \(ECONNREFUSED\)/);
  });

  it("asks the device on a simulated LAN", async () => {
    const { status, stdout } = await fetch(["--on", "sim", "192.168.1.11/api/status"]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ ip: "192.168.1.11" });
  });
});
