import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { Script } from "node:vm";
import { callerFile } from "./locations.js";

/** What of swc is used. */
interface Swc {
  transformSync(source: string, options: object): Transformed;
}

/** A module's code, to be run in the context of each host that has it. */
export interface CompiledModule {
  /** Gives a function of `register(dependencies, declare)` and of the values of HOT_GLOBALS. */
  readonly script: Script;
  /** What it imports before it runs. */
  readonly imports: readonly string[];
  /** From the code to the source, as JSON; absent where the code is the source. */
  readonly map?: string;
}

/** Each use of a global is slow in a context of its own (measured on Node 20: 165 ns instead of 4), a parameter's is not. */
export const HOT_GLOBALS = Object.freeze([
  "Array",
  "ArrayBuffer",
  "DataView",
  "Infinity",
  "Map",
  "Math",
  "Number",
  "Set",
  "Uint8Array",
]);

/** What a module calls to be registered, instead of `System.register`: on Moddable, `System` is something else. */
const REGISTER = "$register";

/** What stands before the module's own code in its first line. */
const HEAD = `(function (${[REGISTER, ...HOT_GLOBALS].join(", ")}) { `;

/** How an XS module written in JavaScript binds its functions to C. */
const NATIVE_BINDING = /@\s*"xs_\w+"/;

const compiled = new Map<string, CompiledModule & { readonly modified: number }>();

/**
 * Compiles a module of TypeScript, JavaScript or JSON, once while its file does not change.
 *
 * Modules become what SystemJS registers, which has all that ECMAScript's modules have: live bindings, cycles, `await` at
 * their top level and dynamic imports. Node's own `vm.SourceTextModule` would need a flag.
 *
 * @throws Error that names the file, for what is not a module, and if swc is not installed
 */
export function compileModule(file: string): CompiledModule {
  const modified = statSync(file).mtimeMs;
  const known = compiled.get(file);
  if (known?.modified === modified) return known;
  const source = readFileSync(file, "utf8");
  const module = file.endsWith(".json") ? compileJson(file, source) : compileScript(file, source);
  compiled.set(file, { ...module, modified });
  return module;
}

function compileJson(file: string, source: string): CompiledModule {
  const value = JSON.stringify(JSON.parse(source) as unknown);
  const body = `return { setters: [], execute() { _export("default", ${value}); } };`;
  return withImports(script(file, `System.register([], function (_export) { ${body} });`));
}

function compileScript(file: string, source: string): CompiledModule {
  const { transformSync } = swc();
  const common = { filename: file, sourceMaps: true, swcrc: false, configFile: false, isModule: true };
  const syntax = file.endsWith(".ts") ? "typescript" : "ecmascript";
  try {
    const jsc = { parser: { syntax }, target: "es2022" };
    const counted = instrument(file, () =>
      transformSync(source, { ...common, jsc, module: { type: "es6" } }),
    );
    const { code, map } = transformSync(counted?.code ?? source, {
      ...common,
      jsc: counted === undefined ? jsc : { ...jsc, parser: { syntax: "ecmascript" } },
      ...(counted?.map !== undefined && { inputSourceMap: counted.map }),
      module: { type: "systemjs" },
    });
    if (map === undefined) return withImports(script(file, code));
    // For debuggers; stack traces are made of it by the engine.
    const url = `data:application/json;base64,${Buffer.from(map).toString("base64")}`;
    return { ...withImports(script(file, code, url)), map };
  } catch (error) {
    if (NATIVE_BINDING.test(source))
      throw new Error(`${file} is in C in part, which does not run here`, { cause: error });
    throw new Error(`${file} cannot be compiled: ${(error as Error).message}`, { cause: error });
  }
}

interface Transformed {
  readonly code: string;
  readonly map?: string;
}

/** Installed by the environment of the jest preset where tests are to tell how much of the code they have run. */
const INSTRUMENTER = Symbol.for("wirelet.instrumenter");

type Instrumenter = (code: string, file: string, map: string | undefined) => Transformed | undefined;

/** @returns undefined where nothing is counted */
function instrument(file: string, transform: () => Transformed): Transformed | undefined {
  const instrumenter = (globalThis as { [INSTRUMENTER]?: Instrumenter })[INSTRUMENTER];
  if (instrumenter === undefined) return undefined;
  const { code, map } = transform();
  return instrumenter(code, file, map);
}

function script(file: string, code: string, map?: string): Script {
  const mapping = map === undefined ? "" : `//# ${"sourceMappingURL"}=${map}\n`;
  // Comments of the source may come first.
  const body = code.replace("System.register([", () => `${REGISTER}([`);
  return new Script(`${HEAD}${body}\n})\n${mapping}`, { filename: file });
}

/** A module says what it imports when it is registered, which runs nothing of it. */
function withImports(script: Script): CompiledModule {
  let imports: readonly string[] = [];
  const register = (specifiers: readonly string[]): void => void (imports = [...specifiers]);
  (script.runInThisContext() as (register: unknown) => void)(register);
  return { script, imports };
}

let loaded: Swc | undefined;

/** Only who runs apps needs it, so that it is asked for late. */
function swc(): Swc {
  try {
    return (loaded ??= createRequire(callerFile(0))("@swc/core") as Swc);
  } catch (error) {
    const advice = 'npm install --save-dev "@swc/core"';
    throw new Error(`apps for Moddable are compiled with @swc/core, which is not installed: ${advice}`, {
      cause: error,
    });
  }
}
