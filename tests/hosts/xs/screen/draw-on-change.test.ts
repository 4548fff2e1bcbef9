import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Contents } from "../../../../hosts/xs/screen/contents.js";
import { drawOnChange, REDRAW_DELAY } from "../../../../hosts/xs/screen/draw-on-change.js";
import { DeviceUnderTest } from "../../../device/device-under-test.js";

describe("a device's screen", () => {
  let test: DeviceUnderTest;
  let drawn: Contents[];
  let log: string[];

  /** @param draw what happens instead of drawing */
  const follow = (draw: (contents: Contents) => void = (contents) => drawn.push(contents)): void => {
    const { device, lan } = test;
    drawOnChange({ device, timers: lan.time, log: (level, text) => log.push(`${level}: ${text}`), draw });
  };

  beforeEach(() => {
    test = new DeviceUnderTest();
    drawn = [];
    log = [];
  });

  it("shows the device before it has an address, and each step until it serves", () => {
    follow();
    test.boot();
    expect(drawn[0]).toMatchObject({ mac: "02:00:00:00:00:01", address: "no address", url: "" });
    expect(drawn.map(({ dhcp }) => dhcp)).toEqual(expect.arrayContaining(["PROBING", "BOUND"]));
    expect(drawn.at(-1)).toMatchObject({
      address: "10.77.0.129",
      dhcp: "BOUND",
      requests: "0",
      url: "http://10.77.0.129/",
    });
  });

  it("is not drawn while nothing happens", () => {
    follow();
    test.boot();
    drawn = [];
    test.pass(600_000);
    expect(drawn).toEqual([]);
  });

  it("is drawn once for requests that come together, and after them", () => {
    follow();
    test.boot();
    drawn = [];
    for (let index = 0; index < 10; index += 1) test.ask("GET /");
    expect(drawn).toEqual([]);
    test.pass(REDRAW_DELAY);
    expect(drawn).toMatchObject([{ requests: "10" }]);
  });

  it("shows that the address is lost", () => {
    follow();
    test.boot();
    test.device.stop();
    test.network.configure(undefined);
    test.pass(REDRAW_DELAY);
    expect(drawn.at(-1)).toMatchObject({ address: "no address", dhcp: "STOPPED", url: "" });
  });

  it("that fails is left alone, and the device serves on", () => {
    let calls = 0;
    follow(() => {
      calls += 1;
      throw new Error("display list overflow");
    });
    test.boot();
    expect([calls, log]).toEqual([1, ["error: screen: Error: display list overflow"]]);
    expect(test.ask("GET /")).toMatch(/^HTTP\/1.1 200/);
  });
});
