import { beforeAll, describe, expect, it } from "@jest/globals";
import { ALIASES, Capture, FIELDS, FirstBoot, type Simulation } from "../../simulator/index.js";
import { GeneratedPage, IS_UPDATE } from "../support/generated-page.js";
import { runSnippet, SnippetPage, type Snippet } from "./support/snippets.js";

const page = new SnippetPage("capture.md", "declare global { const boot: Uint8Array; }\nexport {};\n");

/** What the page calls boot.pcapng: a first boot, and a GET of the device's status. */
let boot: Uint8Array;

beforeAll(async () => {
  page.compile();
  const blocks: Uint8Array[] = [];
  const scenario = new FirstBoot({ seed: 7 });
  new Capture((block) => blocks.push(block)).watch(scenario.lan);
  scenario.boot();
  await scenario.get("/api/status");
  boot = Buffer.concat(blocks);
}, 120_000);

/** The snippets make LANs of their own, each with its virtual time: they are only waited for. */
const patience = {
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise((resolve) => setImmediate(resolve));
  },
} as unknown as Simulation;

/** Runs a snippet. @returns the lines that it prints */
async function run(snippet: Snippet): Promise<string[]> {
  const printed = await runSnippet(snippet, { boot }, patience);
  return printed.flatMap((text) => text.split("\n"));
}

describe.each(page.snippets)("$name", (snippet) => {
  it("compiles", () => {
    expect(page.problemsOf(snippet)).toEqual([]);
  });

  it("prints what it says", async () => {
    expect(await run(snippet)).toEqual(snippet.output);
  });
});

/** A line for each protocol, with the fields that its table tells of no better. */
function fieldList(): string {
  const protocols = new Map<string, string[]>();
  for (const name of Object.keys(FIELDS)) {
    const [protocol = ""] = name.split(".");
    const names = protocols.get(protocol) ?? [];
    protocols.set(protocol, names);
    if (name !== protocol) names.push(name);
  }
  return [...protocols]
    .filter(([, names]) => names.length > 0)
    .map(([protocol, names]) => `- **${protocol}**: ${names.map((name) => `\`${name}\``).join(", ")}\n`)
    .join("");
}

it("lists every field that there is, and names what stands for several", () => {
  const generated = new GeneratedPage("capture.md");
  if (IS_UPDATE) generated.write(fieldList());
  expect(generated.read()).toBe(fieldList());
  const missing = [
    "host",
    "port",
    "mac",
    "malformed",
    ...Object.keys(ALIASES).filter((name) => name.endsWith("addr")),
  ];
  expect(missing.filter((name) => !page.text.includes(`\`${name}\``))).toEqual([]);
});
