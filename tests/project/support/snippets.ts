import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import * as node from "../../../hosts/node/index.js";
import * as simulator from "../../../simulator/index.js";
import * as address from "../../../src/address/index.js";
import * as dhcp from "../../../src/dhcp/index.js";
import * as error from "../../../src/error/index.js";
import * as host from "../../../src/host/index.js";
import * as http from "../../../src/http/index.js";
import * as socket from "../../../src/socket/index.js";
import * as wire from "../../../src/wire/index.js";

const ROOT = path.join(__dirname, "..", "..", "..");

/** What a snippet may import. */
const MODULES: Readonly<Record<string, { readonly file: string; readonly exports: object }>> = {
  "wirelet/address": { file: "src/address/index.ts", exports: address },
  "wirelet/dhcp": { file: "src/dhcp/index.ts", exports: dhcp },
  "wirelet/error": { file: "src/error/index.ts", exports: error },
  "wirelet/host": { file: "src/host/index.ts", exports: host },
  "wirelet/http": { file: "src/http/index.ts", exports: http },
  "wirelet/node": { file: "hosts/node/index.ts", exports: node },
  "wirelet/simulator": { file: "simulator/index.ts", exports: simulator },
  "wirelet/socket": { file: "src/socket/index.ts", exports: socket },
  "wirelet/wire": { file: "src/wire/index.ts", exports: wire },
};

export interface Snippet {
  readonly name: string;
  readonly code: string;
  /** The lines that it says it prints. */
  readonly output: readonly string[];
}

/** The pieces of TypeScript on a page of docs/: compiled as strictly as this project's own sources, and run. */
export class SnippetPage {
  readonly text: string;
  readonly snippets: readonly Snippet[];
  readonly #declarations: string;
  #program: ts.Program | undefined;

  /** @param declarations what every snippet finds: a module that declares globals */
  constructor(name: string, declarations: string) {
    this.text = readFileSync(path.join(ROOT, "docs", name), "utf8");
    this.snippets = snippetsOf(this.text);
    this.#declarations = declarations;
  }

  /** Takes seconds, once. */
  compile(): void {
    const files = new Map(this.snippets.map((snippet) => [this.#fileOf(snippet), moduleOf(snippet)]));
    files.set(path.join(ROOT, "snippet-declarations.ts"), this.#declarations);
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
    this.#program = ts.createProgram([...files.keys()], options, host);
  }

  /** What the compiler says of a snippet, once the page was compiled. */
  problemsOf(snippet: Snippet): string[] {
    const program = this.#program!;
    const source = program.getSourceFile(this.#fileOf(snippet))!;
    const problems = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
    return problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
  }

  #fileOf(snippet: Snippet): string {
    return path.join(ROOT, `snippet-${this.snippets.indexOf(snippet) + 1}.ts`);
  }
}

/**
 * Runs a snippet to its end, on virtual time.
 * @param globals the values of what was declared for it
 * @returns what it prints
 */
export async function runSnippet(
  snippet: Snippet,
  globals: Readonly<Record<string, unknown>>,
  simulation: simulator.Simulation,
): Promise<readonly string[]> {
  const printed: string[] = [];
  const scope = {
    ...globals,
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
  await simulation.until(() => isDone, { within: "1d" });
  await work;
  return printed;
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
  return block.flatMap((line) => {
    const arrow = /\/\/ →(?: (.*))?$/.exec(line);
    return arrow === null ? [] : [arrow[1] ?? ""];
  });
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
