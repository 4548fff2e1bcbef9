import { SourceMap, type SourceMapPayload } from "node:module";
import type { CompiledModule } from "../build/compile.js";

const maps = new WeakMap<CompiledModule, SourceMap>();

/** Where the code of modules comes from, by the names of their files. */
export class Positions {
  readonly #modules = new Map<string, CompiledModule>();

  add(file: string, module: CompiledModule): void {
    this.#modules.set(file, module);
  }

  /**
   * A stack trace in V8's form, with the lines of the sources. What is between the app and the test is left out, where
   * something of the app is there.
   */
  trace(error: unknown, frames: readonly NodeJS.CallSite[]): string {
    const own = frames.filter((frame) => this.#modules.has(frame.getFileName() ?? ""));
    const lines = own.length > 0 ? own.map((frame) => this.#describe(frame)) : frames.map(String);
    return [headOf(error), ...lines.map((line) => `    at ${line}`)].join("\n");
  }

  #describe(frame: NodeJS.CallSite): string {
    const file = frame.getFileName()!;
    const place = `${file}:${this.#sourceOf(file, frame.getLineNumber() ?? 1, frame.getColumnNumber() ?? 1)}`;
    const name = frame.getFunctionName();
    // What swc makes of a module's own level.
    if (name === null || name === "execute") return place;
    const type = frame.isToplevel() || frame.isConstructor() ? null : frame.getTypeName();
    const owner = type === null || type === "Object" || name.startsWith(`${type}.`) ? "" : `${type}.`;
    return `${frame.isConstructor() ? "new " : ""}${owner}${name} (${place})`;
  }

  #sourceOf(file: string, line: number, column: number): string {
    const map = mapOf(this.#modules.get(file)!);
    const entry = map?.findEntry(line - 1, column - 1);
    if (entry === undefined || !("originalLine" in entry)) return `${line}:${column}`;
    return `${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }
}

function mapOf(module: CompiledModule): SourceMap | undefined {
  if (module.map === undefined) return undefined;
  const known = maps.get(module);
  if (known !== undefined) return known;
  const map = new SourceMap(JSON.parse(module.map) as SourceMapPayload);
  maps.set(module, map);
  return map;
}

function headOf(error: unknown): string {
  try {
    return String(error);
  } catch {
    return "an error without a text";
  }
}
