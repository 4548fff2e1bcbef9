import { build } from "esbuild";
import { dirname, join } from "node:path";
import { preloading } from "./preload.js";

export interface Bundle {
  /** One classic script: XS evaluates scripts, not modules, from a message. */
  readonly script: string;
  /** The files it was made of, relative to the repository. */
  readonly inputs: readonly string[];
}

const REPOSITORY = dirname(dirname(__dirname));

/** What a device has preloaded; the main module is not. */
const PRELOADED = /\/(src|hosts\/xs)\/.*\.ts$/;

/**
 * Bundles `entry`, a file beside this one, for an engine that has nothing but the language.
 *
 * @param options `preloaded`: all but the entry is as a device has it in flash; to be run in a PreloadedEngine
 */
export async function bundle(entry: string, options: { readonly preloaded?: boolean } = {}): Promise<Bundle> {
  const result = await build({
    absWorkingDir: REPOSITORY,
    entryPoints: [join(__dirname, entry)],
    bundle: true,
    format: "iife",
    target: "es2022",
    platform: "neutral",
    // XS 13.3, which xsnap builds, runs static initializers before instance fields are ready, so that a class with
    // both cannot make an instance of itself there. The device's XS does it right (8.2.3: xsCode.c, fxClassNodeCode).
    supported: { "class-static-field": false },
    plugins: options.preloaded === true ? [preloading(PRELOADED)] : [],
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const [output] = result.outputFiles;
  if (output === undefined) throw new Error(`bundling ${entry} gave no output`);
  const world = options.preloaded === true ? (await bundle("preload-world.ts")).script : "";
  return { script: world + output.text, inputs: Object.keys(result.metafile.inputs) };
}
