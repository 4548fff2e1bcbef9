import { afterEach, expect, it } from "@jest/globals";
import type { DeviceStatus } from "../../src/device/index.js";
import { describeWith } from "../support/tools.js";
import { requireXs } from "./engine.js";
import { BUILDS, Firmware } from "./firmware/boot.js";
import type { Answer, Tab } from "./lan.js";

const UNKNOWN = { platform: "esp32", settings: { dhcp: "own", setuppassword: "let me in" } } as const;

describeWith([requireXs()], "the firmware inside XS, without its network", () => {
  let firmware: Firmware;

  afterEach(() => firmware.stop());

  /** Somebody's phone in the access point's network. */
  async function join(): Promise<Tab> {
    const { lan, chip } = firmware;
    await lan.simulation.until(() => chip.accessPoint !== undefined, { within: "10m" });
    await lan.simulation.runFor("1s");
    return firmware.connect(lan.addHost("phone", "192.168.4.2"));
  }

  async function submit(tab: Tab, page: Answer, fields: Readonly<Record<string, string>>): Promise<Answer> {
    const [, token = ""] = /name="token" value="([^"]*)"/.exec(page.body) ?? [];
    const form = new URLSearchParams({ ...fields, token }).toString();
    const head = [
      "POST /network HTTP/1.1",
      "Host: 192.168.4.1",
      "Content-Type: application/x-www-form-urlencoded",
      `Content-Length: ${form.length}`,
    ];
    await tab.send(Buffer.from(`${head.join("\r\n")}\r\n\r\n${form}`));
    return tab.answer("POST");
  }

  it("is an access point with a page to choose a network, and uses it after a restart", async () => {
    firmware = await Firmware.start(UNKNOWN);
    const tab = await join();
    expect(firmware.chip.accessPoint).toMatchObject({ ssid: "wirelet-3c4d5e", password: "let me in" });
    const page = await tab.request("GET", "/");
    expect(page).toMatchObject({ status: 200 });
    expect(page.body).toContain("home");
    expect(await submit(tab, page, { ssid: "home", password: "secret word" })).toMatchObject({ status: 200 });
    await firmware.lan.simulation.until(() => firmware.chip.isOver);

    firmware = await firmware.restarted();
    await firmware.serving();
    const { body } = await (await firmware.connect()).request("GET", "/api/status");
    expect(JSON.parse(body)).toMatchObject({ dhcp: { state: "BOUND" } });
  });

  it("goes there by itself when the network can't be found, and says why", async () => {
    firmware = await Firmware.start(BUILDS["ESP32, dhcp=own"]);
    firmware.chip.air = [];
    firmware.chip.station!.lose();
    await firmware.lan.simulation.until(() => firmware.chip.isOver, { within: "10m" });
    expect(firmware.log.join("\n")).toContain("no such network in range");
    firmware = await firmware.restarted();
    const page = await (await join()).request("GET", "/");
    expect(page.body).toContain("no such network in range");
  });

  it("tells after a restart what has ended it", async () => {
    firmware = await Firmware.start(BUILDS["ESP32, dhcp=own"]);
    await firmware.serving();
    await firmware.engine.evaluate("moddable.timer.set(() => { throw new Error('out of luck'); }, 10)");
    await firmware.lan.simulation.until(() => firmware.chip.isOver);
    firmware = await firmware.restarted();
    await firmware.serving();
    const { body } = await (await firmware.connect()).request("GET", "/api/status");
    expect((JSON.parse(body) as DeviceStatus).lastError).toContain("out of luck");
  });
});
