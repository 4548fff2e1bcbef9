import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { transform } from "esbuild";
import { describeWith } from "../support/tools.js";
import { bundle } from "./bundle.js";
import { requireXs } from "./engine.js";
import { preloadedModule, PreloadedEngine } from "./preload.js";

const NAME = "src/room/table.ts";

/** The script of a module that is preloaded. */
async function moduleOf(source: string): Promise<string> {
  const { contents, errors } = preloadedModule(NAME, source);
  if (errors.length > 0) throw new Error(errors.map(({ text }) => text).join("; "));
  return (await transform(contents, { loader: "ts", format: "iife", target: "es2022" })).code;
}

describeWith([requireXs()], "a module that is preloaded, inside XS", () => {
  let engine: PreloadedEngine;

  beforeEach(async () => {
    engine = new PreloadedEngine();
    await engine.evaluate((await bundle("preload-world.ts")).script);
  });

  afterEach(() => engine.stop());

  const load = async (source: string): Promise<unknown> => engine.evaluate(await moduleOf(source));

  describe("is refused", () => {
    it.each([
      ["an object that is written later", "const table = { a: 1 };", "table is not frozen"],
      ["one inside another", "const table = Object.freeze({ a: [{ b: 1 }] });", "table.a is not frozen"],
      ["one that only a Map has", "const table = new Map([[1, {}]]);", "table[1] is not frozen"],
      ["one that a class has", "class Table { static rows = []; }", "Table.rows is not frozen"],
      ["one that is destructured", "const { a: [row] } = { a: [{}] };", "row is not frozen"],
      ["a Date that could be set", "const epoch = new Date(0);", "epoch is not frozen"],
      ["an enum", "enum Kind { one }", "Kind is not frozen"],
      ["a RegExp", "const WORD = /a/;", "WORD is a RegExp in flash"],
      ["a RegExp in a table", "const WORDS = Object.freeze([/a/]);", "WORDS.0 is a RegExp in flash"],
      ["a generator", "const next = (function* () {})();", "next is a generator"],
      ["a variable", "export let count = 0;", "count is not const"],
      ["a private static", "class Table { static #size = 0; }", "Table.#size is static and not readonly"],
    ])("for %s", async (_, source, fault) => {
      await expect(load(source)).rejects.toThrow(`${NAME}: ${fault}`);
    });
  });

  it.each([
    ["new Map()", "table.set(1, 2)", `${NAME}: table is read-only in flash`],
    ["new Set([1])", "table.clear()", `${NAME}: table is read-only in flash`],
    ["new WeakMap()", "table.set(globalThis, 1)", `${NAME}: table is read-only in flash`],
    ["new DataView(new ArrayBuffer(1))", "table.setUint8(0, 1)", `${NAME}: table is read-only in flash`],
    ["class { static size = 1; }", "table.size = 2", "set size: not writable"],
    ["class { }", "table.prototype.size = 2", "not extensible"],
    ["class extends Error {}", "new table().name = 'A'", "set name: not writable"],
    ["() => {}", "table.size = 2", "not extensible"],
    [
      "Object.freeze({})",
      "JSON.stringify([{ a: table }])",
      `JSON.stringify is given ${NAME}: table, which is in flash`,
    ],
    ["1", "Array.prototype.last = 1", "not extensible"],
    ["1", "Math.max = Math.min", "not writable"],
  ])("which made %s is refused %s", async (made, change, message) => {
    await load(`const table: any = ${made}; globalThis.change = () => { "use strict"; ${change}; };`);
    await expect(engine.evaluate("change()")).rejects.toThrow(message);
  });

  it.each([
    ["Uint8Array.of(1, 2)", "kept[1] = 3"],
    ["Object.freeze({ bytes: new Uint16Array(1) })", "kept.bytes[0] = 3"],
    ["Object.freeze(new Date(0))", "kept.setTime(1)"],
  ])("which made %s is found to have done %s when its engine is stopped", async (made, change) => {
    await load(`const kept: any = ${made}; globalThis.change = () => { ${change}; };`);
    await engine.evaluate("change()");
    await expect(engine.stop()).rejects.toThrow(
      /^TypeError: src\/room\/table\.ts: kept(\.bytes)? was changed$/,
    );
    engine = new PreloadedEngine();
  });

  it("may have what flash keeps", async () => {
    await load(`
      const table = Object.freeze({ a: Object.freeze([1]), words: new Map([["a", 1]]), bytes: Uint8Array.of(1) });
      class Pattern {
        constructor(make) { this.make = make; this.kept = undefined; }
        get regexp() { return (this.kept ??= this.make()); }
      }
      const WORD = new Pattern(() => /(a)/i);
      class Row { static readonly #size = 1; #value = Row.#size; get value() { return this.#value++; } }
      function* rows() { yield new Row().value; }
      async function later() { return table.words.get("A".match(WORD.regexp)![1]!.toLowerCase()); }
      globalThis.use = () => [...rows(), table.bytes[0], later()];
    `);
    await engine.evaluate("if (use().length !== 3) throw new Error('not what it was');");
  });
});
