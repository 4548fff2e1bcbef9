import { describe, expect, it } from "@jest/globals";
import * as fc from "fast-check";
import { MemoryStorage } from "../../../simulator/memory-storage.js";
import { NetworkStore, SetupRequest, networkProblem } from "../../../src/device/setup/index.js";

const HEX_KEY = "0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdef0123";

describe("the known network", () => {
  it.each([
    { ssid: "home", password: "correct horse" },
    { ssid: "open" },
    { ssid: "Caf\u00e9 \u{1f4f6} <b>", password: "p\u00e4ssw\u00f6rd" },
    { ssid: "x".repeat(32), password: "y".repeat(63) },
    { ssid: "key", password: HEX_KEY },
  ])("is there after a reboot: %j", (network) => {
    const storage = new MemoryStorage();
    new NetworkStore(storage).save(network);
    expect(new NetworkStore(storage).load()).toEqual(network);
  });

  it("is forgotten", () => {
    const store = new NetworkStore(new MemoryStorage());
    expect(store.load()).toBeUndefined();
    store.save({ ssid: "home" });
    store.forget();
    store.forget();
    expect(store.load()).toBeUndefined();
  });

  it.each([
    [{ ssid: "" }, "has a name"],
    [{ ssid: "\u00e9".repeat(17) }, "at most 32 bytes"],
    [{ ssid: "home\0" }, "NUL"],
    [{ ssid: "home", password: "" }, "8 to 63"],
    [{ ssid: "home", password: "1234567" }, "8 to 63"],
    [{ ssid: "home", password: "z".repeat(64) }, "8 to 63"],
    [{ ssid: "home", password: "12345678\0" }, "NUL"],
  ])("is refused: %j", (network, message) => {
    const store = new NetworkStore(new MemoryStorage());
    expect(() => store.save(network)).toThrow(message);
    expect(store.load()).toBeUndefined();
  });

  it("is none, whatever else is in the flash", () => {
    const storage = new MemoryStorage();
    const store = new NetworkStore(storage);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (value) => {
        storage.set("wifi", value);
        const network = store.load();
        expect(network === undefined || networkProblem(network) === undefined).toBe(true);
      }),
    );
  });
});

describe("a request for set-up mode", () => {
  it("is for one start", () => {
    const storage = new MemoryStorage();
    expect(new SetupRequest(storage).take()).toBeUndefined();
    new SetupRequest(storage).leave("\u201chome\u201d does not answer");
    expect(new SetupRequest(storage).take()).toBe("\u201chome\u201d does not answer");
    expect(new SetupRequest(storage).take()).toBeUndefined();
  });
});
