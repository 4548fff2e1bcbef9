import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { openTap, type TapDevice } from "../../hosts/node/tap/index.js";
import { firmware, Guest, Lan, RealTime, type OutsideInput } from "../../simulator/index.js";
import { NetworkNamespace } from "../support/namespace.js";
import { PATIENCE } from "../support/program.js";
import { describeWith, requireTap, requireTool } from "../support/tools.js";

jest.setTimeout(2 * PATIENCE);

const requirements = [requireTap(), requireTool("curl"), requireTool("ping", "iputils-ping")];

describeWith(requirements, "real programs on a simulated LAN", () => {
  const namespace = new NetworkNamespace();
  const tap = namespace.name;
  const lan = new Lan({ seed: 7 });
  const pace = new RealTime(lan.simulation);
  const inputs: OutsideInput[] = [];
  let device: TapDevice;

  beforeAll(async () => {
    const [home, internet] = [lan.switch("home"), lan.switch("internet")];
    lan.router("router", {
      networks: [{ on: home, address: "10.77.0.1/24", dhcp: true }],
      uplink: { on: internet, address: "10.78.0.1/24", nat: true },
    });
    const sensor = lan.host("sensor", { on: home, stack: "device", app: firmware() });
    lan.host("server", { on: internet, address: "10.78.0.80/24" });
    device = await openTap({ interface: tap });
    new Guest(lan, tap, { on: home, device, pace, onInput: (input) => inputs.push(input) });
    execFileSync("ip", ["link", "set", tap, "netns", namespace.name]);
    namespace.run("ip", "address", "add", "10.77.0.9/24", "dev", tap);
    namespace.run("ip", "link", "set", tap, "up");
    namespace.run("ip", "route", "add", "default", "via", "10.77.0.1");
    while (sensor.network.ipv4 === undefined) await new Promise((resolve) => setImmediate(resolve));
  });

  afterAll(async () => {
    pace.stop();
    device.close();
    await namespace.remove();
  });

  it("ping the devices, and fetch their pages", async () => {
    const { address } = lan.find("sensor");
    const ping = await namespace.try("ping", "-c", "2", "-i", "0.2", "-W", "5", address.toString());
    expect(ping).toMatchObject({ status: 0 });
    const page = await namespace.try("curl", "--silent", "--max-time", "20", `http://${address}/`);
    expect(page.output).toContain(lan.find("sensor").mac.toString());
    expect(inputs.length).toBeGreaterThan(5);
  });

  it("go through its router", async () => {
    const ping = await namespace.try("ping", "-c", "2", "-i", "0.2", "-W", "5", "10.78.0.80");
    expect(ping).toMatchObject({ status: 0 });
  });
});
