import { beforeAll, describe, expect, it } from "@jest/globals";
import ts from "typescript";
import { EXAMPLES } from "../../examples/examples.js";
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

describe("the examples as a Moddable app", () => {
  const app = appIn("examples");
  let program: ts.Program;
  let reached: string[];

  beforeAll(() => {
    program = compileAsMcconfig(app.modules);
    reached = [...new RuntimeImports(program).reachable(app)];
  }, 120_000);

  it("name every module that main reaches", () => {
    expect(reached.filter((key) => !app.modules.has(key) && !SDK_MODULES.has(key))).toEqual([]);
    for (const name of Object.keys(EXAMPLES)) expect(reached).toContain(`wirelet/examples/${name}`);
  });

  it("use nothing of a browser's or Node's", () => {
    const own = reached.filter((key) => app.modules.has(key));
    expect(own.filter((key) => hostGlobals(program, app.modules.get(key)!).length > 0)).toEqual([]);
  });

  it("compile with mcconfig's own settings", () => {
    const problems = ts.getPreEmitDiagnostics(program);
    expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "))).toEqual([]);
  });

  it("begin with a role that there is", () => {
    const { example, role } = app.config as { example: string; role: string };
    expect(Object.keys(EXAMPLES[example]!.roles)).toContain(role);
  });
});
