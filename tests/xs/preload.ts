import type { Plugin } from "esbuild";
import { readFile } from "node:fs/promises";
import {
  createSourceFile,
  isClassDeclaration,
  isFunctionDeclaration,
  isIdentifier,
  isVariableStatement,
  ScriptTarget,
  type SourceFile,
} from "typescript";

/**
 * Makes an engine's world what modules find that a device has preloaded into flash: built-ins are frozen, and so is
 * all that a module made while it loaded. A script, to be evaluated before a bundle that was made for it.
 */
export const PRELOAD_SCRIPT = `
globalThis.preloaded = (() => {
  const seen = new Set();
  const readOnly = () => { throw new TypeError("a table of a preloaded module is read-only"); };
  const freeze = (value) => {
    if (Object(value) !== value || seen.has(value)) return;
    seen.add(value);
    if (value instanceof Map || value instanceof Set) {
      for (const name of ["set", "add", "delete", "clear"]) Object.defineProperty(value, name, { value: readOnly });
    }
    freeze(Object.getPrototypeOf(value));
    for (const key of Reflect.ownKeys(value)) {
      const { value: content, get, set } = Object.getOwnPropertyDescriptor(value, key);
      if (!ArrayBuffer.isView(value)) freeze(content);
      freeze(get);
      freeze(set);
    }
    // A view with elements cannot be frozen.
    if (!ArrayBuffer.isView(value)) Object.freeze(value);
  };
  for (const name of Object.getOwnPropertyNames(globalThis)) {
    const value = globalThis[name];
    if (value !== globalThis) freeze(value);
  }
  for (const value of [(function* () {})(), (async function* () {})(), async () => {}, new Map().values(),
    new Set().values(), [].values(), ""[Symbol.iterator](), "".matchAll(/./g)]) freeze(Object.getPrototypeOf(value));
  return (...values) => values.forEach(freeze);
})();
`;

/** Ends each module that matches `filter` with a call that freezes what it declares. */
export function preloading(filter: RegExp): Plugin {
  return {
    name: "preloading",
    setup(build) {
      build.onLoad({ filter }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        const names = valuesOf(createSourceFile(path, source, ScriptTarget.ES2022));
        return { contents: `${source}\nglobalThis.preloaded(${names.join(", ")});`, loader: "ts" };
      });
    },
  };
}

/** The names that a module declares at its top and that are values at run time. */
function valuesOf(file: SourceFile): string[] {
  const names: string[] = [];
  for (const statement of file.statements) {
    if (isFunctionDeclaration(statement) || isClassDeclaration(statement)) {
      if (statement.name !== undefined) names.push(statement.name.text);
    } else if (isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations)
        if (isIdentifier(name)) names.push(name.text);
    }
  }
  return names;
}
