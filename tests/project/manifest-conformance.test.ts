import { beforeAll, describe, expect, it } from "@jest/globals";
import type ts from "typescript";
import { appIn, compileAsMcconfig, hostGlobals, RuntimeImports } from "./manifest-modules.js";

/** What the Moddable SDK itself has under these names. */
const SDK_MODULES: ReadonlySet<string> = new Set([
  "embedded:io/socket/listener",
  "embedded:io/socket/tcp",
  "embedded:io/socket/udp",
  "mc/config",
  "net",
  "time",
  "timer",
]);

describe("the manifest of the conformance suite's app", () => {
  const app = appIn("hosts/xs/conformance");
  let program: ts.Program;
  let reached: string[];

  beforeAll(() => {
    program = compileAsMcconfig(app.modules);
    reached = [...new RuntimeImports(program).reachable(app)];
  }, 120_000);

  it("names every module that main reaches", () => {
    expect(reached.filter((key) => !app.modules.has(key) && !SDK_MODULES.has(key))).toEqual([]);
  });

  it("preloads all but main, and what calls natives while it loads", () => {
    const own = reached.filter((key) => app.modules.has(key) && key !== app.main);
    expect([...app.preload].sort()).toEqual(own.sort());
  });

  it("uses nothing of a browser's or Node's", () => {
    const own = reached.filter((key) => app.modules.has(key));
    expect(own.filter((key) => hostGlobals(program, app.modules.get(key)!).length > 0)).toEqual([]);
  });
});
