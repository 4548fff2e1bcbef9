import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { readManifest } from "./manifest.js";

/** Modules of the Moddable SDK that is on this computer, found by what its manifests call them. */
export class ModdableSdk {
  readonly #platform: string;
  #manifests: string[] | undefined;

  /** @throws Error if there is no such folder */
  constructor(
    readonly folder: string,
    platform: string,
  ) {
    if (!existsSync(join(folder, "modules")))
      throw new Error(
        `MODDABLE is ${folder}, which has no folder "modules": it is to name the Moddable SDK's`,
      );
    this.#platform = platform;
  }

  has(file: string): boolean {
    return file.startsWith(this.folder + sep);
  }

  /** The source of a module, or undefined if the SDK has none of that name. */
  find(specifier: string): string | undefined {
    const lastPart = posix.basename(specifier);
    this.#manifests ??= manifestsIn(join(this.folder, "modules"));
    for (const manifest of this.#manifests) {
      if (!readFileSync(manifest, "utf8").includes(lastPart)) continue;
      const file = this.#modulesOf(manifest)?.get(specifier);
      if (file !== undefined) return file;
    }
    return undefined;
  }

  #modulesOf(manifest: string): ReadonlyMap<string, string> | undefined {
    try {
      return readManifest(manifest, this.#platform, this.folder).modules;
    } catch {
      // Another platform's.
      return undefined;
    }
  }
}

function manifestsIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = join(folder, entry.name);
    if (entry.isDirectory()) return manifestsIn(place);
    return /^manifest.*\.json$/.test(entry.name) ? [place] : [];
  });
}
