import { afterAll, describe, expect, it } from "@jest/globals";
import { Lan } from "../../../simulator/index.js";
import { app, removeAll, run } from "./support.js";

afterAll(removeAll);

/** What a main module exports as `result`. */
const resultOf = (main: string): unknown => run(main).app.exports.result;

describe("an app's globals", () => {
  it("are XS's, and not Node's or a browser's", () => {
    const names = [
      "setTimeout",
      "console",
      "process",
      "Buffer",
      "TextEncoder",
      "URL",
      "Intl",
      "WebAssembly",
      "fetch",
    ];
    const main = `export const result = ${JSON.stringify(names)}.filter((name) => name in globalThis);`;
    expect(resultOf(main)).toEqual([]);
  });

  it("code text as UTF-8", () => {
    const main = `
      const bytes = ArrayBuffer.fromString("grüß €");
      let invalid;
      try { String.fromArrayBuffer(Uint8Array.of(0xff).buffer); } catch (error) { invalid = error instanceof TypeError; }
      export const result = [
        bytes instanceof ArrayBuffer, bytes.byteLength, String.fromArrayBuffer(bytes), invalid,
        String.fromArrayBuffer(bytes.concat(ArrayBuffer.fromString("!"))),
      ];
    `;
    expect(resultOf(main)).toEqual([true, 10, "grüß €", true, "grüß €!"]);
  });

  it("tell virtual time", async () => {
    const host = run(`
      import Timer from "timer";
      const start = Date.now();
      export const result: unknown[] = [new Date(0).getTime(), new Date() instanceof Date, typeof Date(), Date.UTC(1970, 0)];
      Timer.set(() => result.push(Date.now() - start, new Date().getTime() - start), 86_400_000);
    `);
    await host.lan.runFor("2d");
    expect(host.app.exports.result).toEqual([0, true, "string", 0, 86_400_000, 86_400_000]);
  });

  it("draw random numbers from the seed, each host its own", () => {
    const draw = (seed: number, name: string): unknown =>
      new Lan({ seed }).host(name, {
        app: app("export const numbers = [Math.random(), Math.random()];"),
        address: "192.0.2.1/24",
      }).app.exports.numbers;
    const [first, second] = draw(1, "a") as [number, number];
    expect(first).not.toBe(second);
    expect(draw(1, "a")).toEqual([first, second]);
    expect(draw(1, "b")).not.toEqual([first, second]);
    expect(draw(2, "a")).not.toEqual([first, second]);
  });

  it("freeze deeply where that is asked for, and the configuration is", () => {
    const main = `
      import config from "mc/config";
      const object = { part: { value: 1 } };
      const flat = Object.freeze({ part: {} });
      Object.freeze(object, true);
      export const result = [Object.isFrozen(object.part), Object.isFrozen(flat.part), Object.isFrozen(config.list)];
    `;
    const host = new Lan().host("a", { app: app(main, { config: { list: [1] } }), address: "192.0.2.1/24" });
    expect(host.app.exports.result).toEqual([true, false, true]);
  });

  it("give the sockets' classes by `device` too", () => {
    const main = `
      import TCP from "embedded:io/socket/tcp";
      import Resolver from "embedded:network/dns/resolver/udp";
      export const result = [device.io.TCP === TCP, device.network.http.socket.io === TCP, device.network.dns.io === Resolver];
    `;
    expect(resultOf(main)).toEqual([true, true, true]);
  });
});
