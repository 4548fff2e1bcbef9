import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "@jest/globals";
import ts from "typescript";
import { SETTING_NAMES } from "../../hosts/xs/settings.js";

const ROOT = path.join(__dirname, "..", "..");

/** What the firmware consists of, as far as it has something to say. */
const PARTS = [
  "hosts/xs/*.ts",
  "hosts/xs/{esp32,simulator,screen}/**/*.ts",
  "src/device/**/*.ts",
  "src/dhcp/client/*.ts",
  "src/http/server/*.ts",
];

/** Whose last argument is a line of the log, or a reason that gets into one. */
const REASONS = ["failed", "refusal", "warnOnce"];

/** Each text with "…" for what differs. */
interface Texts {
  /** Those that get into the log as warnings and errors. */
  readonly told: Set<string>;
  /** All that there are. */
  readonly all: Set<string>;
}

function textsOf(files: readonly string[]): Texts {
  const texts: Texts = { told: new Set(), all: new Set() };
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
    const isDiagnosis = file.endsWith("wifi-diagnosis.ts");
    visit(source, texts, isDiagnosis);
  }
  return texts;
}

function visit(node: ts.Node, texts: Texts, isDiagnosis: boolean): void {
  const text = textOf(node);
  if (text !== undefined) texts.all.add(text);
  if (ts.isCallExpression(node)) for (const each of toldBy(node)) texts.told.add(each);
  if (isDiagnosis && ts.isReturnStatement(node) && node.expression !== undefined) {
    for (const each of branches(node.expression)) texts.told.add(each);
  }
  ts.forEachChild(node, (child) => visit(child, texts, isDiagnosis));
}

function toldBy({ expression, arguments: args }: ts.CallExpression): string[] {
  const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
  const last = args.at(-1);
  if (last === undefined) return [];
  if (REASONS.includes(name)) return branches(last);
  const [level, message] = args;
  if (name !== "log" || message === undefined) return [];
  if (ts.isConditionalExpression(level!) && ts.isConditionalExpression(message))
    return [
      ...(isTrouble(level.whenTrue) ? branches(message.whenTrue) : []),
      ...(isTrouble(level.whenFalse) ? branches(message.whenFalse) : []),
    ];
  return isTrouble(level!) ? branches(message) : [];
}

/** What is a warning the first time, and for debugging when it comes again, is one. */
function isTrouble(level: ts.Expression): boolean {
  if (ts.isConditionalExpression(level)) return isTrouble(level.whenTrue) || isTrouble(level.whenFalse);
  return ts.isStringLiteral(level) && ["warn", "error"].includes(level.text);
}

/** The texts that an expression can be; none for a variable. */
function branches(node: ts.Expression): string[] {
  if (ts.isConditionalExpression(node)) return [...branches(node.whenTrue), ...branches(node.whenFalse)];
  const text = textOf(node);
  return text === undefined ? [] : [text];
}

function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  const spans = node.templateSpans.map(({ literal }) => `…${literal.text}`);
  return [node.head.text, ...spans].join("").replace(/…+/g, "…");
}

const files = PARTS.flatMap((part) => ts.sys.readDirectory(ROOT, [".ts"], undefined, expand(part)));

/** TypeScript's patterns have no braces. */
function expand(pattern: string): string[] {
  const [, before, names, after] = /^(.*)\{(.*)\}(.*)$/.exec(pattern) ?? [];
  return names === undefined ? [pattern] : names.split(",").map((name) => `${before}${name}${after}`);
}

const page = readFileSync(path.join(ROOT, "docs/esp32.md"), "utf8");
const chapter = page.slice(page.indexOf("## What the firmware says"));
const listed = [...chapter.matchAll(/^\| `(.+?)` \|/gm)].map(([, text]) => text!);

describe("docs/esp32.md", () => {
  const { told, all } = textsOf(files);

  it("lists every warning and error of the firmware", () => {
    expect([...told].filter((text) => !listed.includes(text))).toEqual([]);
  });

  it("lists none that there is not, and none twice", () => {
    expect(listed.filter((text) => !all.has(text))).toEqual([]);
    expect(listed.filter((text, index) => listed.indexOf(text) !== index)).toEqual([]);
  });

  it("has a reason for each failure of Wi-Fi, and so has the page on how they are found", () => {
    const decision = readFileSync(path.join(ROOT, "docs/decisions/wifi-diagnosis.md"), "utf8");
    const names = ["wifi-diagnosis.ts", "wifi-interface.ts"].map((name) => `hosts/xs/esp32/${name}`);
    const { told: reasons } = textsOf(names.map((name) => path.join(ROOT, name)));
    const lines = ["…: …; next try in … s"];
    expect(reasons.size).toBeGreaterThan(12);
    expect([...reasons].filter((text) => !lines.includes(text) && !decision.includes(`\`${text}\``))).toEqual(
      [],
    );
    const printed = [...decision.matchAll(/^\|[^|]*\|[^|]*\| `([^`|]+)` \|/gm)].map(([, text]) => text!);
    expect(printed.filter((text) => !reasons.has(text))).toEqual([]);
  });

  it("names what native-link.c throws", () => {
    const source = readFileSync(path.join(ROOT, "hosts/xs/esp32/native-link.c"), "utf8");
    const thrown = [...source.matchAll(/xs\w*Error\("(.+?)"\)/g)].map(([, text]) => text!);
    expect(thrown.length).toBeGreaterThan(0);
    expect(thrown.filter((text) => !chapter.includes(`\`${text}\``))).toEqual([]);
  });

  it("has every setting that the firmware reads", () => {
    const settings = readFileSync(path.join(ROOT, "hosts/xs/settings.ts"), "utf8");
    const read = new Set<string>(SETTING_NAMES);
    expect(new Set([...settings.matchAll(/\bconfig\.(\w+)/g)].map(([, key]) => key!))).toEqual(read);
    const rows = [...page.matchAll(/^\| (`[a-z]+`(?:, `[a-z]+`)*) \|/gm)].flatMap(([, cell]) =>
      cell!.split(", "),
    );
    expect([...read].sort().filter((key) => !rows.includes(`\`${key}\``))).toEqual([]);
    expect(rows.map((cell) => cell.slice(1, -1)).filter((key) => !read.has(key))).toEqual([]);
  });
});
