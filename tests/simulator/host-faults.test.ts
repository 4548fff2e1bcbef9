import { describe, expect, it } from "@jest/globals";
import { TcpSocket } from "../../src/socket/index.js";
import { arpSpoofer, dhcpServer, firmware, Lan, type LanHost } from "../../simulator/index.js";

/** Listens on port 7. */
async function listen(host: LanHost): Promise<TcpSocket> {
  const listener = new TcpSocket(host.sockets);
  await listener.bind("0.0.0.0:7");
  await listener.listen();
  return listener;
}

const connect = (lan: Lan, from: LanHost, to: string): Promise<void> =>
  lan.finish(new TcpSocket(from.sockets).connect(to), { within: "10m" });

describe("a drifting clock", () => {
  it.each([100, -100, 50_000])(
    "%d ppm off counts so much more or less, and its timers with it",
    async (clockDrift) => {
      const lan = new Lan();
      const host = lan.host("host", { clockDrift });
      const rate = 1 + clockDrift / 1e6;
      const fired: number[] = [];
      host.machine.timers.set(() => fired.push(lan.simulation.now(), host.machine.clock.now()), 1_000_000);
      const wall = host.machine.wallClock.now()!;
      await lan.runFor("1h");
      expect(fired[0]).toBeCloseTo(1_000_000 / rate, 3);
      expect(fired[1]).toBeCloseTo(1_000_000, 3);
      expect(host.machine.clock.now()).toBeCloseTo(3_600_000 * rate, 3);
      expect(host.machine.wallClock.now()! - wall).toBeCloseTo(3_600_000 * rate, 3);
      host.reboot();
      await lan.runFor("1s");
      expect(host.machine.clock.now()).toBeCloseTo(1_000 * rate, 3);
    },
  );

  it("lets a device renew its lease for a day", async () => {
    const lan = new Lan();
    lan.host("router", { address: "192.168.1.1/24", app: dhcpServer(), clockDrift: 200 });
    const device = lan.host("device", { stack: "device", app: firmware(), clockDrift: -200 });
    await lan.runFor("1m");
    const { address } = device;
    await lan.runFor("1d");
    expect(device.address).toEqual(address);
    expect(lan.story.filter(({ text }) => text.includes("renewed")).length).toBeGreaterThan(40);
  });
});

describe("a slow processor", () => {
  it("keeps frames waiting", async () => {
    const lan = new Lan();
    const alice = lan.host("alice", { address: "10.0.0.1/24" });
    const bob = lan.host("bob", { address: "10.0.0.2/24", processor: { frameTime: "20ms" } });
    await listen(bob as LanHost);
    await connect(lan, alice as LanHost, "bob:7");
    // ARP and SYN take 20 ms each at bob, over 2 ms of cable each way.
    expect(lan.simulation.now()).toBe(2 * (4 + 20));
    expect(bob.machine.overruns).toBe(0);
  });

  it("loses frames when too many wait, and what was on its way when its power goes", async () => {
    const lan = new Lan();
    const alice = lan.host("alice", { address: "10.0.0.1/24" });
    const bob = lan.host("bob", { address: "10.0.0.2/24", processor: { frameTime: "1s", backlog: 2 } });
    for (let count = 0; count < 5; count++) alice.machine.link.transmit(new Uint8Array(60).fill(0xff), 60);
    await lan.runFor("10ms");
    expect(bob.machine.overruns).toBe(3);
    bob.powerOff();
    await lan.runFor("10s");
    expect(bob.stack.counters.drops).toEqual({});
    expect(lan.simulation.frames.inUse).toBe(0);
  });
});

describe("power that fails", () => {
  it("at times of the seed reboots a device again and again, which comes back with its address", async () => {
    const run = async (seed: number): Promise<{ reboots: number; starts: number[] }> => {
      const lan = new Lan({ seed });
      lan.host("router", { address: "192.168.1.1/24", app: dhcpServer() });
      const device = lan.host("device", { stack: "device", app: firmware() });
      await lan.runFor("1m");
      const { address } = device;
      const stop = device.losePower({ every: "1h", lasting: "1m" });
      await lan.runFor("1d");
      stop();
      expect(device.isOn).toBe(true);
      await lan.runFor("1m");
      expect(device.address).toEqual(address);
      const starts = lan.story.filter(({ who, topic }) => who === "device" && topic === "link");
      return { reboots: device.machine.reboots, starts: starts.map(({ time }) => time) };
    };
    const first = await run(1);
    expect(first.reboots).toBeGreaterThan(10);
    expect(first.reboots).toBeLessThan(45);
    expect(await run(1)).toEqual(first);
    expect(await run(2)).not.toEqual(first);
  });

  it("cannot fail all the time", () => {
    expect(() => new Lan().host("host").losePower({ every: 0, lasting: "1s" })).toThrow("want more than 0");
  });
});

it("a loose plug takes the link down and up", async () => {
  const lan = new Lan();
  const host = lan.host("host");
  await lan.runFor("1s");
  const seen: boolean[] = [];
  host.network.watch(() => seen.push(host.network.up));
  const stop = host.cable.flap({ every: "1m", lasting: "5s" });
  await lan.runFor("1h");
  stop();
  await lan.runFor("1s");
  expect(host.network.up).toBe(true);
  expect(seen.length).toBeGreaterThan(40);
  expect(seen.every((up, index) => up === (index % 2 === 1))).toBe(true);
});

it("a host out of memory opens and accepts no connection until it has some again", async () => {
  const lan = new Lan();
  const alice = lan.host("alice", { address: "10.0.0.1/24" }) as LanHost;
  const bob = lan.host("bob", { address: "10.0.0.2/24" }) as LanHost;
  await listen(bob);
  const [release, releaseBob] = [alice.exhaustMemory(), bob.exhaustMemory()];
  await expect(connect(lan, alice, "bob:7")).rejects.toThrow("the host is out of memory");
  release();
  await expect(connect(lan, alice, "bob:7")).rejects.toThrow("ETIMEDOUT");
  releaseBob();
  await connect(lan, alice, "bob:7");
});

it("a host that spoofs ARP draws to itself what is meant for another", async () => {
  const lan = new Lan();
  const alice = lan.host("alice", { address: "10.0.0.1/24" }) as LanHost;
  const bob = lan.host("bob", { address: "10.0.0.2/24" }) as LanHost;
  await listen(bob);
  await connect(lan, alice, "bob:7");
  const mallory = lan.host("mallory", { app: arpSpoofer({ victim: "alice", as: "10.0.0.2" }) });
  await lan.runFor("1m");
  expect(mallory.app.told).toBe(61);
  const drawn = new Set<string>();
  alice.cable.observe(({ bytes }) => drawn.add(Buffer.from(bytes.subarray(0, 6)).toString("hex")), {
    from: alice.machine.link,
  });
  await expect(connect(lan, alice, "bob:7")).rejects.toThrow();
  expect([...drawn]).toContain(mallory.mac.toString().replaceAll(":", "").toLowerCase());
});

it("two hosts with one MAC take each other's frames away", async () => {
  const lan = new Lan();
  const mac = "02:00:00:00:00:01";
  const one = lan.host("one", { address: "10.0.0.1/24", mac }) as LanHost;
  const two = lan.host("two", { address: "10.0.0.2/24", mac }) as LanHost;
  const other = lan.host("other", { address: "10.0.0.3/24" }) as LanHost;
  await listen(one);
  await connect(lan, other, "one:7");
  // The switch now believes that the address is at the second host's port.
  two.machine.link.transmit(
    new Uint8Array([...new Array<number>(6).fill(0xff), 2, 0, 0, 0, 0, 1, 0x88, 0xb5]),
    14,
  );
  await lan.runFor("1s");
  await expect(connect(lan, other, "one:7")).rejects.toThrow();
});
