import { beforeAll, describe, expect, it } from "@jest/globals";
import ts from "typescript";
import { EXAMPLES } from "../../examples/examples.js";
import { appIn, compileAsMcconfig, hostGlobals, RuntimeImports } from "./manifest-modules.js";

/** What the Moddable SDK itself has under these names. */
const SDK_MODULES: ReadonlySet<string> = new Set([
  "embedded:io/socket/listener",
  "embedded:io/socket/tcp",
  "embedded:io/socket/udp",
  "instrumentation",
  "mc/config",
  "net",
  "time",
  "timer",
]);

const EXAMPLE_MODULES = Object.keys(EXAMPLES).map((name) => `wirelet/examples/${name}`);

/** The apps beside the firmware, and what each must have, though it may be reached by name only. */
describe.each([
  ["examples", EXAMPLE_MODULES],
  ["examples/moddable/sockets", ["wirelet/socket", "wirelet/moddable"]],
  ["examples/moddable/http-api", ["wirelet/http", "wirelet/moddable"]],
  ["examples/moddable/dhcp-events", ["wirelet/dhcp", "wirelet/moddable"]],
  ["hosts/xs/conformance", ["wirelet/tests/conformance/sockets/suite/run"]],
])("the Moddable app in %s", (folder, expected) => {
  const app = appIn(folder);
  let program: ts.Program;
  let reached: string[];

  beforeAll(() => {
    program = compileAsMcconfig(app.modules);
    reached = [...new RuntimeImports(program).reachable(app)];
  }, 120_000);

  it("names every module that main reaches", () => {
    expect(reached.filter((key) => !app.modules.has(key) && !SDK_MODULES.has(key))).toEqual([]);
    expect(reached).toEqual(expect.arrayContaining(expected));
  });

  it("uses nothing of a browser's or Node's", () => {
    const own = reached.filter((key) => app.modules.has(key));
    expect(own.filter((key) => hostGlobals(program, app.modules.get(key)!).length > 0)).toEqual([]);
  });

  it("compiles with mcconfig's own settings", () => {
    const problems = ts.getPreEmitDiagnostics(program);
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))).toEqual([]);
  });
});

describe("the suite's app", () => {
  it("preloads all but main, and what calls natives while it loads", () => {
    const app = appIn("hosts/xs/conformance");
    const reached = new RuntimeImports(compileAsMcconfig(app.modules)).reachable(app);
    const own = [...reached].filter((key) => app.modules.has(key) && key !== app.main);
    expect(own.filter((key) => !app.preload.includes(key))).toEqual([]);
    expect(app.preload).not.toContain(app.main);
  });
});

describe("the examples' app", () => {
  it("begins with a role that there is", () => {
    const { example, role } = appIn("examples").config as { example: string; role: string };
    expect(Object.keys(EXAMPLES[example]!.roles)).toContain(role);
  });
});
