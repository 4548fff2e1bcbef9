import { describe, expect, it } from "@jest/globals";
import { readdirSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { ROOT } from "./manifest-modules.js";

const PROJECT = path.join(ROOT, "examples", "moddable");

/** What TypeScript says about programs that have typings/moddable.d.ts, with the options that mcconfig compiles with. */
function complaints(files: readonly string[], readSource: Readonly<Record<string, string>> = {}): string[] {
  const { config } = ts.readConfigFile(path.join(PROJECT, "tsconfig.json"), (name) =>
    ts.sys.readFile(name),
  ) as { config: object };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, PROJECT);
  const host = ts.createCompilerHost(options);
  const { readFile, fileExists } = host;
  host.readFile = (name) => readSource[name] ?? readFile(name);
  host.fileExists = (name) => name in readSource || fileExists(name);
  const typings = path.join(ROOT, "typings", "moddable.d.ts");
  const program = ts.createProgram([...files, ...Object.keys(readSource), typings], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText, file, start }) => {
    const line = file?.getLineAndCharacterOfPosition(start ?? 0).line ?? -1;
    return `${path.basename(file?.fileName ?? "")}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

function sourcesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts")).map((name) => path.join(folder, name));
}

describe("typings/moddable.d.ts, over @moddable/typings", () => {
  it("lets the examples for Moddable compile on a computer without the SDK", () => {
    const examples = sourcesIn(PROJECT);
    expect(examples.length).toBeGreaterThan(3);
    expect(complaints(examples)).toEqual([]);
  }, 120_000);

  it("lets apps compile that were written for Moddable alone, and finds what is wrong in others", () => {
    expect(complaints(sourcesIn(path.join(ROOT, "tests", "types", "apps")))).toEqual([]);
  }, 120_000);

  it("knows what the package leaves out or has otherwise", () => {
    const app = `
      import Listener from "embedded:io/socket/listener";
      import TCP from "embedded:io/socket/tcp";
      import UDP from "embedded:io/socket/udp";
      import WiFi from "embedded:network/interface/wifi";
      import { createHost } from "${ROOT}/hosts/xs/apps/host";
      import { moddableHost } from "wirelet/moddable";
      new Listener({ onReadable() { this.close(); } }).close();
      new UDP({ port: 68 }).close();
      export const room: number | undefined = new TCP({ address: "192.0.2.1", port: 7 }).write(new Uint8Array(1));
      new WiFi({ onChanged: (what) => trace(what) }).configure({ static: false });
      export const host: typeof moddableHost = () => createHost("esp32");
    `;
    // What the app is given and what it is promised, by hosts/xs and by the typings, must be the same.
    const found = complaints([], { [path.join(PROJECT, "probe.ts")]: app });
    expect(found.filter((complaint) => complaint.startsWith("probe.ts"))).toEqual([]);
  }, 120_000);
});
