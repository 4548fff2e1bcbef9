import { readFileSync } from "node:fs";
import path from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import ts from "typescript";
import * as node from "../../hosts/node/index.js";
import * as simulator from "../../simulator/index.js";
import * as address from "../../src/address/index.js";
import * as error from "../../src/error/index.js";
import * as socket from "../../src/socket/index.js";
import { Network } from "../socket/network.js";

const ROOT = path.join(__dirname, "..", "..");
const PAGE = path.join(ROOT, "docs", "sockets.md");

/** What a snippet may import. */
const MODULES: Readonly<Record<string, { readonly file: string; readonly exports: object }>> = {
  "wirelet/address": { file: "src/address/index.ts", exports: address },
  "wirelet/error": { file: "src/error/index.ts", exports: error },
  "wirelet/node": { file: "hosts/node/index.ts", exports: node },
  "wirelet/simulator": { file: "simulator/index.ts", exports: simulator },
  "wirelet/socket": { file: "src/socket/index.ts", exports: socket },
};

/** What every snippet finds. */
const DECLARATIONS = `
import type { SocketProvider as Provider } from "wirelet/socket";
declare global {
  const client: Provider;
  const server: Provider;
  const wait: (ms: number) => Promise<void>;
}
`;

interface Snippet {
  readonly name: string;
  readonly code: string;
  /** The lines that it says it prints. */
  readonly output: readonly string[];
}

/** The page's blocks of TypeScript, each named after its heading. */
function snippetsOf(page: string): Snippet[] {
  const snippets: Snippet[] = [];
  let heading = "";
  let block: string[] | undefined;
  for (const line of page.split("\n")) {
    if (block === undefined && line.startsWith("#")) heading = line.replace(/^#+ /, "");
    if (line === "```ts") block = [];
    else if (line === "```" && block !== undefined) {
      snippets.push({
        name: `${snippets.length + 1}: ${heading}`,
        code: block.join("\n"),
        output: outputOf(block),
      });
      block = undefined;
    } else block?.push(line);
  }
  return snippets;
}

/** What a block says that it prints: its comments that begin with an arrow. */
function outputOf(block: readonly string[]): string[] {
  return block.flatMap((line) => /\/\/ → (.*)$/.exec(line)?.[1] ?? []);
}

/** The code as a module that exports what it does as a function: only that can await and be run again. */
function moduleOf({ code }: Snippet): string {
  const lines = code.split("\n");
  const end = lines.map((line) => /^(import |\} from )/.test(line)).lastIndexOf(true) + 1;
  return [
    ...lines.slice(0, end),
    "export async function run(): Promise<void> {",
    ...lines.slice(end),
    "}",
    "",
  ].join("\n");
}

const snippets = snippetsOf(readFileSync(PAGE, "utf8"));
const fileOf = (snippet: Snippet): string => path.join(ROOT, `snippet-${snippets.indexOf(snippet) + 1}.ts`);

/** All snippets, compiled as strictly as this project's own sources. */
function compile(): ts.Program {
  const files = new Map(snippets.map((snippet) => [fileOf(snippet), moduleOf(snippet)]));
  files.set(path.join(ROOT, "snippet-declarations.ts"), DECLARATIONS);
  const { config } = ts.readConfigFile(path.join(ROOT, "src", "tsconfig.json"), ts.sys.readFile) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(
    { ...config.compilerOptions, skipLibCheck: true },
    ROOT,
  );
  options.types = ["node"];
  options.noUnusedLocals = false;
  options.paths = Object.fromEntries(
    Object.entries(MODULES).map(([name, { file }]) => [name, [path.join(ROOT, file)]]),
  );
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.fileExists = (name) => files.has(name) || fileExists(name);
  return ts.createProgram([...files.keys()], options, host);
}

let program: ts.Program;

beforeAll(() => {
  program = compile();
}, 120_000);

/** Runs a snippet between two hosts. @returns what it prints */
async function run(snippet: Snippet): Promise<string[]> {
  const network = new Network();
  const printed: string[] = [];
  const scope = {
    client: network.client,
    server: network.server,
    wait: (ms: number) => network.wait(ms),
    console: { log: (...values: unknown[]) => printed.push(values.join(" ")) },
    require: (name: string) => MODULES[name]!.exports,
    exports: {} as { run: () => Promise<void> },
  };
  const { outputText } = ts.transpileModule(moduleOf(snippet), {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  });
  // The page's own code.
  new Function(...Object.keys(scope), outputText)(...Object.values(scope));
  let isDone = false;
  const work = scope.exports.run().finally(() => (isDone = true));
  work.catch(() => undefined);
  await network.simulation.until(() => isDone, { within: "1h" });
  await work;
  return printed;
}

describe.each(snippets)("$name", (snippet) => {
  it("compiles", () => {
    const source = program.getSourceFile(fileOf(snippet))!;
    const problems = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))).toEqual([]);
  });

  it("prints what it says", async () => {
    expect((await run(snippet)).sort()).toEqual([...snippet.output].sort());
  });
});

it("has snippets, and its table has all codes but the one that sockets do not let through", () => {
  expect(snippets.length).toBeGreaterThan(10);
  const source = readFileSync(path.join(ROOT, "src", "error", "network-error.ts"), "utf8");
  const codes = [...source.matchAll(/^ {2}\| "(E[A-Z]+)"/gm)].map(([, code]) => code!);
  const rows = [...readFileSync(PAGE, "utf8").matchAll(/^\| (E[A-Z]+) \|/gm)].map(([, code]) => code!);
  expect(rows).toEqual(codes.filter((code) => code !== "EWOULDBLOCK"));
});
