import { describe, expect, it } from "@jest/globals";
import { readdirSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const project = path.resolve(__dirname, "../types");
const typings = path.resolve(__dirname, "../../typings/embedded.d.ts");

/** What TypeScript says about apps that import ECMA-419's modules, with the options that mcconfig compiles with. */
function complaints(files: readonly string[]): string[] {
  const { config } = ts.readConfigFile(path.join(project, "tsconfig.json"), (name) =>
    ts.sys.readFile(name),
  ) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, project);
  const program = ts.createProgram([...files, typings], options);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
    const text = ts.flattenDiagnosticMessageText(messageText, "\n");
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? -1;
    return `${path.basename(file?.fileName ?? "")}:${line + 1} ${text}`;
  });
}

describe("typings/embedded.d.ts", () => {
  const folder = path.join(project, "apps");
  const apps = readdirSync(folder).map((name) => path.join(folder, name));

  it("lets apps that were written for Moddable's typings compile as they are, and finds what is wrong in others", () => {
    expect(apps.length).toBeGreaterThan(3);
    expect(complaints(apps)).toEqual([]);
  });
});
