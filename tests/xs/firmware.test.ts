import { afterEach, describe, expect, it } from "@jest/globals";
import type { DeviceStatus } from "../../src/device/index.js";
import { describeWith } from "../support/tools.js";
import { requireXs } from "./engine.js";
import { BUILDS, Firmware, type BuildName } from "./firmware/boot.js";
import type { LanOptions, Tab } from "./lan.js";

const NAMES = Object.keys(BUILDS) as BuildName[];
const OWN = "ESP32, dhcp=own";
const PLATFORM = "ESP32, dhcp=platform";

describeWith([requireXs()], "the firmware as Moddable runs it, inside XS", () => {
  let firmware: Firmware;

  afterEach(() => firmware.stop());

  async function start(name: BuildName, options?: LanOptions): Promise<void> {
    firmware = await Firmware.start(BUILDS[name], options);
    await firmware.serving();
  }

  async function status(tab: Tab): Promise<DeviceStatus> {
    const { status, body } = await tab.request("GET", "/api/status");
    expect(status).toBe(200);
    return JSON.parse(body) as DeviceStatus;
  }

  describe.each(NAMES)("for %s", (name) => {
    it("serves what the device says of itself", async () => {
      await start(name);
      const tab = await firmware.connect();
      const told = await status(tab);
      expect(told).toMatchObject({ ip: firmware.address, dhcp: { state: name === OWN ? "BOUND" : null } });
      const page = await tab.request("GET", "/");
      expect(page).toMatchObject({ status: 200, headers: { "content-type": "text/html; charset=utf-8" } });
      expect(page.body).toContain(told.mac);
      expect(await tab.request("HEAD", "/")).toMatchObject({ status: 200, body: "" });
      expect(await tab.request("GET", "/nowhere")).toMatchObject({ status: 404 });
      expect(await tab.request("DELETE", "/")).toMatchObject({ status: 405 });
    });

    it("answers 200 requests on one connection", async () => {
      await start(name);
      const tab = await firmware.connect();
      for (let count = 0; count < 200; count++) {
        const path = count % 10 === 0 ? "/" : "/api/status";
        expect(await tab.request("GET", path)).toMatchObject({ status: 200 });
      }
      expect(firmware.chip.natives.sockets).toBe(2);
    });

    it("serves five connections at once", async () => {
      await start(name);
      const tabs: Tab[] = [];
      for (let count = 0; count < 5; count++) tabs.push(await firmware.connect());
      for (const tab of tabs) await tab.send(Buffer.from("GET / HTTP/1.1\r\nHost: device\r\n\r\n"));
      for (const tab of tabs) expect(await tab.answer("GET")).toMatchObject({ status: 200 });
      for (const tab of tabs) await tab.close();
      expect(firmware.chip.natives.sockets).toBe(1);
    });

    it("refuses an upload of 100 KiB that nobody has asked for, and goes on", async () => {
      await start(name);
      const tab = await firmware.connect();
      const head = `POST / HTTP/1.1\r\nHost: device\r\nContent-Length: ${100 * 1024}\r\n\r\n`;
      await tab.send(Buffer.from(head));
      await tab.send(Buffer.alloc(100 * 1024));
      expect(await tab.answer("POST")).toMatchObject({ status: 405 });
      await tab.close();
      await status(await firmware.connect());
    });
  });

  it.each([OWN, PLATFORM] as const)("comes back when the access point does, for %s", async (name) => {
    await start(name);
    const tab = await firmware.connect();
    await status(tab);
    firmware.chip.station!.lose();
    await firmware.lan.simulation.runFor("90s");
    firmware.chip.station!.find();
    // It tries once a minute by now.
    await firmware.lan.simulation.runFor("2m");
    await status(await firmware.connect());
    const lines = firmware.log.filter((line) => line.includes('"home"'));
    expect(lines).toHaveLength(4);
    expect(firmware.chip.natives.sockets).toBe(2);
  });

  it.each([
    [OWN, 431],
    ["the desktop simulator", 200],
  ] as const)(
    "takes the head that its memory allows, for %s: 3 KiB are answered with %i",
    async (name, expected) => {
      await start(name);
      const tab = await firmware.connect();
      await tab.send(Buffer.from(`GET / HTTP/1.1\r\nHost: device\r\nCookie: ${"x".repeat(3_000)}\r\n\r\n`));
      expect(await tab.answer("GET")).toMatchObject({ status: expected });
    },
  );

  it("renews its lease, and serves on", async () => {
    await start(OWN);
    const tab = await firmware.connect();
    const { ip } = await status(tab);
    await firmware.lan.simulation.runFor("65m");
    const after = await status(await firmware.connect());
    expect(after).toMatchObject({ ip, dhcp: { state: "BOUND", lastChange: { reason: "renewed" } } });
  });

  it("chooses an address by itself when the server is gone, and takes the server's when it is back", async () => {
    await start(OWN);
    const { lan } = firmware;
    lan.server.stop();
    await lan.simulation.until(() => firmware.address?.startsWith("169.254.") === true, { within: "3h" });
    await lan.simulation.runFor("1s");
    expect(firmware.log.join("\n")).toMatch(/address 192\.168\.7\.\d+ is lost\n.*address 169\.254\./s);
    lan.server.start();
    await lan.simulation.until(() => firmware.address?.startsWith("192.168.7.") === true, { within: "30m" });
    await lan.simulation.runFor("1s");
    expect(await status(await firmware.connect())).toMatchObject({
      dhcp: { state: "BOUND", source: "dhcp" },
    });
  });
});
