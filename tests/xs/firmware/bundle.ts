import { build, type Plugin } from "esbuild";
import { join } from "node:path";
import { appIn, resolveKey, ROOT, type Firmware } from "../../project/manifest-modules.js";
import { bundle } from "../bundle.js";
import { preloading } from "../preload.js";

/** A build of the firmware. */
export interface Build {
  /** A platform of the manifest that the double knows. */
  readonly platform: "esp32" | "esp32/ethernet_kit" | "lin";
  /** What mcconfig's command line says. */
  readonly settings: Readonly<Record<string, string>>;
  /** The folder of another app's manifest. */
  readonly app?: string;
  /** An app in the place of the manifest's main: a file beside this one. */
  readonly main?: string;
}

/** The firmware in scripts, in the order in which they are to be evaluated. */
export interface FirmwareScripts {
  /** The double of what the SDK has. */
  readonly world: string;
  /** What the manifest has preloaded, loaded and frozen. */
  readonly modules: string;
  /** Begins with main. */
  readonly boot: string;
}

/** The firmware that the manifest builds: the modules that it names, under the names that it gives them. */
export async function bundleFirmware(build: Build): Promise<FirmwareScripts> {
  const { settings, main } = build;
  const firmware = manifestOf(build);
  const mainFile = main === undefined ? fileOf(firmware, firmware.main) : join(__dirname, main);
  return {
    world: await bundleWorld({ ...firmware.config, ...settings }),
    modules: await bundlePreloaded(firmware, `globalThis.boot = () => import(${JSON.stringify(mainFile)});`),
    boot: "boot().catch((error) => { trace(`boot failed: ${error}\\n${error.stack}\\n`); });",
  };
}

export function manifestOf({ platform, app = "." }: Build): Firmware {
  return appIn(app, platform);
}

/** The double of what the SDK has, with what `mc/config` says. */
export async function bundleWorld(config: Readonly<Record<string, unknown>>): Promise<string> {
  return `globalThis.mcConfig = ${JSON.stringify(config)};\n${(await bundle("moddable/world.ts")).script}`;
}

/** The tables of the suite's app: objects that nobody writes, but that are not frozen. XS would copy one to RAM that was written. */
const NOT_CHECKED = join(ROOT, "tests/");

type Linked = Pick<Firmware, "modules" | "preload">;

/** What a manifest has preloaded, loaded and frozen; @param more a script after it, which may import */
export async function bundlePreloaded(manifest: Linked, more = ""): Promise<string> {
  const preloaded = manifest.preload.map((key) => fileOf(manifest, key));
  const checked = preloaded.filter((file) => !file.startsWith(NOT_CHECKED));
  const contents = [...preloaded.map((file) => `import ${JSON.stringify(file)};`), more].join("\n");
  const result = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    format: "iife",
    target: "es2022",
    platform: "neutral",
    // As in ../bundle.ts.
    supported: { "class-static-field": false },
    plugins: [asLinked(manifest.modules), preloading(anyOf(checked))],
    write: false,
    logLevel: "silent",
  });
  return (await bundle("preload-world.ts")).script + keepingWrappers(result.outputFiles[0]!.text);
}

/**
 * Has the functions that esbuild puts around main, and around what main alone asks for, stay when main has run: they were there
 * before it, and their end would be taken for memory that the firmware does not need.
 */
function keepingWrappers(script: string): string {
  // Of a bundle without main no module is wrapped.
  if (!script.includes("__esm")) return script;
  const kept = script
    .replace("var __esm = (fn, res, err) => function", "var __esm = (fn, res, err, kept = fn) => function")
    .replace("return fn && (res =", "return kept, fn && (res =");
  if (kept.length !== script.length + ", kept = fn".length + "kept, ".length)
    throw new Error("esbuild wraps modules in another way now");
  return kept;
}

function fileOf({ modules }: Linked, key: string): string {
  const file = modules.get(key);
  if (file === undefined) throw new Error(`the manifest has no module ${key}`);
  return file;
}

/** Names mean what they do on a device: one of the manifest's modules, or one of the SDK's, which the double has. */
export function asLinked(modules: ReadonlyMap<string, string>): Plugin {
  const keys = new Map([...modules].map(([key, file]) => [file, key]));
  return {
    name: "as linked",
    setup(build) {
      build.onResolve({ filter: /^[^/]/ }, ({ path, importer }) => {
        const from = keys.get(importer);
        // A main that is no module of the manifest's names files.
        if (from === undefined && path.startsWith(".")) return undefined;
        const key = resolveKey(from ?? "", path);
        const file = modules.get(key);
        return file === undefined ? { path: key, namespace: "moddable" } : { path: file };
      });
      build.onLoad({ filter: /.*/, namespace: "moddable" }, ({ path }) => {
        return { contents: `export default globalThis.moddable[${JSON.stringify(path)}];` };
      });
    },
  };
}

function anyOf(files: readonly string[]): RegExp {
  const escaped = files.map((file) => file.replaceAll(/[.\\+*?^$()[\]{}|]/g, "\\$&"));
  return new RegExp(`^(${escaped.join("|")})$`);
}
