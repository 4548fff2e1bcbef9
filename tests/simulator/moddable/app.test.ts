import { afterAll, describe, expect, it } from "@jest/globals";
import { AppError, Lan, MemoryStorage, moddable, RESTART_TIME } from "../../../simulator/index.js";
import { app, removeAll, run, write } from "./support.js";

afterAll(removeAll);

describe("an app on a simulated host", () => {
  it("ends with the host's power, and begins anew with it", async () => {
    const host = run(`
      import Timer from "timer";
      let count = 0;
      Timer.repeat(() => trace(\`\${++count}\\n\`), 1000);
      export default function () { trace("main\\n"); }
    `);
    const first = host.app;
    await host.lan.runFor("3500ms");
    expect(first.log).toEqual(["main", "1", "2", "3"]);
    host.powerOff();
    await host.lan.runFor("1m");
    expect(first.log).toHaveLength(4);
    host.powerOn();
    await host.lan.runFor("1500ms");
    expect(host.app.log).toEqual(["main", "1"]);
    host.reboot();
    expect(host.app.log).toEqual(["main"]);
  });

  it("tells what it traces in the LAN's story", async () => {
    const host = run('trace("half"); trace(" a line\\nanother", 1, "\\n");');
    await host.lan.runFor(0);
    expect(host.lan.story.map(({ who, text }) => [who, text])).toEqual([
      ["device", "half a line"],
      ["device", "another1"],
    ]);
  });

  it("keeps its preferences over power cuts, and with them what the host's storage keeps", () => {
    const storage = new MemoryStorage();
    const main = `
      import Preference from "preference";
      const count = (Preference.get("app", "count") ?? 0) + 1;
      Preference.set("app", "count", count);
      export { count };
    `;
    const host = new Lan().host("one", { app: app(main), storage, address: "192.0.2.1/24" });
    host.reboot();
    expect(host.app.exports.count).toBe(2);
    const later = new Lan().host("same", { app: app(main), storage, address: "192.0.2.1/24" });
    expect(later.app.exports.count).toBe(3);
    expect(run(main).app.exports.count).toBe(1);
  });

  it("restarts when it asks for it", async () => {
    const host = run(`
      import System from "system";
      import Preference from "preference";
      const isFirst = Preference.get("app", "ran") === undefined;
      Preference.set("app", "ran", true);
      if (isFirst) System.restart();
      trace(isFirst ? "first\\n" : "second\\n");
    `);
    await host.lan.runFor("1s");
    expect(host.lan.story.map(({ text }) => text)).toEqual(["first", "second"]);
  });

  it("runs what a manifest has in setup/ before main", async () => {
    const host = run({
      "manifest.json": JSON.stringify({ modules: { "*": "./main", "setup/*": "./setup/*" } }),
      "main.ts": 'trace("main\\n");',
      "setup/late.ts": `
        import Timer from "timer";
        export default (done: () => void) => { trace("setup\\n"); Timer.set(() => done(), 100); };
      `,
    });
    expect(host.app.log).toEqual(["setup"]);
    await host.lan.runFor("1s");
    expect(host.app.log).toEqual(["setup", "main"]);
  });

  it("is found beside the file that names it", () => {
    const folder = write({ "main.js": "export const answer = 42;" });
    const host = new Lan().host("device", {
      app: moddable(folder, { platform: "simulator" }),
      address: "192.0.2.1/24",
    });
    expect(host.app.exports.answer).toBe(42);
    expect(() => moddable("./no-such-app")).toThrow(`there is no app ${__dirname}/no-such-app`);
  });
});

const FAILING = {
  "main.ts": `interface Unused { a: number }
import { check } from "./check";
import Timer from "timer";
Timer.set(() => {
  check(3);
}, 1000);
`,
  "check.ts": `export type Level = number;

export function check(level: Level): void {
  if (level > 2) throw new RangeError(\`level \${level}\`);
}
`,
};

describe("an app that throws", () => {
  it("fails the test, with the host's name and the lines of its sources", async () => {
    const host = run(FAILING);
    const failure = await host.lan.runFor("2s").then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(AppError);
    const { message, host: name, stack, cause } = failure as AppError;
    expect([message.split("\n")[0], name]).toEqual(["device: RangeError: level 3", "device"]);
    const lines = stack!.split("\n");
    expect(lines[0]).toBe("AppError: device: RangeError: level 3");
    expect(lines.filter((line) => line.startsWith("    at "))).toEqual([
      expect.stringMatching(/^ {4}at check \(.*check\.ts:4:24\)$/),
      expect.stringMatching(/^ {4}at .*main\.ts:5:3$/),
    ]);
    expect((cause as Error).message).toBe("level 3");
    expect(host.lan.story.at(-1)).toMatchObject({ topic: "app", text: "aborted: RangeError: level 3" });
  });

  it("does nothing any more", async () => {
    const host = run(`
      import Timer from "timer";
      Timer.repeat(() => trace("tick\\n"), 400);
      Timer.set(() => { throw new Error("end"); }, 1000);
    `);
    await expect(host.lan.runFor("1s")).rejects.toThrow("device: Error: end");
    await host.lan.runFor("1m");
    expect(host.app.log).toEqual(["tick", "tick"]);
  });

  it.each([
    ["while main runs", 'throw new TypeError("early");', "device: TypeError: early"],
    ["while main awaits", 'await null; throw new Error("late");', "device: Error: late"],
    ["something that is no error", 'throw "text";', "device: text"],
  ])("fails the test %s", async (_, main, message) => {
    await expect(run(main).lan.runFor(0)).rejects.toThrow(message);
  });

  it("is started again where that is asked for, as on a board", async () => {
    const host = run(FAILING, { onAbort: "restart" });
    await host.lan.runFor(2 * (1000 + RESTART_TIME) + 100);
    expect(host.machine.reboots).toBe(2);
    host.powerOff();
    await host.lan.runFor("1m");
    expect(host.isOn).toBe(false);
  });

  it("is asked by XS's hook what to keep of it", async () => {
    const host = run(`
      import Preference from "preference";
      globalThis.abort = (reason, error) => Preference.set("app", "end", \`\${reason}: \${error.message}\`);
      throw new Error("oh");
    `);
    await expect(host.lan.runFor(0)).rejects.toThrow("oh");
    expect(host.app.preferences.get("app", "end")).toBe("unhandled exception: oh");
  });
});
