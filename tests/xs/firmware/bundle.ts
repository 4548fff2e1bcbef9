import { build, type Plugin } from "esbuild";
import { join } from "node:path";
import { firmwareFor, ROOT } from "../../project/manifest-modules.js";
import { bundle } from "../bundle.js";
import { PRELOAD_SCRIPT, preloading } from "../preload.js";

/** A build of the firmware. */
export interface Build {
  /** A platform of the manifest that the double knows. */
  readonly platform: "esp32" | "lin";
  /** What mcconfig's command line says. */
  readonly settings: Readonly<Record<string, string>>;
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
export async function bundleFirmware({ platform, settings, main }: Build): Promise<FirmwareScripts> {
  const { modules, preload, config, ...firmware } = firmwareFor(platform);
  const fileOf = (key: string): string => {
    const file = modules.get(key);
    if (file === undefined) throw new Error(`the manifest has no module ${key}`);
    return file;
  };
  const mainFile = main === undefined ? fileOf(firmware.main) : join(__dirname, main);
  const preloaded = preload.map(fileOf);
  const contents = [
    ...preloaded.map((file) => `import ${JSON.stringify(file)};`),
    `globalThis.boot = () => import(${JSON.stringify(mainFile)});`,
  ].join("\n");
  const result = await build({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    format: "iife",
    target: "es2022",
    platform: "neutral",
    // As in ../bundle.ts.
    supported: { "class-static-field": false },
    plugins: [asLinked(modules), preloading(anyOf(preloaded))],
    write: false,
    logLevel: "silent",
  });
  return {
    world: `globalThis.mcConfig = ${JSON.stringify({ ...config, ...settings })};\n${(await bundle("moddable/world.ts")).script}`,
    modules: PRELOAD_SCRIPT + result.outputFiles[0]!.text,
    boot: "boot().catch((error) => { trace(`boot failed: ${error}\\n${error.stack}\\n`); });",
  };
}

/** Names mean what they do on a device: one of the manifest's modules, or one of the SDK's, which the double has. */
function asLinked(modules: ReadonlyMap<string, string>): Plugin {
  return {
    name: "as linked",
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, ({ path }) => {
        const file = modules.get(path);
        return file === undefined ? { path, namespace: "moddable" } : { path: file };
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
