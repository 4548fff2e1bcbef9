import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent, request, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { PATIENCE, type Program } from "../support/program.js";
import { describeWithTool } from "../support/tools.js";
import { faultyFrames, readCapture } from "../support/tshark.js";
import { startGroup, startWirelet } from "./support/wirelet.js";

jest.setTimeout(2 * PATIENCE);

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** Whether the connection had served a request before. */
  readonly reused: boolean;
}

async function ask(url: string, agent: Agent, method = "GET", content = "", type?: string): Promise<Answer> {
  const fields = { ...(type && { "content-type": type }), "content-length": Buffer.byteLength(content) };
  const asking = request(url, { agent, method, headers: fields }).end(content);
  const [response] = (await once(asking, "response")) as [IncomingMessage];
  const { statusCode: status, headers } = response;
  return { status, headers, body: await text(response), reused: asking.reusedSocket };
}

/** The arguments that have a command serve the device's page at a free port. */
function serving(command: string): string[] {
  return [command, "--port", "0", ...(command === "sim" ? ["--dashboard-port", "0"] : [])];
}

describe.each(["sim", "serve"])("wirelet %s", (command) => {
  let program: Program;
  let agent: Agent;
  let url: string;

  beforeAll(async () => {
    program = startWirelet(...serving(command));
    url = (await program.says(/http:\/\/127\.0\.0\.1:[1-9]\d*(?=\/)/))[0];
  });

  beforeEach(() => {
    agent = new Agent({ keepAlive: true, maxSockets: 1 });
  });

  afterEach(() => agent.destroy());
  afterAll(() => program.kill("SIGKILL"));

  it("serves the pages, one after another over one connection", async () => {
    const page = await ask(`${url}/`, agent);
    expect(page).toMatchObject({
      status: 200,
      reused: false,
      body: expect.stringMatching(/^<!doctype html>/),
    });
    const { status, body, reused } = await ask(`${url}/api/status`, agent);
    expect({ status, reused }).toEqual({ status: 200, reused: true });
    expect(page.body).toContain((JSON.parse(body) as { mac: string }).mac);
    expect(await ask(`${url}/none`, agent)).toMatchObject({ status: 404, reused: true });
    expect(await ask(`${url}/`, agent, "POST")).toMatchObject({
      status: 405,
      headers: { allow: "GET, HEAD, OPTIONS" },
    });
  });

  it("answers HEAD without a body", async () => {
    const { status, headers, body } = await ask(`${url}/`, agent, "HEAD");
    expect({ status, body }).toEqual({ status: 200, body: "" });
    expect(Number(headers["content-length"])).toBeGreaterThan(1000);
    expect((await ask(`${url}/`, agent)).reused).toBe(true);
  });

  it("serves 20 connections at once", async () => {
    const many = new Agent({ keepAlive: true, maxSockets: 20 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => ask(`${url}/?${index}`, many)),
    );
    many.destroy();
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  it("ends on Ctrl-C, with a connection still open", async () => {
    const idle = connect(Number(new URL(url).port), "127.0.0.1");
    await once(idle, "connect");
    idle.resume().on("error", () => undefined);
    const closed = once(idle, "close");
    program.kill("SIGINT");
    const { status, stdout, stderr } = await program.ends();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/\nStopped\.\n$/);
    await closed;
  });
});

describe("wirelet serve --app echo", () => {
  let program: Program;
  let agent: Agent;
  let url: string;

  beforeAll(async () => {
    agent = new Agent({ keepAlive: true });
    program = startWirelet("serve", "--app", "echo", "--port", "0", "--limit-body", "1k");
    url = (await program.says(/Echoing at (http:\/\/127\.0\.0\.1:[1-9]\d*)\/ \. Ctrl-C ends it\.\n/))[1]!;
  });

  afterAll(() => {
    agent.destroy();
    program.kill("SIGKILL");
  });

  it.each(["GET", "POST", "PROPFIND"])("sends the body of %s back with its type", async (method) => {
    const { status, headers, body } = await ask(`${url}/some/where`, agent, method, "a=b", "text/x-own");
    expect({ status, type: headers["content-type"], body }).toEqual({
      status: 200,
      type: "text/x-own",
      body: "a=b",
    });
  });

  it("sends the fields of a request without a body back from /echo", async () => {
    const { body } = await ask(`${url}/echo`, agent);
    expect(body).toMatch(/^Host: 127\.0\.0\.1:\d+\n/m);
    expect((await ask(`${url}/echo`, agent, "POST", "this one has one")).body).toBe("this one has one");
  });

  it("refuses a longer body than --limit-body allows", async () => {
    expect((await ask(`${url}/`, agent, "POST", "x".repeat(1024))).status).toBe(200);
    expect((await ask(`${url}/`, agent, "POST", "x".repeat(1025))).status).toBe(413);
  });

  it("says what a page can be asked with", async () => {
    const allow = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS";
    expect(await ask(`${url}/`, agent, "OPTIONS")).toMatchObject({ status: 200, headers: { allow } });
    expect(await ask(`${url}/`, agent, "TRACE")).toMatchObject({ status: 405, headers: { allow } });
  });
});

describe("the log of wirelet serve", () => {
  it.each<[string, readonly string[], RegExp]>([
    [
      "has a line for each answer",
      [],
      /\n127\.0\.0\.1 POST \/a\?b 200\n127\.0\.0\.1 TRACE \/ 405\n\nStopped\.\n$/,
    ],
    [
      "can be JSON",
      ["--json"],
      /\n(\{"time":"\S+Z","method":"(POST|TRACE)","target":.*\}\n){2}\nStopped\.\n$/,
    ],
    ["can be left out", ["--quiet"], /Ctrl-C ends it\.\n\nStopped\.\n$/],
  ])("%s", async (_, args, log) => {
    const agent = new Agent();
    const program = startWirelet("serve", "--app", "echo", "--port", "0", ...args);
    const [url] = await program.says(/http:\/\/127\.0\.0\.1:[1-9]\d*(?=\/)/);
    await ask(`${url}/a?b`, agent, "POST", "body");
    await ask(`${url}/`, agent, "TRACE");
    program.kill("SIGINT");
    const { status, stdout } = await program.ends();
    expect(status).toBe(0);
    expect(stdout).toMatch(log);
  });
});

describe.each(["sim", "serve"])("wirelet %s, asked to end", (command) => {
  it("does so with status 0", async () => {
    const program = startWirelet(...serving(command));
    await program.says(/Ctrl-C ends it/);
    program.kill("SIGTERM");
    const { status, stdout, stderr } = await program.ends();
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/\nStopped\.\n$/);
  });
});

describe("npm start, on Ctrl-C", () => {
  it("ends with status 0, although npm, its shell and the program all get the signal", async () => {
    const program = startGroup("npm", "start", "--", "--port", "0", "--no-dashboard");
    await program.says(/Ctrl-C ends it/);
    process.kill(-program.child.pid!, "SIGINT");
    const { status, signal } = await program.ends();
    expect({ status, signal }).toEqual({ status: 0, signal: null });
  });
});

describeWithTool("tshark", "a capture of wirelet sim in use", () => {
  it("has the requests from outside, and nothing that tshark complains of", async () => {
    const folder = mkdtempSync(join(tmpdir(), "wirelet-cli-"));
    const file = join(folder, "sim.pcapng");
    const agent = new Agent();
    const program = startWirelet("sim", "--json", "--port", "0", "--no-dashboard", "--pcap", file);
    const [url] = await program.says(/http:\/\/127\.0\.0\.1:[1-9]\d*(?=\/)/);
    expect((await ask(`${url}/from-outside`, agent)).status).toBe(404);
    program.kill("SIGINT");
    const { status, stdout } = await program.ends();
    expect(status).toBe(0);
    expect(Object.keys(JSON.parse(stdout) as object)).toContain("leaseSeconds");
    const frames = await readCapture(file);
    rmSync(folder, { recursive: true });
    expect(faultyFrames(frames)).toEqual([]);
    expect(frames.some(({ info }) => info.startsWith("GET /from-outside "))).toBe(true);
  });
});
