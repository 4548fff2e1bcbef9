import { describe, expect, it, jest } from "@jest/globals";
import { createHash } from "node:crypto";
import { DEVICES_PER_SUBNET, Lan, ManyDevices, dhcpServer, firmware } from "../../simulator/index.js";

// Most of it is the compiler's: for a busy machine.
jest.setTimeout(60_000);

/** Boots devices and asks each. @returns the scenario, and a hash of all frames with their times and senders */
async function run(devices: number, seed: number): Promise<{ scenario: ManyDevices; hash: string }> {
  const scenario = new ManyDevices({ devices, seed });
  const hash = createHash("sha256");
  const end = scenario.lan.observe(({ time, port, bytes, length }) => {
    hash.update(`${time} ${port}:`).update(bytes.subarray(0, length));
  });
  await scenario.boot();
  await scenario.askAll();
  end();
  return { scenario, hash: hash.digest("hex") };
}

describe("many devices", () => {
  it("cost as much each, however many they are, in all that a machine's speed does not change", async () => {
    const perDevice = async (devices: number): Promise<Record<string, number>> => {
      const { report } = (await run(devices, 7)).scenario;
      const { events, framesSent, framesHeard, mostFrames } = report;
      return Object.fromEntries(
        Object.entries({ events, framesSent, framesHeard, mostFrames }).map(([name, figure]) => [
          name,
          figure / devices,
        ]),
      );
    };
    const few = await perDevice(DEVICES_PER_SUBNET);
    const many = await perDevice(4 * DEVICES_PER_SUBNET);
    const growth = Object.keys(many).filter((name) => many[name]! > 1.05 * few[name]!);
    expect(growth).toEqual([]);
    // Measured: 93, 34 and 2,363. What is heard are ten broadcasts of each other device in the subnet, and no more.
    expect(many["events"]).toBeLessThan(100);
    expect(many["framesSent"]).toBeLessThan(36);
    expect(many["framesHeard"]).toBeLessThan(10 * DEVICES_PER_SUBNET);
    // When all ask for an address at one moment, each DISCOVER is in memory once, though 250 hear it.
    expect(many["mostFrames"]).toBe(1);
  });

  it("do the same again with the same seed, byte for byte, and something else with another", async () => {
    const { hash, scenario } = await run(60, 7);
    expect(scenario.statuses).toBe(60);
    expect((await run(60, 7)).hash).toBe(hash);
    expect((await run(60, 8)).hash).not.toBe(hash);
  });

  it("leave no frame behind", async () => {
    const { scenario } = await run(20, 7);
    await scenario.lan.runFor("10m");
    expect(scenario.lan.simulation.frames.inUse).toBe(0);
  });
});

describe("a quiet LAN of 20 devices", () => {
  it("does in a week what renewing leases takes, and nothing else", async () => {
    const lan = new Lan({ seed: 7 });
    const { app: server } = lan.host("router", { address: "192.168.1.1/24", app: dhcpServer() });
    const devices = Array.from({ length: 20 }, (_, index) =>
      lan.host(`sensor-${index + 1}`, { stack: "device", app: firmware() }),
    );
    await lan.until(() => devices.every(({ app }) => app.httpPort !== 0));
    const before = { events: lan.simulation.eventsRun, frames: lan.simulation.frames.copied };
    await lan.runFor("7d");
    expect(server.leases.filter(({ state }) => state === "bound")).toHaveLength(20);
    // A lease of an hour is renewed each half hour.
    const renewals = 20 * 7 * 48;
    // REQUEST and ACK, and sometimes an ARP request and its answer; the cables to the switch and from it, two timers and a poll.
    expect((lan.simulation.frames.copied - before.frames) / renewals).toBeLessThan(5);
    expect((lan.simulation.eventsRun - before.events) / renewals).toBeLessThan(16);
  });
});
