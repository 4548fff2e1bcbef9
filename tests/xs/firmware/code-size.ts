import { build, type BuildOptions } from "esbuild";
import { relative } from "node:path";
import { firmwareFor, roomFor, ROOT } from "../../project/manifest-modules.js";
import { XsEngine } from "../engine.js";
import { measureHeap } from "../heap.js";
import { preloading } from "../preload.js";
import { asLinked, bundleWorld } from "./bundle.js";

/** What an app can have or not have, by its files. */
export interface Feature {
  readonly name: string;
  readonly files: RegExp;
}

/** What a feature's code takes, without what it builds on. */
export interface CodeSize {
  /** Of the bytecode that the engine compiles, with its strings. */
  readonly bytecode: number;
  /** Of the heap that its functions and tables take where they are not preloaded. */
  readonly slots: number;
  /** Of JavaScript, minified. */
  readonly minified: number;
}

export const FEATURES: readonly Feature[] = Object.freeze([
  { name: "errors, addresses and what a host must provide", files: /^src\/(error|address|host)\// },
  { name: "packet formats from Ethernet to TCP", files: /^src\/wire\/(?!index)[^/]*\.ts$/ },
  { name: "TCP/IP stack", files: /^src\/stack\// },
  { name: "of it: ECMA-419's classes", files: /^src\/stack\/io\// },
  { name: "awaitable sockets", files: /^src\/socket\// },
  { name: "DHCP's packet format", files: /^src\/wire\/(dhcp\/|index)/ },
  { name: "DHCP client", files: /^src\/dhcp\/client\// },
  { name: "DHCP server", files: /^src\/dhcp\/server\// },
  { name: "HTTP messages", files: /^src\/http\/message\// },
  { name: "HTTP server with its router", files: /^src\/http\/server\// },
  { name: "of it: router and middleware", files: /^src\/http\/server\/(path-|rout|middleware)/ },
  { name: "HTTP client", files: /^src\/http\/client\// },
  { name: "forms, content types and negotiation", files: /^src\/http\/content\// },
  { name: "files, ranges and preconditions", files: /^src\/http\/files\// },
  { name: "CORS", files: /^src\/http\/cors\// },
  { name: "cookies and sessions", files: /^src\/http\/session\// },
  { name: "logins", files: /^src\/http\/auth\// },
  { name: "the device: its page and its status", files: /^src\/device\/(?!setup\/)/ },
  { name: "set-up mode", files: /^(src\/device|hosts\/xs\/esp32)\/setup\// },
  { name: "Moddable's sockets as ECMA-419's", files: /^hosts\/xs\/(io\/|native-io\.ts)/ },
  { name: "TLS over the SDK's", files: /^hosts\/xs\/tls\// },
  { name: "files as resources", files: /^hosts\/xs\/files\// },
  {
    name: "clock, timers, log, storage and crash reports",
    files: /^hosts\/xs\/(?!native-io|firmware|settings)[^/]*\.ts$/,
  },
  { name: "the firmware's start and settings", files: /^hosts\/xs\/(firmware|settings)\.ts$/ },
  { name: "what apps import as wirelet/moddable", files: /^hosts\/xs\/apps\// },
  { name: "Wi-Fi and what else only the ESP32 has", files: /^hosts\/xs\/esp32\/(?!setup|main)/ },
  { name: "a screen", files: /^hosts\/xs\/(screen|display)\// },
]);

/** All modules of the project that an app can have, by their keys. */
const MODULES: ReadonlyMap<string, string> = new Map([
  ...["socket", "stack", "dhcp", "http", "tls"].flatMap((room) => [...roomFor(room).modules]),
  ...firmwareFor("esp32/m5stack").modules,
]);

const ALL: readonly string[] = [...new Set(MODULES.values())].map((file) => relative(ROOT, file));

/** Modules that are in no row; main and the one-line modules of the rooms' names are an app's own. */
export function filesOfNoFeature(): string[] {
  const isOwn = (file: string): boolean =>
    /\/main\.ts$|^hosts\/xs\/rooms\/|^src\/(http|dhcp)\/index/.test(file);
  return ALL.filter((file) => !isOwn(file) && !FEATURES.some(({ files }) => files.test(file)));
}

/** A script of some modules and those that they import, whether anybody uses what is in them or not. */
async function link(
  files: readonly string[],
  options: Pick<BuildOptions, "minify" | "minifyWhitespace" | "plugins"> = {},
) {
  const result = await build({
    absWorkingDir: ROOT,
    stdin: { contents: files.map((file) => `import "./${file}";`).join("\n"), resolveDir: ROOT },
    bundle: true,
    treeShaking: false,
    format: "iife",
    target: "es2022",
    platform: "neutral",
    // As in ../bundle.ts.
    supported: { "class-static-field": false },
    ...options,
    plugins: [asLinked(MODULES), ...(options.plugins ?? [])],
    metafile: true,
    write: false,
    logLevel: "silent",
  });
  const inputs = Object.entries(result.metafile.inputs).filter(([file]) => /^(src|hosts)\//.test(file));
  return { script: result.outputFiles[0]!.text, files: inputs.map(([file]) => file) };
}

/** Measures each feature by what an app has more that has it. */
export async function measureCode(): Promise<ReadonlyMap<string, CodeSize>> {
  const world = (await bundleWorld({})) + KEEPING;
  const sizes = new Map<string, CodeSize>();
  for (const { name, files } of FEATURES) {
    const own = ALL.filter((file) => files.test(file));
    if (own.length === 0) throw new Error(`there are no files of ${name}`);
    const linked = await link(own);
    const beneath = linked.files.filter((file) => !own.includes(file));
    const needs = (await link(beneath)).files.filter((file) => own.includes(file));
    if (needs.length > 0)
      throw new Error(`${name} is not optional: what it builds on needs ${needs.join(", ")}`);
    const [more, less] = await Promise.all([measure(world, own), measure(world, beneath)]);
    sizes.set(name, {
      bytecode: more.bytecode - less.bytecode,
      slots: more.slots - less.slots,
      minified: more.minified - less.minified,
    });
  }
  return sizes;
}

/** Keeps what modules have, in an array: its items take no slots. */
const KEEPING = `
  globalThis.kept = [];
  globalThis.preloaded = (_, values) => globalThis.kept.push(...Object.values(values));
`;

/** What all that there is takes: figures to be compared with others. */
async function measure(world: string, files: readonly string[]): Promise<CodeSize> {
  // In one line: the engine notes in the bytecode where each line begins, which xsc does for the debugger alone.
  const { script } = await link(files, { minifyWhitespace: true });
  const { script: minified } = await link(files, { minify: true });
  const { script: keeping } = await link(files, { plugins: [preloading(/\/(src|hosts)\/.*\.ts$/)] });
  const engine = new XsEngine();
  try {
    await engine.evaluate(world);
    // A function that is not called has the code of all within it.
    await engine.evaluate(`globalThis.code = function () {\n${script}\n};`);
    const { codeBytes } = await measureHeap(engine);
    await engine.evaluate("delete globalThis.code;");
    await engine.evaluate(keeping);
    const { currentHeapCount } = await engine.collect();
    return { bytecode: codeBytes, slots: currentHeapCount, minified: Buffer.byteLength(minified) };
  } finally {
    await engine.stop();
  }
}
