import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { NetworkError } from "../../src/error/index.js";
import type { ExploreScenario } from "./attempt.js";

/** A scenario as threads can have it: they share no functions. */
export interface ScenarioModule {
  /** The path of a module: TypeScript, where this Node or a loader that it was started with reads that. */
  readonly module: string;
  /** What the module calls the scenario; absent: its default export. */
  readonly name?: string;
}

const requireFile = createRequire(import.meta.url);

/** @throws NetworkError EINVAL, with the reason, if there is no such scenario */
export async function importScenario({ module, name = "default" }: ScenarioModule): Promise<ExploreScenario> {
  const file = resolve(module);
  const exports = await load(file);
  const scenario = exports[name] ?? (exports.default as Record<string, unknown> | undefined)?.[name];
  if (typeof scenario === "function") return scenario as ExploreScenario;
  const names = Object.keys(exports).filter((each) => typeof exports[each] === "function");
  const detail = `it exports no function ${name}${names.length === 0 ? "" : `; there are ${names.join(", ")}`}`;
  throw new NetworkError("EINVAL", "load scenario", module, detail);
}

async function load(file: string): Promise<Record<string, unknown>> {
  try {
    return requireFile(file) as Record<string, unknown>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_REQUIRE_ESM") throw unloadable(file, error);
  }
  try {
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw unloadable(file, error);
  }
}

function unloadable(file: string, error: unknown): NetworkError {
  const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
  return new NetworkError("EINVAL", "load scenario", file, line);
}
