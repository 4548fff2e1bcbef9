import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { Network } from "../socket/network.js";
import { runSnippet, SnippetPage, type Snippet } from "./support/snippets.js";

const ROOT = path.join(__dirname, "..", "..");

/** What every snippet finds. */
const DECLARATIONS = `
import type { SocketProvider as Provider } from "wirelet/socket";
declare global {
  const client: Provider;
  const server: Provider;
  const wait: (ms: number) => Promise<void>;
}
`;

const page = new SnippetPage("sockets.md", DECLARATIONS);

beforeAll(() => page.compile(), 120_000);

/** Runs a snippet between two hosts. @returns what it prints */
function run(snippet: Snippet): Promise<readonly string[]> {
  const network = new Network();
  const { client, server } = network;
  return runSnippet(snippet, { client, server, wait: (ms: number) => network.wait(ms) }, network.simulation);
}

describe.each(page.snippets)("$name", (snippet) => {
  it("compiles", () => {
    expect(page.problemsOf(snippet)).toEqual([]);
  });

  it("prints what it says", async () => {
    expect([...(await run(snippet))].sort()).toEqual([...snippet.output].sort());
  });
});

/** What sockets do not let through, and what only the protocols above them, TLS and HTTP, have. */
const NOT_OF_SOCKETS = ["EWOULDBLOCK", "ELOOP", "EPROTO"];

it("has snippets, and its table has all codes that sockets have", () => {
  expect(page.snippets.length).toBeGreaterThan(10);
  const source = readFileSync(path.join(ROOT, "src", "error", "network-error.ts"), "utf8");
  const codes = [...source.matchAll(/^ {2}\| "(E[A-Z]+)"/gm)].map(([, code]) => code!);
  const rows = [...page.text.matchAll(/^\| (E[A-Z]+) \|/gm)].map(([, code]) => code!);
  expect(rows).toEqual(codes.filter((code) => !NOT_OF_SOCKETS.includes(code)));
});
