import { beforeAll, describe, expect, it } from "@jest/globals";
import { nodeHashes } from "../../hosts/node/index.js";
import { neighbors } from "../../simulator/index.js";
import { contentTypeOf, CONTENT_TYPES, DEVICE_LIMITS } from "../../src/http/index.js";
import { TcpSocket } from "../../src/socket/index.js";
import { certificate } from "../support/certificates/index.js";
import { runSnippet, SnippetPage, type Snippet } from "./support/snippets.js";

/** What every snippet finds. */
const DECLARATIONS = `
import type { Clock, Hashes, Io, Random, Resolver, Timers, WallClock } from "wirelet/host";
import type { DevelopmentCertificate } from "wirelet/node";
interface Host {
  readonly io: Io;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  readonly hashes: Hashes;
  readonly resolve: Resolver;
}
declare global {
  const device: Host;
  const laptop: Host & { readonly wallClock: WallClock };
  const ask: (message: string) => Promise<string>;
  const wait: (ms: number) => Promise<void>;
  const identity: DevelopmentCertificate;
  const task: <T>(work: Promise<T>) => Promise<T>;
}
`;

/** The device's name, which its certificate is for. */
const DEVICE = "device.local";

const page = new SnippetPage("http.md", DECLARATIONS);

beforeAll(() => page.compile(), 120_000);

/** Runs a snippet between two hosts. @returns the lines that it prints */
async function run(snippet: Snippet): Promise<readonly string[]> {
  const lan = neighbors(["laptop", DEVICE]);
  const { simulation } = lan;
  const hostOf = (name: string): object => {
    const { clock, timers, random } = lan.find(name).machine;
    const { io, resolve } = lan.find(name).sockets;
    return { io, clock, timers, random, hashes: nodeHashes, resolve };
  };
  const ask = async (message: string): Promise<string> => {
    const socket = new TcpSocket(lan.find("laptop").sockets);
    await socket.connect(`${DEVICE}:80`);
    await socket.sendAll(Buffer.from(message.replace(/^\n/, "").replaceAll("\n", "\r\n")));
    const answer = await answerOn(socket);
    await socket.close();
    return answer.replaceAll("\r\n", "\n");
  };
  const globals = {
    ...{
      device: hostOf(DEVICE),
      laptop: { ...hostOf("laptop"), wallClock: { now: () => 0 } },
      ask,
      identity: certificate("local"),
    },
    wait: (ms: number) => new Promise<void>((resolve) => void simulation.schedule(ms, resolve)),
    task: <T>(work: Promise<T>) => simulation.task(work),
  };
  const printed = await runSnippet(snippet, globals, simulation);
  return printed.flatMap((text) => text.trimEnd().split("\n")).map((line) => line.trimEnd());
}

/** All of one answer: to its length, to its last chunk, or to its head where it has no body. */
async function answerOn(socket: TcpSocket): Promise<string> {
  let text = "";
  for (;;) {
    const bytes = await socket.recv(65_536);
    text += Buffer.from(bytes).toString("latin1");
    const [head = "", ...rest] = text.split("\r\n\r\n");
    const body = rest.join("\r\n\r\n");
    const length = /^Content-Length: (\d+)/m.exec(head)?.[1];
    const isChunked = head.includes("Transfer-Encoding: chunked");
    const isWhole =
      rest.length > 0 && (isChunked ? body.endsWith("0\r\n\r\n") : body.length >= Number(length ?? 0));
    if (isWhole || bytes.length === 0) return Buffer.from(text, "latin1").toString("utf8");
  }
}

describe.each(page.snippets)("$name", (snippet) => {
  it("compiles", () => {
    expect(page.problemsOf(snippet)).toEqual([]);
  });

  it("prints what it says", async () => {
    const output = snippet.output.map((line) => line.trimEnd());
    while (output.at(-1) === "") output.pop();
    expect(await run(snippet)).toEqual(output);
  });
});

it("has snippets for all its parts, and a row for each limit of requests and connections", () => {
  expect(page.snippets.length).toBeGreaterThan(10);
  const rows = [...page.text.matchAll(/^\| ([a-zA-Z]+) \| ([\d,]+)(?: (s|bytes|lines))?/gm)];
  for (const [, name = "", value = "", unit] of rows) {
    const limit = DEVICE_LIMITS[name as keyof typeof DEVICE_LIMITS];
    expect({ name, limit: unit === "s" ? limit / 1000 : limit }).toEqual({
      name,
      limit: Number(value.replace(",", "")),
    });
  }
  expect(rows.length).toBe(11);
});

it("names types that contentTypeOf knows", () => {
  const known = new Set(Object.values(CONTENT_TYPES));
  const rows = [...page.text.matchAll(/^\| (text|application|image|audio|video|font) \| (.+) \|$/gm)];
  const named = rows.flatMap(([, kind, subtypes = ""]) =>
    subtypes.split(", ").map((subtype) => `${kind}/${subtype}`),
  );
  expect(named.length).toBeGreaterThan(25);
  expect(named.filter((type) => !known.has(type))).toEqual([]);
  expect(contentTypeOf("INDEX.HTML")).toMatch(/^text\/html/);
});
