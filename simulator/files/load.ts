import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { NetworkError } from "../../src/error/index.js";
import type { App } from "../lan/index.js";
import { readPlan } from "./read/read-plan.js";
import { MAX_SCENARIO_LENGTH } from "./read/source.js";
import { Scenario } from "./scenario.js";
import { ScenarioError, reasonOf } from "./scenario-error.js";

/**
 * Reads a scenario that runs no programs of its own: what comes from somebody else.
 *
 * @param file how errors call it
 * @throws ScenarioError what is wrong, with line and column
 */
export function readScenario(text: string, file = "scenario"): Scenario {
  return new Scenario(file, readPlan(text, file, undefined));
}

/**
 * Reads a scenario file, whose hosts may run modules of this machine: each exports an app by default, and is named from where
 * the file is.
 *
 * @throws ScenarioError what is wrong, with line and column, or that there is no such file
 */
export async function loadScenario(file: string): Promise<Scenario> {
  const text = await readText(file);
  const modules = new Set<string>();
  // Modules load only while the program waits, and the file is read at once: so it is read to find them, and again.
  readPlan(text, file, (name) => {
    modules.add(name);
    return () => undefined;
  });
  const apps = new Map<string, App | Error>();
  for (const name of modules) apps.set(name, await loadApp(path.resolve(path.dirname(file), name)));
  const plan = readPlan(text, file, (name) => {
    const app = apps.get(name)!;
    if (app instanceof Error) throw app;
    return app;
  });
  return new Scenario(file, plan);
}

async function readText(file: string): Promise<string> {
  try {
    // A character takes four bytes at most; what is no file has no size to look at.
    const { size } = await stat(file);
    if (size > 4 * MAX_SCENARIO_LENGTH)
      throw new ScenarioError(`it is longer than ${MAX_SCENARIO_LENGTH} characters`, file, 1, 1);
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === "ENOENT" ? "there is no such file" : `it cannot be read (${code ?? reasonOf(error)})`;
    throw new NetworkError("EINVAL", "read scenario", file, reason);
  }
}

/** @returns an error where the module gives no app: it is told with the place in the file */
async function loadApp(file: string): Promise<App | Error> {
  try {
    // A clone runs as CommonJS, where modules are named by paths, the package as ESM, where they have URLs.
    const name = typeof require === "undefined" ? pathToFileURL(file).href : file;
    const { default: app } = (await import(name)) as { default?: unknown };
    // What CommonJS exports by default is one level deeper.
    const inner = typeof app === "object" && app !== null && "default" in app ? app.default : app;
    if (typeof inner === "function") return inner as App;
    return new Error(`the module exports no app by default`);
  } catch (error) {
    return new Error(`the module cannot be loaded: ${reasonOf(error).split("\n", 1)[0]}`);
  }
}
