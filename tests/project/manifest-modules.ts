import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

export const ROOT = path.join(__dirname, "..", "..");

/** The parts of a manifest that say which modules there are. */
interface ManifestPart {
  readonly modules?: Readonly<Record<string, string | readonly string[]>>;
  readonly preload?: readonly string[];
  readonly creation?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

interface Manifest extends ManifestPart {
  readonly include: readonly string[];
  readonly platforms: Readonly<Record<string, ManifestPart>>;
  readonly typescript: { readonly tsconfig: { readonly compilerOptions: ts.CompilerOptions } };
}

export const manifest = readManifest("manifest.json");

function readManifest(name: string): Manifest {
  return JSON.parse(readFileSync(path.join(ROOT, name), "utf8")) as Manifest;
}

/** What mcconfig makes of the manifest for one platform. */
export interface Firmware {
  readonly main: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The source of each module, by its key: the specifier that is asked for at run time. */
  readonly modules: ReadonlyMap<string, string>;
  readonly preload: readonly string[];
}

/** Reads the manifest as mcconfig does: the platform's part is added to the common one. */
export function firmwareFor(platform: string): Firmware {
  const part = manifest.platforms[platform];
  if (part === undefined) throw new Error(`the manifest knows no platform ${platform}`);
  const creation = { ...manifest.creation, ...part.creation };
  return { ...combine(manifest, part), main: String(creation.main) };
}

/** The same of an app in a folder of its own, with what it includes of the project. */
export function appIn(folder: string): Firmware {
  const own = readManifest(path.join(folder, "manifest.json"));
  const included = own.include.filter((file) => file.startsWith(".")).map((file) => path.join(folder, file));
  const rooms = included.map((file) => readManifest(file));
  const firmware = combine(...rooms, { ...own, modules: fromRoot(folder, own.modules) });
  return { ...firmware, main: String(own.creation?.main) };
}

/** Modules whose sources are named from a folder's point of view. */
function fromRoot(
  folder: string,
  modules: NonNullable<ManifestPart["modules"]> = {},
): ManifestPart["modules"] {
  const rebase = (source: string): string => `./${path.join(folder, source)}`;
  return Object.fromEntries(
    Object.entries(modules).map(([key, sources]) => [key, [sources].flat().map(rebase)]),
  );
}

/** What an app gets that includes `manifest_ROOM.json`. It has no main of its own: the room's index stands for it. */
export function roomFor(room: string): Firmware {
  return { ...combine(readManifest(`manifest_${room}.json`)), main: `wirelet/${room}/index` };
}

function combine(...parts: readonly ManifestPart[]): Omit<Firmware, "main"> {
  const modules = new Map<string, string>();
  const excluded = new Set<string>();
  for (const { modules: named = {} } of parts) {
    for (const [key, sources] of Object.entries(named)) {
      for (const source of [sources].flat().filter((text) => text.startsWith("./"))) {
        if (key === "~") excluded.add(path.join(ROOT, source));
        else for (const [name, file] of expand(key, source)) modules.set(name, file);
      }
    }
  }
  for (const [key, file] of modules) if (excluded.has(withoutExtension(file))) modules.delete(key);
  return {
    config: Object.assign({}, ...parts.map(({ config }) => config)) as Firmware["config"],
    modules,
    preload: parts.flatMap(({ preload = [] }) => preload),
  };
}

/** A key that ends in "*" stands for all files of one folder, JSON too. */
function expand(key: string, source: string): [key: string, file: string][] {
  const file = path.join(ROOT, source);
  if (!key.endsWith("*")) return [[key, `${file}.ts`]];
  const folder = path.dirname(file);
  const names = readdirSync(folder).filter((name) => /\.(ts|js|json)$/.test(name));
  return names.map((name) => [key.slice(0, -1) + withoutExtension(name), path.join(folder, name)]);
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
