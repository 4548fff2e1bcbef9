import { beforeEach, describe, expect, it } from "@jest/globals";
import { dhcpServer, Lan, moddable, type LanHost, type ModdableApp } from "wirelet/simulator";
import { HttpClient } from "wirelet/http";

const APPS = "../../examples/moddable/mqtt";

const thermometer = (name: string, config: object = {}) =>
  moddable(`${APPS}/thermometer`, { config: { name, ssid: "home", password: "secret word", ...config } });

/** What the broker's main module exports. */
interface Broker {
  readonly messages: [topic: string, text: string][];
  publish(topic: string, text: string): void;
}

let lan: Lan;
let broker: LanHost<ModdableApp>;

const messages = (): Broker["messages"] => (broker.app.exports as unknown as Broker).messages;
const from = (name: string): string[] =>
  messages()
    .filter(([topic]) => topic === `${name}/temperature`)
    .map(([, text]) => text);

async function page(host: LanHost<ModdableApp>): Promise<unknown> {
  const { stack, timers, clock } = broker.machine;
  const client = new HttpClient({ io: stack.io, timers, clock });
  const response = await lan.finish(client.request(`http://${host.address}/`));
  const body: unknown = JSON.parse(await lan.finish(response.text()));
  client.close();
  return body;
}

beforeEach(() => {
  lan = new Lan({ seed: 1 });
  lan.host("router", { address: "192.168.1.1/24", app: dhcpServer() });
  const app = moddable(`${APPS}/broker`, { platform: "simulator" });
  broker = lan.host("broker", { address: "192.168.1.5/24", app });
});

describe("an app for Moddable with Wi-Fi, DHCP, HTTP and MQTT", () => {
  it("is given an address, asks how often to measure, and publishes", async () => {
    const kitchen = lan.host("kitchen", { app: thermometer("kitchen") });
    await lan.until(() => from("kitchen").length >= 3, { within: "60s" });
    expect(kitchen.app.log).toEqual([
      'Wi-Fi connected to "home"',
      expect.stringMatching(/^IP address 192\.168\.1\.1\d\d$/),
      "connected to the broker",
      "measures every 5000 ms",
    ]);
    expect(from("kitchen")).toEqual([
      expect.stringMatching(/^\d\d\.\d$/),
      expect.stringMatching(/^\d\d\.\d$/),
      expect.stringMatching(/^\d\d\.\d$/),
    ]);
    expect(await page(kitchen)).toEqual({ name: "kitchen", count: 3, interval: 5000 });
  });

  it("runs twice side by side, each with what its modules keep", async () => {
    const kitchen = lan.host("kitchen", { app: thermometer("kitchen") });
    await lan.runFor("20s");
    const cellar = lan.host("cellar", { app: thermometer("cellar") });
    await lan.runFor("20s");
    const [first, second] = [await page(kitchen), await page(cellar)] as { count: number }[];
    expect(first!.count).toBeGreaterThan(second!.count);
    expect(from("kitchen")).toHaveLength(first!.count);
    expect(from("cellar")).toHaveLength(second!.count);
    expect(from("kitchen").slice(0, second!.count)).not.toEqual(from("cellar"));
  });

  it("is told to measure more often, which outlives a power cut", async () => {
    const kitchen = lan.host("kitchen", { app: thermometer("kitchen") });
    await lan.until(() => kitchen.app.log.includes("connected to the broker"));
    await lan.runFor("1s");
    (broker.app.exports as unknown as Broker).publish("kitchen/interval", "500");
    await lan.runFor("10s");
    expect(from("kitchen").length).toBeGreaterThanOrEqual(19);
    kitchen.powerOff();
    await lan.runFor("1m");
    const before = messages().length;
    await lan.runFor("1m");
    expect(messages()).toHaveLength(before);
    kitchen.powerOn();
    await lan.until(() => messages().length > before + 3);
    expect(await page(kitchen)).toMatchObject({ interval: 500 });
    expect(kitchen.app.preferences.get("thermometer", "interval")).toBe(500);
  });

  it("comes back when the access point does", async () => {
    const kitchen = lan.host("kitchen", { app: thermometer("kitchen") });
    await lan.until(() => from("kitchen").length > 0);
    kitchen.cable.cut();
    await lan.until(() => kitchen.app.log.includes("Wi-Fi is lost"));
    const before = from("kitchen").length;
    await lan.runFor("1m");
    expect(from("kitchen")).toHaveLength(before);
    kitchen.cable.mend();
    await lan.until(() => from("kitchen").length > before + 2, { within: "2m" });
  });
});
