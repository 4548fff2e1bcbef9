import { describe, expect, it } from "@jest/globals";
import { DEVICES_PER_SUBNET, MAX_DEVICES, ManyDevices } from "../../../simulator/index.js";

describe("many devices", () => {
  it("boot, lease an address in their subnets, and tell the laptop their status", async () => {
    const devices = DEVICES_PER_SUBNET + 10;
    const scenario = new ManyDevices({ devices, seed: 7 });
    expect(scenario.report).toMatchObject({ devices, leases: 0, listening: 0, statuses: 0, framesSent: 0 });
    await scenario.boot();
    expect(scenario.report).toMatchObject({ leases: devices, listening: devices, statuses: 0 });
    await scenario.askAll();
    expect(scenario.report).toMatchObject({
      seed: 7,
      devices,
      subnets: 2,
      leases: devices,
      statuses: devices,
    });
    const addresses = scenario.devices.map(({ address }) => address.toString());
    expect(new Set(addresses).size).toBe(devices);
    expect(
      addresses.slice(0, DEVICES_PER_SUBNET).filter((address) => !address.startsWith("10.1.0.")),
    ).toEqual([]);
    expect(addresses.slice(DEVICES_PER_SUBNET).filter((address) => !address.startsWith("10.1.1."))).toEqual(
      [],
    );
  });

  it("are asked again from the beginning", async () => {
    const scenario = new ManyDevices({ devices: 3 });
    await scenario.boot();
    await scenario.askAll();
    await scenario.askAll();
    expect(scenario.statuses).toBe(3);
  });

  it("say which device does not boot", async () => {
    const scenario = new ManyDevices({ devices: 3 });
    scenario.devices[1]!.cable.cut();
    await expect(scenario.boot()).rejects.toThrow(
      "boot device-2: it serves no pages after 10m of virtual time",
    );
    expect(scenario.listening).toBe(2);
  });

  it.each([0, 1.5, -1, MAX_DEVICES + 1, Number.NaN])(
    "are refused where there can't be %d of them",
    (devices) => {
      expect(() => new ManyDevices({ devices })).toThrow(`want a whole number from 1 to ${MAX_DEVICES}`);
    },
  );
});
