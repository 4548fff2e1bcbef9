import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { describeWith } from "../support/tools.js";
import { bundle } from "./bundle.js";
import { requireXs, type EngineReply } from "./engine.js";
import { heapSince, measureHeap } from "./heap.js";
import { PreloadedEngine } from "./preload.js";

/** As in http-main.ts, which runs elsewhere. */
const Command = { nothing: 0, connect: 1, receive: 2, copy: 3, parse: 4, parsePortably: 5 } as const;

/** What Chrome sends for a page's own fetch("/api/led"). */
const GET = [
  "GET /api/led HTTP/1.1",
  "Host: 192.168.1.17",
  "Connection: keep-alive",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
  "DNT: 1",
  "Accept: */*",
  "Sec-GPC: 1",
  "Referer: http://192.168.1.17/",
  "Accept-Encoding: gzip, deflate",
  "Accept-Language: en-US,en;q=0.9,de;q=0.8",
  "Cookie: session=0f8fad5bd9cb469fa165706; theme=dark",
  'If-None-Match: "33a64df551425fcc55e4d42a148795d9f25f89d4"',
  "\r\n",
].join("\r\n");

/** Computrons from the bytes of that GET to the last write, where the host has an encoder and a decoder. */
const MOST_WORK = 8_000;
/** The parser's part of them, and what it takes without the host's decoder. */
const MOST_PARSING = 4_500;
const MOST_PORTABLE_PARSING = 6_500;
/** Slots of a connection between two requests, the stub of its socket included. */
const MOST_IDLE_SLOTS = 120;
const CONNECTIONS = 8;

describeWith([requireXs()], "the HTTP server inside XS", () => {
  let engine: PreloadedEngine;
  let script: string;

  beforeEach(async () => {
    engine = new PreloadedEngine();
    ({ script } = await bundle("http-main.ts", { preloaded: true }));
  });

  afterEach(() => engine.stop());

  const command = (kind: number, text = ""): Promise<EngineReply> =>
    engine.command(Buffer.concat([Buffer.of(kind), Buffer.from(text, "latin1")]));

  /** Computrons of a command that was given before, without what any command takes. */
  async function work(kind: number, text: string): Promise<number> {
    const { usage: empty } = await command(Command.nothing, text);
    const { usage } = await command(kind, text);
    return usage.compute - empty.compute;
  }

  /** Slots that a command has taken, garbage included. */
  async function garbage(kind: number, text: string): Promise<number> {
    const taken: number[] = [];
    for (const each of [Command.nothing, kind]) {
      const before = await engine.collect();
      taken.push((await command(each, text)).usage.currentHeapCount - before.currentHeapCount);
    }
    return taken[1]! - taken[0]!;
  }

  it("answers a browser's GET within its budget", async () => {
    await engine.evaluate(script);
    await command(Command.connect);
    const { bytes } = await command(Command.receive, GET);
    expect(Buffer.from(bytes).toString()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\{"on":true,"brightness":80\}$/s);
    for (const kind of [Command.parse, Command.parsePortably, Command.nothing]) await command(kind, GET);

    const copying = await work(Command.copy, GET);
    const whole = (await work(Command.receive, GET)) - copying;
    const parsing = await work(Command.parse, GET);
    const portably = await work(Command.parsePortably, GET);
    const slots = await garbage(Command.receive, GET);
    process.stderr.write(
      [
        `XS: a GET of ${GET.length} bytes, kept alive: ${whole} computrons, ${slots} slots with its garbage`,
        `XS: of those in the parser: ${parsing} computrons, ${await garbage(Command.parse, GET)} slots`,
        `XS: without the host's decoder: ${whole - parsing + portably}, in the parser ${portably}`,
        "",
      ].join("\n"),
    );
    expect(whole).toBeLessThanOrEqual(MOST_WORK);
    expect(parsing).toBeLessThanOrEqual(MOST_PARSING);
    expect(portably).toBeLessThanOrEqual(MOST_PORTABLE_PARSING);
  });

  it("holds little for a connection that waits", async () => {
    await engine.evaluate(script);
    const connect = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        await command(Command.connect);
        await command(Command.receive, GET);
      }
    };
    await connect(1);
    const before = await measureHeap(engine);
    await connect(CONNECTIONS);
    const { slots, chunkBytes } = heapSince(before, await measureHeap(engine));
    process.stderr.write(
      `XS: an idle HTTP connection takes ${slots / CONNECTIONS} slots and ${chunkBytes / CONNECTIONS} bytes, the stub of its socket included\n`,
    );
    expect(slots / CONNECTIONS).toBeLessThanOrEqual(MOST_IDLE_SLOTS);
  });

  it("reports the size of its code", async () => {
    const bare = await measureHeap(engine);
    await engine.evaluate((await bundle("http-server-main.ts")).script);
    const { slots, chunkBytes } = heapSince(bare, await measureHeap(engine));
    process.stderr.write(`XS: server and router take ${slots} slots and ${chunkBytes} bytes of code\n`);
  });
});
