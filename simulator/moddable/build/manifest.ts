import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join, posix, resolve, sep } from "node:path";

/** The parts of a manifest.json that say which modules there are; that of a platform has the same. */
interface ManifestPart {
  readonly build?: Readonly<Record<string, string>>;
  readonly include?: string | readonly string[];
  readonly modules?: Readonly<Record<string, string | readonly string[]>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly creation?: { readonly main?: string };
}

interface Manifest extends ManifestPart {
  readonly platforms?: Readonly<Record<string, ManifestPart>>;
}

/** What mcconfig makes of a manifest and those that it includes. */
export interface BuiltManifest {
  readonly main: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** The source of each module, by its key: the specifier that is asked for at run time. */
  readonly modules: ReadonlyMap<string, string>;
  /** Whether the SDK's start-up connects to Wi-Fi before main runs, if the configuration names a network. */
  readonly startsNetwork: boolean;
  /** What is included of the SDK and was not read, since nobody has said where it is. */
  readonly unread: readonly string[];
}

/**
 * Reads a manifest in mcconfig's order: what it includes, each file once; then its own part, and the platform's.
 *
 * @param platform as mcconfig's `-p` has it: "esp32", "lin"
 * @param moddable the folder of the SDK; undefined: what is in it is left out
 * @throws Error if it is not there, is not JSON, or names a file that is not there
 */
export function readManifest(file: string, platform: string, moddable: string | undefined): BuiltManifest {
  return new ManifestReader(platform, moddable).read(file);
}

const SOURCE = /(?<!\.d)\.(ts|mjs|js|json)$/;

class ManifestReader {
  readonly #platform: string;
  readonly #variables = new Map<string, string>();
  readonly #seen = new Set<string>();
  readonly #modules = new Map<string, string>();
  readonly #excluded = new Set<string>();
  readonly #unread: string[] = [];
  readonly #config: Record<string, unknown> = {};
  #main = "main";
  #hasNetwork = false;
  #isNetworkExcluded = false;

  constructor(platform: string, moddable: string | undefined) {
    this.#platform = platform;
    this.#variables.set("PLATFORM", platform);
    if (moddable === undefined) return;
    this.#variables.set("MODDABLE", moddable);
    this.#variables.set("MODULES", join(moddable, "modules"));
    this.#variables.set("BUILD", join(moddable, "build"));
  }

  read(file: string): BuiltManifest {
    this.#include(file);
    return {
      main: this.#main,
      config: this.#config,
      modules: new Map([...this.#modules].filter(([, source]) => !this.#excluded.has(source))),
      startsNetwork: this.#hasNetwork && !this.#isNetworkExcluded,
      unread: this.#unread,
    };
  }

  #include(file: string): void {
    if (this.#seen.has(file)) return;
    this.#seen.add(file);
    const folder = dirname(file);
    const manifest = parse(file);
    const special = platformPart(manifest.platforms ?? {}, this.#platform) ?? {};
    for (const part of [manifest, special]) {
      for (const [name, value] of Object.entries(part.build ?? {})) this.#define(name, value);
    }
    for (const part of [manifest, special]) {
      for (const name of listOf(part.include)) this.#includeNamed(folder, name);
    }
    for (const part of [manifest, special]) this.#add(folder, part);
  }

  #includeNamed(folder: string, name: string): void {
    if (/\/manifest_net\.json$/.test(name)) this.#hasNetwork = true;
    const place = this.#substitute(name);
    if (place === undefined) this.#unread.push(name);
    else this.#include(resolve(folder, place));
  }

  #add(folder: string, { modules = {}, config, creation }: ManifestPart): void {
    for (const [key, sources] of Object.entries(modules)) {
      for (const source of listOf(sources)) this.#addSource(folder, key, source);
    }
    Object.assign(this.#config, config);
    this.#main = creation?.main ?? this.#main;
  }

  #addSource(folder: string, key: string, source: string): void {
    const place = this.#substitute(source);
    if (key.startsWith("~") && source.endsWith("setup/network")) this.#isNetworkExcluded = true;
    if (place === undefined) return;
    const found = expand(key, resolve(folder, place));
    // What is in the SDK may be C, or another platform's.
    if (found.length === 0 && source === place && !this.#isInSdk(folder))
      throw new Error(`${join(folder, "manifest.json")} names ${source}, where no module is`);
    for (const [name, file] of found) {
      if (name.startsWith("~")) this.#excluded.add(file);
      else this.#modules.set(name, file);
    }
  }

  #isInSdk(folder: string): boolean {
    const moddable = this.#variables.get("MODDABLE");
    return moddable !== undefined && (folder + sep).startsWith(moddable + sep);
  }

  #define(name: string, value: string): void {
    const known = this.#substitute(value);
    if (known !== undefined) this.#variables.set(name, known);
  }

  /** @returns undefined if a variable is not known */
  #substitute(text: string): string | undefined {
    let isKnown = true;
    const result = text.replace(/\$\((\w+)\)/g, (_, name: string) => {
      const value = this.#variables.get(name);
      isKnown &&= value !== undefined;
      return value ?? "";
    });
    return isKnown ? result : undefined;
  }
}

function parse(file: string): Manifest {
  if (!existsSync(file)) throw new Error(`there is no manifest ${file}`);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Manifest;
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

/** mcconfig takes one part: the first that matches platform and board, else the platform; else the one for all others. */
export function platformPart<T>(platforms: Readonly<Record<string, T>>, platform: string): T | undefined {
  for (let name = platform; name !== "."; name = posix.dirname(name)) {
    const found = Object.keys(platforms).find((pattern) => matches(pattern, name));
    if (found !== undefined) return platforms[found];
  }
  return platforms["..."];
}

function matches(pattern: string, name: string): boolean {
  if (pattern.endsWith("/*")) return name.startsWith(pattern.slice(0, -1));
  return pattern.startsWith("*/") ? name.endsWith(pattern.slice(1)) : name === pattern;
}

/** Files by their keys: "*" as a source stands for all files of one folder, JSON too, and in a key for a file's name. */
function expand(key: string, source: string): [key: string, file: string][] {
  const folder = dirname(source);
  const wanted = basename(source);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => SOURCE.test(name) && !name.startsWith("manifest"))
    .filter((name) => wanted === "*" || withoutExtension(name) === wanted)
    .map((name) => [key.replace("*", withoutExtension(name)), join(folder, name)]);
}

export function withoutExtension(file: string): string {
  return file.slice(0, file.length - extname(file).length);
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  return typeof value === "string" ? [value] : (value ?? []);
}
