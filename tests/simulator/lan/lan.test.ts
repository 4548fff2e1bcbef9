import { describe, expect, it } from "@jest/globals";
import { Cidr, Ipv4Address } from "../../../src/address/index.js";
import { TcpSocket } from "../../../src/socket/index.js";
import { dhcpServer, firmware, Lan, loss, STORY_LIMIT, type LanHost } from "../../../simulator/index.js";

/** A LAN with a DHCP server, and a device that has its address. */
async function home(): Promise<{ lan: Lan; sensor: LanHost<ReturnType<ReturnType<typeof firmware>>> }> {
  const lan = new Lan({ seed: 7 });
  lan.host("router", { address: "192.168.1.1/24", app: dhcpServer() });
  const sensor = lan.host("sensor", { stack: "device", mac: "02:00:00:00:00:07", app: firmware() });
  await lan.until(() => sensor.network.ipv4 !== undefined, { within: "30s" });
  return { lan, sensor };
}

describe("a LAN", () => {
  it("has a device lease an address, and tells its story", async () => {
    const { lan, sensor } = await home();
    expect(sensor.subnet.toString()).toMatch(/^192\.168\.1\.1\d\d\/24$/);
    expect(sensor.app.status).toMatchObject({ mac: "02:00:00:00:00:07", ip: sensor.address.toString() });
    const dhcp = lan.story.filter(({ who, topic }) => who === "sensor" && topic === "DHCP");
    expect(dhcp.map(({ text }) => /^\w+/.exec(text)?.[0])).toEqual([
      "DISCOVER",
      "OFFER",
      "REQUEST",
      "ACK",
      "lease",
    ]);
  });

  it("knows its hosts by their names, which are unique", async () => {
    const { lan, sensor } = await home();
    expect(lan.find("sensor")).toBe(sensor);
    expect(lan.hosts.map(({ name }) => name)).toEqual(["router", "sensor"]);
    expect(() => lan.find("toaster")).toThrow("on this LAN there are router, sensor");
    expect(() => lan.host("sensor")).toThrow("the LAN has one of that name");
    expect(() => lan.switch("switch")).toThrow("add switch switch");
    expect(() => lan.host("typo", { address: "192.168.1.300/24" })).toThrow("192.168.1.300/24");
  });

  it("joins switches, and lets hosts there find each other", async () => {
    const lan = new Lan();
    const [upstairs, downstairs] = [lan.switch("upstairs"), lan.switch("downstairs")];
    const cable = lan.join(upstairs, downstairs, { latency: "20ms" });
    const frames: string[] = [];
    const carried: string[] = [];
    lan.observe(({ port }) => frames.push(port));
    cable.observe(({ port }) => carried.push(port));
    const alice = lan.host("alice", { on: upstairs, address: "10.0.0.1/24" });
    const bob = lan.host("bob", { on: downstairs, address: "10.0.0.2/24" });
    const listener = new TcpSocket(bob.sockets);
    await listener.bind("0.0.0.0:7");
    await listener.listen();
    const socket = new TcpSocket(alice.sockets);
    await lan.finish(socket.connect("bob:7"));
    expect(lan.simulation.now()).toBe(4 * 22);
    await lan.runFor("1s");
    // ARP both ways, SYN, SYN-ACK, ACK: each once where it was sent, though three cables carry it.
    expect(frames).toEqual(["alice", "bob", "alice", "bob", "alice"]);
    expect(carried).toHaveLength(5);
  });

  it("gives a router an interface in each of its networks", async () => {
    const lan = new Lan();
    const [left, right] = [lan.switch("left"), lan.switch("right")];
    const address = ["10.0.1.1/24", "10.0.2.1/24"];
    const router = lan.host("router", { on: [left, right], address, stack: { forwarding: true } });
    const a = lan.host("a", { on: left, address: "10.0.1.9/24", gateway: "10.0.1.1" });
    const b = lan.host("b", { on: right, address: "10.0.2.9/24", gateway: "10.0.2.1" });
    const listener = new TcpSocket(b.sockets);
    await listener.bind("0.0.0.0:7");
    await listener.listen();
    await lan.finish(new TcpSocket(a.sockets).connect("b:7"));
    expect(router.cables.map(({ name }) => name)).toEqual(["router", "router eth1"]);
    expect(router.machine.networks.map(({ ipv4 }) => ipv4?.address.toString())).toEqual([
      "10.0.1.1",
      "10.0.2.1",
    ]);
  });

  it("loses on a host's cable what its faults say", async () => {
    const lan = new Lan();
    lan.host("bob", { address: "10.0.0.2/24" });
    const alice = lan.host("alice", { address: "10.0.0.1/24", faults: [loss(1)] });
    await expect(lan.finish(new TcpSocket(alice.sockets).connect("bob:7"))).rejects.toThrow("EHOSTUNREACH");
  });

  it("keeps the newest lines of its story", () => {
    const lan = new Lan();
    const heard: string[] = [];
    const end = lan.follow(({ text }) => heard.push(text));
    for (let i = 0; i < 2 * STORY_LIMIT; i++) lan.tell("host", { topic: "log", text: String(i) });
    end();
    lan.tell("host", { topic: "log", text: "last" });
    lan.tell("host", undefined);
    expect(heard).toHaveLength(2 * STORY_LIMIT);
    expect(lan.story).toHaveLength(STORY_LIMIT);
    expect(lan.story.at(-1)).toEqual({ time: 0, who: "host", topic: "log", text: "last" });
  });

  it("fails what is not finished in time with the seed that it was run with", async () => {
    const lan = new Lan({ seed: 42 });
    await expect(lan.finish(new Promise(() => undefined), { within: "1h" })).rejects.toThrow("seed 42");
  });
});

describe("power", () => {
  it("that is cut leaves the storage, and the app starts anew with it", async () => {
    const lan = new Lan();
    const starts: (Uint8Array | undefined)[] = [];
    const host = lan.host("host", {
      app: ({ storage, timers }) => {
        starts.push(storage.get("starts"));
        storage.set("starts", Uint8Array.of(starts.length));
        timers.set(() => expect(starts).toHaveLength(3), 1_000);
        return starts.length;
      },
    });
    expect(host.app).toBe(1);
    host.powerOff();
    host.powerOff();
    expect([host.isOn, host.cable.up]).toEqual([false, false]);
    expect(() => host.app).toThrow("ENETDOWN");
    await lan.runFor("1m");
    host.powerOn();
    host.powerOn();
    expect([host.app, host.cable.up]).toEqual([2, true]);
    host.reboot();
    expect(host.app).toBe(3);
    expect(starts).toEqual([undefined, Uint8Array.of(1), Uint8Array.of(2)]);
    await lan.runFor("1m");
  });

  it("may come later", () => {
    const lan = new Lan();
    let starts = 0;
    const host = lan.host("host", { isOff: true, address: "10.0.0.1/24", app: () => ++starts });
    expect([host.isOn, starts]).toEqual([false, 0]);
    expect(() => host.address).toThrow("it is off");
    host.reboot();
    expect([host.isOn, starts]).toEqual([true, 1]);
    expect(host.address).toEqual(Ipv4Address.parse("10.0.0.1"));
  });
});

it("a DHCP server needs a fixed address, and takes other options", async () => {
  const lan = new Lan();
  expect(() => lan.host("lost", { app: dhcpServer() })).toThrow("a server's address is fixed");
  const pool = { first: Ipv4Address.parse("10.9.0.5"), last: Ipv4Address.parse("10.9.0.5") };
  const server = lan.host("server", { address: "10.9.0.1/16", app: dhcpServer({ pool }) });
  const device = lan.host("device", { app: firmware() });
  await lan.until(() => device.network.ipv4 !== undefined);
  expect(device.subnet).toEqual(new Cidr(Ipv4Address.parse("10.9.0.5"), 16));
  expect(server.app.leases).toHaveLength(1);
});
