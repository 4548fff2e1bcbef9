import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

export const ROOT = path.join(__dirname, "..", "..");

/** The parts of a manifest that say which modules there are; a platform's has the same. */
interface ManifestPart {
  readonly include?: string | readonly string[];
  readonly modules?: Readonly<Record<string, string | readonly string[]>>;
  readonly preload?: readonly string[];
  readonly creation?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

interface Manifest extends ManifestPart {
  readonly strip?: string | readonly string[];
  readonly platforms?: Readonly<Record<string, ManifestPart>>;
  readonly typescript: { readonly tsconfig: { readonly compilerOptions: ts.CompilerOptions } };
}

/** A part, and the folder that it names files from. */
type PlacedPart = ManifestPart & { readonly folder: string };

export const manifest = readManifest(path.join(ROOT, "manifest.json"));

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8")) as Manifest;
}

/** What mcconfig makes of a manifest for one platform. */
export interface Firmware {
  readonly main: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The source of each module, by its key: the specifier that is asked for at run time. */
  readonly modules: ReadonlyMap<string, string>;
  readonly preload: readonly string[];
}

export function firmwareFor(platform: string): Firmware {
  return appIn(".", platform);
}

/** The app of a folder, with what it includes of the project. */
export function appIn(folder: string, platform = "lin"): Firmware {
  return combine(partsOf(path.join(ROOT, folder, "manifest.json"), platform));
}

/** What an app gets that includes `manifest_ROOM.json`, which has no main of its own. */
export function roomFor(room: string, platform = "lin"): Firmware {
  return combine(partsOf(path.join(ROOT, `manifest_${room}.json`), platform));
}

/**
 * What a manifest is made of, in mcconfig's order: what it includes, each file once; then its own part and the platform's, or
 * the one for platforms that have none.
 */
function partsOf(file: string, platform: string, seen = new Set<string>()): PlacedPart[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const folder = path.dirname(file);
  const common = readManifest(file);
  const special = platformPart(common.platforms ?? {}, platform) ?? {};
  const included = [common.include ?? [], special.include ?? []]
    .flat()
    .filter((name) => name.startsWith("."));
  return [
    ...included.flatMap((name) => partsOf(path.join(folder, name), platform, seen)),
    { ...common, folder },
    { ...special, folder },
  ];
}

/** mcconfig takes one part: the first that matches platform and board, else the platform; else the one for all others. */
export function platformPart<T>(platforms: Readonly<Record<string, T>>, platform: string): T | undefined {
  for (let name = platform; name !== "."; name = path.posix.dirname(name)) {
    const found = Object.keys(platforms).find((pattern) => matches(pattern, name));
    if (found !== undefined) return platforms[found];
  }
  return platforms["..."];
}

function matches(pattern: string, name: string): boolean {
  if (pattern.endsWith("/*")) return name.startsWith(pattern.slice(0, -1));
  return pattern.startsWith("*/") ? name.endsWith(pattern.slice(1)) : name === pattern;
}

function combine(parts: readonly PlacedPart[]): Firmware {
  const named = parts.flatMap(({ folder, modules = {} }) =>
    Object.entries(modules).flatMap(([key, sources]) =>
      [sources]
        .flat()
        .filter((source) => source.startsWith("."))
        .flatMap((source) => expand(key, path.join(folder, source))),
    ),
  );
  const isExclusion = (key: string): boolean => key.startsWith("~");
  const excluded = new Set(named.filter(([key]) => isExclusion(key)).map(([, file]) => file));
  const [left, modules] = [new Set<string>(), new Map<string, string>()];
  for (const [key, file] of named) {
    if (excluded.has(file)) left.add(key);
    else if (!isExclusion(key)) modules.set(key, file);
  }
  const preload = new Set(parts.flatMap(({ preload: keys = [] }) => keys));
  const config = Object.assign({}, ...parts.map((part) => part.config)) as Firmware["config"];
  const creation = Object.assign({}, ...parts.map((part) => part.creation)) as ManifestPart["creation"];
  return {
    main: String(creation?.main ?? "main"),
    config,
    modules,
    preload: [...preload].filter((key) => !left.has(key)),
  };
}

/** Files by their keys: "*" as a source stands for all files of one folder, JSON too, and in a key for a file's name. */
function expand(key: string, source: string): [key: string, file: string][] {
  const folder = path.dirname(source);
  const isSource = (name: string): boolean =>
    /(?<!\.d)\.(ts|js|json)$/.test(name) && !name.startsWith("manifest");
  const wanted = path.basename(source);
  return readdirSync(folder)
    .filter((name) => isSource(name) && (wanted === "*" || withoutExtension(name) === wanted))
    .map((name) => [key.replace("*", withoutExtension(name)), path.join(folder, name)]);
}

function withoutExtension(file: string): string {
  return file.slice(0, -path.extname(file).length);
}

/** The module that an import asks XS for: relative to the importer's key, without ".js". */
export function resolveKey(importer: string, specifier: string): string {
  const bare = specifier.replace(/\.m?js$/, "");
  return bare.startsWith(".") ? path.posix.join(path.posix.dirname(importer), bare) : bare;
}

/** What mcconfig tells tsc: the settings that SDK 8.2.3 generates, with one exact path for each module. */
export function compileAsMcconfig(
  modules: ReadonlyMap<string, string>,
  readSource?: (file: string) => string | undefined,
): ts.Program {
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.Preserve,
    target: ts.ScriptTarget.ES2025,
    lib: ["lib.es2025.d.ts"],
    types: [],
    resolveJsonModule: true,
    forceConsistentCasingInFileNames: true,
    sourceMap: true,
    ...manifest.typescript.tsconfig.compilerOptions,
    paths: Object.fromEntries([...modules].map(([key, file]) => [key, [withoutExtension(file)]])),
    outDir: "/out",
  };
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (file) => readSource?.(file) ?? readFile(file);
  host.fileExists = (file) => readSource?.(file) !== undefined || fileExists(file);
  const typings = path.join(ROOT, "hosts/xs/typings");
  const sources = [...modules.values()].filter((file) => file.endsWith(".ts"));
  const declarations = readdirSync(typings).map((name) => path.join(typings, name));
  return ts.createProgram([...sources, ...declarations], options, host);
}

/** Which modules each module of a program asks for when it runs; types are gone by then. */
export class RuntimeImports {
  readonly #program: ts.Program;
  readonly #emitted = new Map<string, string>();

  constructor(program: ts.Program) {
    this.#program = program;
  }

  /** The JavaScript that XS gets. */
  javascript(file: string): string {
    let text = this.#emitted.get(file);
    if (text === undefined) {
      text = "";
      this.#program.emit(this.#program.getSourceFile(file), (name, content) => {
        if (name.endsWith(".js")) text = content;
      });
      this.#emitted.set(file, text);
    }
    return text;
  }

  of(file: string): string[] {
    return ts.preProcessFile(this.javascript(file), true, true).importedFiles.map(({ fileName }) => fileName);
  }

  /** Nothing is left of a module that only has types. */
  isEmpty(file: string): boolean {
    return /^(export \{\};)?\s*$/.test(this.javascript(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ""));
  }

  /** The keys that `firmware.main` reaches, in the manifest or not. */
  reachable({ main, modules }: Firmware): Set<string> {
    const reached = new Set([main]);
    for (const key of reached) {
      const file = modules.get(key);
      if (file === undefined) continue;
      for (const specifier of this.of(file)) reached.add(resolveKey(key, specifier));
    }
    return reached;
  }
}

/** Names that ECMAScript or an older habit knows, and the firmware's XS does not. */
const FORBIDDEN: ReadonlySet<string> = new Set(["Intl", "eval", "Function", "escape", "unescape"]);

/** The globals used in a file that XS has not: those that TypeScript finds nowhere, and those of the list above. */
export function hostGlobals(program: ts.Program, file: string): string[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file)!;
  const unknown = program
    .getSemanticDiagnostics(source)
    .filter(({ messageText }) =>
      ts.flattenDiagnosticMessageText(messageText, "").startsWith("Cannot find name"),
    )
    .map(({ start = 0, length = 0 }) => source.text.slice(start, start + length));
  const forbidden: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && FORBIDDEN.has(node.text) && !ts.isPartOfTypeNode(node)) {
      const declarations = checker.getSymbolAtLocation(node)?.declarations ?? [];
      const isGlobal = declarations.some(
        (declaration) =>
          program.isSourceFileDefaultLibrary(declaration.getSourceFile()) && !ts.isTypeElement(declaration),
      );
      if (isGlobal) forbidden.push(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...unknown, ...forbidden];
}
