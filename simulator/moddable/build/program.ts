import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, posix, resolve } from "node:path";
import { compileModule } from "./compile.js";
import { packageFolder } from "./locations.js";
import { readManifest, withoutExtension, type BuiltManifest } from "./manifest.js";
import { ModdableSdk } from "./sdk.js";

/** A module with a source: of the app, of this package or of the SDK. */
export interface SourceModule {
  /** What it is asked for with; its own relative imports begin here. */
  readonly key: string;
  readonly file: string;
}

/** What an import leads to. */
export type Target =
  | ({ readonly kind: "source" } & SourceModule)
  /** One of the platform's. */
  | { readonly kind: "platform"; readonly key: string }
  /** A double: its exports. */
  | { readonly kind: "double"; readonly key: string; readonly exports: object };

export interface ProgramOptions {
  /** The app's main module, its manifest.json, or the folder that has one of them. */
  readonly entry: string;
  /** As mcconfig's `-p` has it. */
  readonly platform: string;
  /** Modules that the platform has. */
  readonly platformModules: ReadonlySet<string>;
  /** Modules in the place of others: a file, a default export, or an object with all exports. */
  readonly modules: Readonly<Record<string, unknown>>;
  /** Where files of `modules` are named from. */
  readonly folder: string;
  /** The SDK's folder, where there is one. */
  readonly moddable: string | undefined;
}

const EXTENSIONS = ["", ".ts", ".js", ".mjs", ".json"];

/** The manifests of the rooms that have no other below them in their place: together they name all rooms. */
const ROOMS = ["http", "dhcp", "socket", "stack"];

/** The modules of an app, by the names that it has for them. */
export class Program {
  readonly main: SourceModule;
  /** What the app's manifest says; undefined if it has none. */
  readonly manifest: BuiltManifest | undefined;
  readonly #options: ProgramOptions;
  readonly #sdk: ModdableSdk | undefined;
  #rooms: ReadonlyMap<string, string> | undefined;

  /** @throws Error that says what is missing */
  constructor(options: ProgramOptions) {
    this.#options = options;
    const { moddable, platform } = options;
    this.#sdk = moddable === undefined ? undefined : new ModdableSdk(moddable, platform);
    const { manifest, main } = findEntry(options.entry);
    this.manifest = manifest === undefined ? undefined : readManifest(manifest, platform, moddable);
    this.main = this.#findMain(main, manifest);
    this.#check([this.main, ...this.setups]);
  }

  /** Modules that a manifest has run before main: the keys that begin with "setup/", but the SDK's. */
  get setups(): readonly SourceModule[] {
    return [...(this.manifest?.modules ?? [])]
      .filter(([key, file]) => key.startsWith("setup/") && this.#sdk?.has(file) !== true)
      .map(([key, file]) => ({ key, file }));
  }

  /**
   * @param importer absent: main
   * @throws Error that says what to do, if there is no such module
   */
  resolve(specifier: string, importer: SourceModule = this.main): Target {
    const isRelative = specifier.startsWith(".");
    const key = isRelative
      ? posix.join(posix.dirname(importer.key), specifier.replace(/\.m?js$/, ""))
      : specifier;
    const double = this.#options.modules[specifier] ?? this.#options.modules[key];
    if (double !== undefined) return this.#double(key, double);
    const named = this.manifest?.modules.get(key);
    if (named !== undefined && this.#sdk?.has(named) !== true) return source(key, named);
    if (this.#options.platformModules.has(key)) return { kind: "platform", key };
    const file = named ?? (isRelative ? this.#beside(importer, specifier) : this.#elsewhere(key));
    if (file !== undefined) return source(key, file);
    throw new Error(this.#whyMissing(specifier, importer));
  }

  /** Compiles all that is imported, so that what is missing is known before anything runs. */
  #check(modules: SourceModule[]): void {
    const seen = new Set<string>();
    for (const module of modules) {
      if (seen.has(module.key)) continue;
      seen.add(module.key);
      for (const specifier of compileModule(module.file).imports) {
        const target = this.resolve(specifier, module);
        if (target.kind === "source") modules.push(target);
      }
    }
  }

  #findMain(file: string | undefined, manifest: string | undefined): SourceModule {
    const key = this.manifest?.main ?? "main";
    const named = this.manifest?.modules.get(key);
    if (file !== undefined && file !== named) return { key: withoutExtension(basename(file)), file };
    if (named === undefined) throw new Error(`${manifest} names no module "${key}"`);
    return { key, file: named };
  }

  #double(key: string, value: unknown): Target {
    if (typeof value === "string") {
      const file = findFile(resolve(this.#options.folder, value));
      if (file === undefined)
        throw new Error(`the double of "${key}" is to be in ${value}, which is not there`);
      return source(key, file);
    }
    const isNamespace = typeof value === "object" && value !== null;
    return { kind: "double", key, exports: isNamespace ? value : { default: value } };
  }

  /** A file that no manifest names is linked by no mcconfig; without a manifest, files are found as on Node. */
  #beside(importer: SourceModule, specifier: string): string | undefined {
    if (this.manifest !== undefined && this.#sdk?.has(importer.file) !== true) return undefined;
    return findFile(resolve(dirname(importer.file), specifier));
  }

  #elsewhere(key: string): string | undefined {
    if (this.manifest === undefined && key.startsWith("wirelet/")) {
      this.#rooms ??= roomsFor(this.#options.platform);
      return this.#rooms.get(key);
    }
    return this.#sdk?.find(key);
  }

  #whyMissing(specifier: string, { file }: SourceModule): string {
    const what = `"${specifier}", which ${file} imports`;
    if (specifier.startsWith("."))
      return this.manifest === undefined ? `there is no ${what}` : `no manifest of the app names ${what}`;
    const remedy = `give moddable() a double: { modules: { "${specifier}": … } }`;
    if (this.#sdk !== undefined) return `neither the app nor the SDK has ${what}; ${remedy}`;
    return `the simulator has no ${what}; set MODDABLE to the folder of the Moddable SDK, or ${remedy}`;
  }
}

function source(key: string, file: string): Target {
  return { kind: "source", key, file };
}

function roomsFor(platform: string): ReadonlyMap<string, string> {
  const folder = packageFolder();
  const manifests = ROOMS.map((room) =>
    readManifest(join(folder, `manifest_${room}.json`), platform, undefined),
  );
  return new Map(manifests.flatMap(({ modules }) => [...modules]));
}

/** Where the manifest and the main module are; each may be absent. */
function findEntry(entry: string): { readonly manifest?: string | undefined; readonly main?: string } {
  if (!existsSync(entry)) {
    const found = findFile(entry);
    if (found === undefined) throw new Error(`there is no app ${entry}`);
    return findEntry(found);
  }
  if (statSync(entry).isDirectory()) {
    const manifest = join(entry, "manifest.json");
    if (existsSync(manifest)) return { manifest };
    const main = readdirSync(entry).find((name) => /^main\.(ts|js|mjs)$/.test(name));
    if (main === undefined) throw new Error(`${entry} has no manifest.json, and no main module`);
    return { main: join(entry, main) };
  }
  if (entry.endsWith(".json")) return { manifest: entry };
  const beside = join(dirname(entry), "manifest.json");
  return { main: entry, ...(existsSync(beside) && { manifest: beside }) };
}

/** A file as imports name it: with or without its extension, or with ".js" for TypeScript. */
function findFile(place: string): string | undefined {
  const candidates = [place, place.replace(/\.m?js$/, "")].flatMap((base) =>
    EXTENSIONS.map((extension) => base + extension),
  );
  return candidates.find((file) => existsSync(file) && statSync(file).isFile());
}
