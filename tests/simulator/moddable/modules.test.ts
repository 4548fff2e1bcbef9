import { afterAll, describe, expect, it } from "@jest/globals";
import { Lan } from "../../../simulator/index.js";
import { app, removeAll, run } from "./support.js";

afterAll(removeAll);

describe("an app's modules", () => {
  it("import each other with and without extensions, JSON too, and what they export stays alive", () => {
    const { log } = run({
      "main.ts": `
        import increase, { count, type Step } from "./lib/counter.js";
        import * as counter from "./lib/counter";
        import { again } from "./lib/again";
        import data from "./data.json";
        const step: Step = 2;
        increase(step);
        trace([count, counter.count, again, data.name, Object.keys(counter).sort(), "missing" in counter].join(" "), "\\n");
      `,
      "lib/counter.ts": `
        export type Step = number;
        export let count = 0;
        export default function (step: Step): void { count += step; }
      `,
      "lib/again.js": 'export * from "./counter"; export { count as again } from "./counter.js";',
      "data.json": '{ "name": "lamp" }',
    }).app;
    expect(log).toEqual(["2 2 2 lamp count,default false"]);
  });

  it("run once each, what is imported before who imports it, in cycles too", () => {
    const { log } = run({
      "main.ts": 'import { b } from "./a"; import "./b"; trace(`main ${b()}\\n`);',
      "a.ts":
        'import { name } from "./b"; trace("a\\n"); export const b = () => name; export function hoisted() { return 1; }',
      "b.ts": 'import { hoisted } from "./a"; trace(`b ${hoisted()}\\n`); export const name = "b";',
    }).app;
    expect(log).toEqual(["b 1", "a", "main b"]);
  });

  it("may await at their top level, and are imported when somebody needs them", async () => {
    const host = run({
      "main.ts": `
        import { value } from "./slow";
        trace(\`main \${value}\\n\`);
        const { default: name } = await import("./later");
        trace(\`\${name}\\n\`);
        await import("./nowhere").catch((error) => trace(\`\${error instanceof Error} \${error.message}\\n\`));
        export default () => trace("called\\n");
      `,
      "slow.ts":
        'import Timer from "timer"; await new Promise((done) => Timer.set(done, 500)); export const value = 7;',
      "later.ts": 'export default "later";',
    });
    expect(host.app.log).toEqual([]);
    expect(host.app.isRunning).toBe(false);
    await host.lan.runFor("1s");
    const [slow, later, missing, called] = host.app.log;
    expect([slow, later, called]).toEqual(["main 7", "later", "called"]);
    expect(missing).toMatch(/^true there is no "\.\/nowhere", which .*main\.ts imports$/);
  });

  it("are each host's own", () => {
    const lan = new Lan();
    const shared = app("let count = 0; export const next = () => ++count; export const list: number[] = [];");
    const [one, other] = ["one", "other"].map((name) =>
      lan.host(name, { app: shared, address: "192.0.2.1/24" }),
    );
    const next = (host: typeof one): unknown => (host!.app.exports.next as () => unknown)();
    expect([next(one), next(one), next(other)]).toEqual([1, 2, 1]);
    expect(one!.app.exports.list).not.toBe(other!.app.exports.list);
    expect(one!.app.global.Array).not.toBe(other!.app.global.Array);
  });

  it("are those that the manifest names, under the names that it gives them", () => {
    const { log } = run({
      "manifest.json": JSON.stringify({
        include: ["$(MODDABLE)/examples/manifest_base.json", "./parts/manifest.json"],
        modules: { "*": "./main", "lib/*": "./lib/*", "~": "./lib/old" },
        config: { color: "red", size: 1 },
        platforms: {
          esp32: { modules: { light: "./board" } },
          lin: { modules: { light: "./desktop" }, config: { size: 2 } },
        },
      }),
      "main.ts": `
        import light from "light";
        import { a } from "lib/a";
        import part from "part";
        import config from "mc/config";
        trace([light, a, part, config.color, config.size].join(" "), "\\n");
      `,
      "board.ts": 'export default "board";',
      "desktop.ts": 'export default "desktop";',
      "lib/a.ts": 'import { b } from "./b"; export const a = `a${b}`;',
      "lib/b.ts": 'export const b = "b";',
      "lib/old.ts": "export {};",
      "parts/manifest.json": JSON.stringify({ modules: { part: "./one" } }),
      "parts/one.js": 'export default "part";',
    }).app;
    expect(log).toEqual(["desktop ab part red 2"]);
  });

  it("may be replaced by files, by default exports, and by objects with exports", () => {
    const { log } = run(
      {
        "main.ts": `
          import Digital from "pins/digital";
          import { start } from "pins/analog";
          import own from "./own";
          trace([new Digital().read(), start(), own].join(" "), "\\n");
        `,
        "own.ts": 'export default "real";',
      },
      {
        modules: {
          "pins/digital": class {
            read(): number {
              return 1;
            }
          },
          "pins/analog": { start: () => "started" },
          "./own": { default: "double" },
        },
      },
    ).app;
    expect(log).toEqual(["1 started double"]);
  });

  it("may be rooms of this package, with or without their manifest", async () => {
    const main = `
      import { TcpSocket } from "wirelet/socket";
      import { moddableHost } from "wirelet/moddable";
      const socket = new TcpSocket(moddableHost());
      await socket.bind(["0.0.0.0", 7]).then(() => trace("bound\\n"));
    `;
    const host = run(main);
    await host.lan.runFor(100);
    expect(host.app.log).toEqual(["bound"]);
  });
});

describe("an app that cannot be built", () => {
  it.each([
    ['import "./nowhere";', /^there is no "\.\/nowhere", which .*main\.ts imports$/],
    [
      'import "pins/digital";',
      /^the simulator has no "pins\/digital", which .*main\.ts imports; set MODDABLE .* double: \{ modules: \{ "pins\/digital": … \} \}$/,
    ],
    ["const = 1;", /main\.ts cannot be compiled: /],
    ['class A @ "xs_a_destructor" {}', /main\.ts is in C in part, which does not run here$/],
  ])("is refused with %s", (main, message) => {
    expect(() => app(main)).toThrow(message);
  });

  it("is refused if no manifest names one of its modules", () => {
    const files = {
      "manifest.json": '{ "modules": { "*": "./main" } }',
      "main.ts": 'import "./other";',
      "other.ts": "",
    };
    expect(() => app(files)).toThrow(/^no manifest of the app names "\.\/other", which .*main\.ts imports$/);
  });

  it("is refused if it is not there, or if its manifest is not right", () => {
    expect(() => app({ "readme.md": "" })).toThrow("has no manifest.json, and no main module");
    expect(() => app({ "manifest.json": "{" })).toThrow(/manifest\.json: /);
    expect(() => app({ "manifest.json": '{ "modules": { "*": "./main" } }' })).toThrow(
      "names ./main, where no module is",
    );
  });

  it("fails where it imports what a module does not export", async () => {
    const host = run({ "main.ts": 'import { nothing } from "timer"; trace(String(nothing));' });
    await expect(host.lan.runFor(0)).rejects.toThrow(
      /device: SyntaxError: "timer" has no export "nothing", which .*main\.ts/,
    );
  });
});
