import type { PartialMessage, Plugin } from "esbuild";
import { readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import * as ts from "typescript";
import { XsEngine } from "./engine.js";

const REPOSITORY = join(__dirname, "..", "..");

/** An engine for bundles that were made with `preloading`. */
export class PreloadedEngine extends XsEngine {
  /** @throws Error if what is in flash was written meanwhile, with its name */
  override async stop(): Promise<void> {
    const verified = this.isOver
      ? Promise.resolve()
      : this.evaluate("globalThis.verifyPreloaded?.()").then(() => undefined);
    try {
      await verified;
    } finally {
      await super.stop();
    }
  }
}

/** Ends each module that matches `filter` with a call that does to what it declares what preloading does: see preload-world.ts. */
export function preloading(filter: RegExp): Plugin {
  return {
    name: "preloading",
    setup(build) {
      build.onLoad({ filter }, async ({ path }) => {
        const source = await readFile(path, "utf8");
        return { loader: "ts", ...preloadedModule(relative(REPOSITORY, path), source) };
      });
    },
  };
}

/** A module with that call, and what is refused before it is run. */
export function preloadedModule(
  name: string,
  source: string,
): { readonly contents: string; readonly errors: PartialMessage[] } {
  const { names, faults } = declarationsOf(ts.createSourceFile(name, source, ts.ScriptTarget.ES2022));
  const call = `globalThis.preloaded(${JSON.stringify(name)}, { ${[...names].join(", ")} });`;
  return { contents: `${source}\n${call}`, errors: faults.map((fault) => ({ text: `${name}: ${fault}` })) };
}

interface Declarations {
  /** What a module declares at its top and that are values at run time. */
  readonly names: ReadonlySet<string>;
  readonly faults: readonly string[];
}

function declarationsOf(file: ts.SourceFile): Declarations {
  const names = new Set<string>();
  const faults: string[] = [];
  for (const statement of file.statements) {
    if (ts.canHaveModifiers(statement) && has(statement, ts.SyntaxKind.DeclareKeyword)) continue;
    if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) {
      if (statement.name !== undefined) names.add(statement.name.text);
      if (ts.isClassDeclaration(statement)) faults.push(...staticFaults(statement));
    } else if (ts.isEnumDeclaration(statement)) {
      if (!has(statement, ts.SyntaxKind.ConstKeyword)) names.add(statement.name.text);
    } else if (ts.isVariableStatement(statement)) {
      const { flags, declarations } = statement.declarationList;
      const declared = declarations.flatMap(({ name }) => namesOf(name));
      for (const name of declared) names.add(name);
      // It would work, from a copy in RAM.
      if ((flags & ts.NodeFlags.Const) === 0) faults.push(...declared.map((name) => `${name} is not const`));
    }
  }
  return { names, faults };
}

/** A class's private statics are read-only in flash, which freezing it does not show. */
function staticFaults({ name, members }: ts.ClassDeclaration): string[] {
  return members
    .filter((member) => ts.isPropertyDeclaration(member) && ts.isPrivateIdentifier(member.name))
    .map((member) => member as ts.PropertyDeclaration & { readonly name: ts.PrivateIdentifier })
    .filter((m) => has(m, ts.SyntaxKind.StaticKeyword) && !has(m, ts.SyntaxKind.ReadonlyKeyword))
    .map((member) => `${name?.text}.${member.name.text} is static and not readonly`);
}

function has(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) === true;
}

function namesOf(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(element.name) : []));
}
