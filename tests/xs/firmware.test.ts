import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../src/address/index.js";
import type { DeviceStatus } from "../../src/device/index.js";
import { describeWith } from "../support/tools.js";
import { requireXs } from "./engine.js";
import { BUILDS, Firmware, type BuildName } from "./firmware/boot.js";
import { EPOCH } from "./firmware/chip.js";
import { NETWORK, type LanOptions, type Tab } from "./lan.js";

const NAMES = Object.keys(BUILDS) as BuildName[];
const OWN = "ESP32, dhcp=own";
const PLATFORM = "ESP32, dhcp=platform";
const STATIC = "ESP32, static=";
const ETHERNET = "ESP32 with Ethernet, dhcp=own";
const ETHERNET_PLATFORM = "ESP32 with Ethernet, dhcp=platform";

/** Where the page says that the address is from. */
const SOURCES: Readonly<Record<BuildName, object>> = {
  [OWN]: { state: "BOUND", source: "dhcp" },
  [PLATFORM]: { state: null, source: null },
  [STATIC]: { state: null, source: "static" },
  [ETHERNET]: { state: "BOUND", source: "dhcp" },
  [ETHERNET_PLATFORM]: { state: null, source: null },
  "the desktop simulator": { state: null, source: null },
};

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
      expect(told).toMatchObject({ ip: firmware.address, dhcp: SOURCES[name] });
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

  it.each([OWN, PLATFORM, STATIC] as const)("comes back when the access point does, for %s", async (name) => {
    await start(name);
    const tab = await firmware.connect();
    await status(tab);
    firmware.chip.station!.lose();
    await firmware.lan.simulation.runFor("90s");
    firmware.chip.station!.find();
    // It tries once a minute by now.
    await firmware.lan.simulation.runFor("2m");
    await status(await firmware.connect());
    // Not the same line for each of its attempts.
    expect(firmware.log.filter((line) => line.includes('"home"'))).toEqual([
      'Wi-Fi: connected to "home"',
      'warn: Wi-Fi: "home": the connection is lost; next try in 1 s',
      'warn: Wi-Fi: "home": the access point refuses the connection, or its password was changed; next try in 2 s',
      'Wi-Fi: connected to "home"',
    ]);
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

  it.each([ETHERNET, ETHERNET_PLATFORM] as const)("comes back when the cable does, for %s", async (name) => {
    await start(name);
    const { port } = firmware.chip;
    await status(await firmware.connect());
    port!.unplug();
    await firmware.lan.simulation.runFor("90s");
    port!.plug();
    await firmware.lan.simulation.runFor("30s");
    await status(await firmware.connect());
    expect(firmware.log.filter((line) => line.includes("Ethernet"))).toEqual([
      "Ethernet: linked",
      "warn: Ethernet: the link is lost",
      "Ethernet: linked",
    ]);
  });

  it("says that there is no cable", async () => {
    firmware = await Firmware.start(BUILDS[ETHERNET]);
    firmware.chip.port!.unplug();
    await firmware.lan.simulation.runFor("1m");
    expect(firmware.log).toEqual(["warn: Ethernet: no link; is the cable in?"]);
    firmware.chip.port!.plug();
    await firmware.serving();
    await status(await firmware.connect());
  });

  it("says once that its port is taken, and serves when it is free", async () => {
    firmware = await Firmware.start(BUILDS[OWN]);
    const { chip, lan } = firmware;
    const other = new chip.host.stack.io.Listener({ port: 80 });
    await lan.simulation.runFor("2m");
    expect(firmware.log.filter((line) => line.startsWith("error"))).toHaveLength(1);
    expect(firmware.log.at(-1)).toContain("error: can't serve on port 80: ");
    other.close();
    await firmware.serving();
    await status(await firmware.connect());
  });

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

  describe("with a clock that nobody has set", () => {
    beforeEach(async () => {
      firmware = await Firmware.start(BUILDS[OWN]);
      firmware.chip.epoch = 0;
      await firmware.serving();
    });

    it("gives its answers a date once somebody has", async () => {
      const tab = await firmware.connect();
      expect((await tab.request("GET", "/")).headers.date).toBeUndefined();
      firmware.chip.epoch = EPOCH;
      await tab.rest(1);
      expect((await tab.request("GET", "/")).headers.date).toMatch(/^tue, 24 nov 2026 00:00:\d\d gmt$/);
    });

    it("asks the server for the lease of before a restart", async () => {
      const { address } = firmware;
      firmware = await firmware.restarted();
      await firmware.serving();
      expect(await status(await firmware.connect())).toMatchObject({
        ip: address,
        dhcp: { state: "BOUND", lastChange: { reason: "rebooted" } },
      });
    });

    it("does not use that lease without the server, since it may be over", async () => {
      firmware.lan.server.stop();
      firmware = await firmware.restarted();
      await firmware.serving();
      expect(firmware.address).toMatch(/^169\.254\./);
    });
  });

  it("uses the lease of before a restart without the server, if its clock says that it runs", async () => {
    await start(OWN);
    const { address } = firmware;
    firmware.lan.server.stop();
    firmware = await firmware.restarted();
    await firmware.serving();
    expect(await status(await firmware.connect())).toMatchObject({
      ip: address,
      dhcp: { state: "BOUND", lastChange: { reason: "resumed" } },
    });
  });

  describe("with an address that a person has set", () => {
    it("asks a DHCP server for the rest", async () => {
      await start(STATIC);
      await firmware.lan.simulation.runFor("10s");
      expect(firmware.log).toContain("DHCP options from 192.168.7.1");
      const tab = await firmware.connect();
      expect(await status(tab)).toMatchObject({
        ip: "192.168.7.20",
        mask: "255.255.255.0",
        gateway: "192.168.7.1",
        dns: ["192.168.7.1"],
      });
      expect((await tab.request("GET", "/")).body).toContain("static address");
    });

    it("works without one", async () => {
      firmware = await Firmware.start(BUILDS[STATIC]);
      firmware.lan.server.stop();
      await firmware.serving();
      await firmware.lan.simulation.runFor("2m");
      expect(firmware.log.at(-1)).toBe("no DHCP server has options for the static address");
      expect(await status(await firmware.connect())).toMatchObject({ gateway: null, dns: [] });
    });

    it("says who else has it, each time that there is a link", async () => {
      firmware = await Firmware.start(BUILDS[STATIC]);
      const { lan, chip } = firmware;
      const other = lan.addHost("other", "192.168.7.20");
      await lan.simulation.runFor("10s");
      const line = `error: address 192.168.7.20 is set here, but ${other.mac} has it: choose another`;
      expect(firmware.log.filter((each) => each.startsWith("error"))).toEqual([line]);
      chip.station!.lose();
      // Both have defended it, and this one has given in.
      other.network.configure({ ...NETWORK, address: Ipv4Address.parse("192.168.7.20") });
      await lan.simulation.runFor("1s");
      chip.station!.find();
      await lan.simulation.runFor("2m");
      expect(firmware.log.filter((each) => each.startsWith("error"))).toEqual([line, line]);
    });
  });

  it.each([
    [{ static: "192.168.7.0/24" }, "set static 192.168.7.0/24: it is a host's address"],
    [{ static: "192.168.7.20" }, "set static 192.168.7.20: it is a host's address"],
    [{ static: "192.168.7.20/24", gateway: "192.168.8.1" }, "set gateway 192.168.8.1: it is another host"],
    [{ static: "192.168.7.20/24", dns: "nobody" }, "set dns nobody: it is IPv4 addresses"],
    [{ gateway: "192.168.7.1" }, "set gateway 192.168.7.1: it goes with static="],
    [{ dhcp: "mine" }, 'set dhcp mine: it is "own" or "platform"'],
    [{ log: "loud" }, "set log loud: it is one of"],
    [{ port: "443" }, "listen on port 443: HTTPS needs TLS"],
  ])("says what is wrong with the settings %j, and does nothing", async (settings, line) => {
    firmware = await Firmware.start({ platform: "esp32", settings: { ssid: "home", ...settings } });
    await firmware.lan.simulation.runFor("1m");
    expect(firmware.log).toHaveLength(1);
    expect(firmware.log[0]).toContain(`error: NetworkError: ${line}`);
    expect(firmware.chip).toMatchObject({ station: undefined, accessPoint: undefined, isOver: false });
  });
});
