import { beforeAll, describe, expect, it } from "@jest/globals";
import { Linter } from "eslint";
import { bundle, type Bundle } from "./bundle.js";

/** In the language, but not for a device: no compiler is there at run time, no second thread, no locale data. */
const NOT_ON_A_DEVICE = ["eval", "Function", "Atomics", "SharedArrayBuffer", "Intl"];

const NOT_PORTABLE = [
  ["MemberExpression[object.name='Math'][property.name='random']", "chance comes from the host"],
  ["MemberExpression[object.name='Date'][property.name='now']", "time comes from the host"],
  ["NewExpression[callee.name='Date'][arguments.length=0]", "time comes from the host"],
  ["MemberExpression[object.name='globalThis']:not([property.name='handleCommand'])", "a global by name"],
].map(([selector, message]) => ({ selector, message }));

/** The globals that `script` uses and that are not of ECMAScript 2022, or not for a device. */
function foreignGlobals(script: string): string[] {
  const messages = new Linter().verify(script, {
    languageOptions: { ecmaVersion: 2022, sourceType: "script" },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" },
    rules: {
      "no-undef": ["error", { typeof: true }],
      "no-restricted-globals": ["error", ...NOT_ON_A_DEVICE],
      "no-restricted-syntax": ["error", ...NOT_PORTABLE],
    },
  });
  return messages.map(({ line, message }) => `${line}: ${message}`);
}

it("finds foreign globals", () => {
  const uses = [
    "setTimeout()",
    "typeof TextEncoder",
    "trace(1)",
    "new Date()",
    "Date.now()",
    "Math.random()",
    "globalThis.print",
  ];
  for (const use of uses) expect([use, foreignGlobals(use).length]).toEqual([use, 1]);
  expect(foreignGlobals("var print = Object.freeze(new Date(0)); globalThis.handleCommand = print;")).toEqual(
    [],
  );
});

describe.each(["echo-main.ts", "device-main.ts"])("the bundle of %s", (entry) => {
  let made: Bundle;

  beforeAll(async () => {
    made = await bundle(entry);
  });

  it("uses no global but the language's", () => {
    expect(foreignGlobals(made.script)).toEqual([]);
  });

  it("is made of src/, the XS host and its entry only", () => {
    const foreign = made.inputs.filter(
      (input) => !/^(src\/|hosts\/xs\/frames\/|tests\/xs\/(serve|[a-z]+-main)\.ts$)/.test(input),
    );
    expect(foreign).toEqual([]);
  });
});

it("the conformance suite of sockets uses no global but the language's", async () => {
  const { script } = await bundle("conformance-main.ts");
  // The simulator has one for programs that await, which are not driven that way here.
  const foreign = foreignGlobals(script).filter((message) => !message.includes("'setImmediate'"));
  expect(foreign).toEqual([]);
});
