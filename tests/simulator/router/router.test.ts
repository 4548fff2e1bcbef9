import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ipv4Address } from "../../../src/address/index.js";
import { TcpSocket } from "../../../src/socket/index.js";
import {
  Capture,
  CaptureFile,
  firmware,
  Lan,
  type LanHost,
  type NatOptions,
  type Router,
} from "../../../simulator/index.js";
import { describeWithTool } from "../../support/tools.js";
import { readCapture } from "../../support/tshark.js";
import { ask, askByUdp, echo } from "./support.js";

interface Home {
  readonly lan: Lan;
  readonly router: LanHost<Router>;
  readonly sensor: LanHost;
  readonly phone: LanHost;
  readonly server: LanHost;
  /** Who has called the server. */
  readonly callers: string[];
}

/** Two devices that have leased their addresses, a router with NAT, and an echo server beyond it. */
async function home(nat: NatOptions = {}, lan = new Lan({ seed: 7 })): Promise<Home> {
  const [inside, internet] = [lan.switch("home"), lan.switch("internet")];
  const router = lan.router("router", {
    networks: [{ on: inside, address: "192.168.1.1/24", dhcp: true }],
    uplink: { on: internet, address: "203.0.113.7/24", nat },
  });
  const server = lan.host("server", { on: internet, address: "203.0.113.80/24" });
  const callers = await echo(server);
  const sensor = lan.host("sensor", { on: inside, stack: "device", app: firmware() });
  const phone = lan.host("phone", { on: inside, app: firmware() });
  await lan.until(() => sensor.network.ipv4 !== undefined && phone.network.ipv4 !== undefined);
  return { lan, router, sensor, phone, server, callers };
}

describe("a router with NAT", () => {
  it("leases addresses inside, and shows the outside its own", async () => {
    const { lan, sensor, phone, router, callers } = await home();
    expect(sensor.network.ipv4!.gateway!.toString()).toBe("192.168.1.1");
    expect(router.app.dhcp[0]!.leases).toHaveLength(2);
    expect(await ask(lan, sensor, "203.0.113.80:7")).toBe("hello");
    expect(await askByUdp(lan, phone, "203.0.113.80:7", Buffer.from("ping"))).toEqual(
      Uint8Array.from(Buffer.from("ping")),
    );
    expect(callers).toEqual([
      expect.stringMatching(/^tcp 203\.0\.113\.7:\d+$/),
      expect.stringMatching(/^udp 203\.0\.113\.7:\d+$/),
    ]);
    expect(router.app.nat!.mappings.map(({ inside }) => inside.split(":")[0])).toEqual([
      sensor.address.toString(),
      phone.address.toString(),
    ]);
  });

  it("carries much data, and packets that are longer than the links take", async () => {
    const { lan, sensor, phone } = await home();
    const text = "0123456789".repeat(10_000);
    expect(await ask(lan, phone, "203.0.113.80:7", text)).toBe(text);
    const long = Uint8Array.from({ length: 4000 }, (_, index) => index & 255);
    expect(await askByUdp(lan, sensor, "203.0.113.80:7", long)).toEqual(long);
  });

  it("lets nobody in but through a forwarded port", async () => {
    const { lan, server, phone, router } = await home({ forwards: [{ port: 8007, to: "192.168.1.50:7" }] });
    const camera = lan.host("camera", {
      on: lan.switches[0]!,
      address: "192.168.1.50/24",
      gateway: "192.168.1.1",
    });
    const callers = await echo(camera);
    expect(await ask(lan, server, "203.0.113.7:8007")).toBe("hello");
    expect(callers).toEqual([expect.stringMatching(/^tcp 203\.0\.113\.80:\d+$/)]);
    await expect(ask(lan, server, "203.0.113.7:7")).rejects.toThrow("ETIMEDOUT");
    expect(router.app.nat!.drops).toEqual({ unsolicited: expect.any(Number) });
    // From inside by the outside address: the packets turn round in the router.
    expect(await ask(lan, phone, "203.0.113.7:8007")).toBe("hello");
    expect(callers[1]).toMatch(/^tcp 203\.0\.113\.7:\d+$/);
  });

  it("hands pings and errors to who has caused them", async () => {
    const { lan, sensor, phone } = await home();
    const heard: string[] = [];
    for (const host of [sensor, phone]) {
      const { icmp } = host.stack;
      icmp.onEchoReply = (from, identifier) => heard.push(`${host.name}: ${from} ${identifier}`);
      icmp.onEchoError = (from, identifier, _, type) =>
        heard.push(`${host.name}: ${from} ${identifier} type ${type}`);
      icmp.sendEcho(Ipv4Address.parse("203.0.113.80"), 7, 1, Buffer.from("data"));
      // Its second hop would be the server.
      icmp.sendEcho(Ipv4Address.parse("203.0.113.80"), 7, 2, Buffer.from("data"), 1);
      icmp.sendEcho(Ipv4Address.parse("203.0.113.99"), 7, 3, Buffer.from("data"));
    }
    await lan.runFor("10s");
    expect(heard.sort()).toEqual([
      "phone: 192.168.1.1 7 type 11",
      "phone: 192.168.1.1 7 type 3",
      "phone: 203.0.113.80 7",
      "sensor: 192.168.1.1 7 type 11",
      "sensor: 192.168.1.1 7 type 3",
      "sensor: 203.0.113.80 7",
    ]);
    await expect(askByUdp(lan, sensor, "203.0.113.80:9", Buffer.from("x"))).rejects.toThrow("ECONNREFUSED");
  });

  it("forgets its table with its power, and takes up the connections that were open", async () => {
    const { lan, router, sensor } = await home();
    const socket = new TcpSocket(sensor.sockets);
    await lan.finish(socket.connect("203.0.113.80:7"));
    const { mappings } = router.app.nat!;
    expect(mappings).toHaveLength(1);
    router.reboot();
    expect(router.app.nat!.mappings).toEqual([]);
    await lan.finish(socket.sendAll(Buffer.from("still there?")));
    expect(Buffer.from(await lan.finish(socket.recv(100))).toString()).toBe("still there?");
    expect(router.app.nat!.mappings).toEqual(mappings);
    await socket.close();
  });

  it("may have another such router before it", async () => {
    const lan = new Lan({ seed: 7 });
    const [inside, street, internet] = ["home", "street", "internet"].map((name) => lan.switch(name));
    const provider = lan.router("provider", {
      networks: [{ on: street!, address: "100.64.0.1/24", dhcp: true }],
      uplink: { on: internet!, address: "203.0.113.7/24", nat: true },
    });
    const router = lan.router("router", {
      networks: [{ on: inside!, address: "192.168.1.1/24", dhcp: true }],
      uplink: { on: street!, address: "dhcp", nat: true },
    });
    const server = lan.host("server", { on: internet!, address: "203.0.113.80/24" });
    const callers = await echo(server);
    const sensor = lan.host("sensor", { on: inside!, stack: "device", app: firmware() });
    const outside = router.machine.networks[1]!;
    await lan.until(() => sensor.network.ipv4 !== undefined && outside.ipv4 !== undefined);
    expect(outside.ipv4!.address.toString()).toMatch(/^100\.64\.0\.1\d\d$/);
    expect(await ask(lan, sensor, "203.0.113.80:7")).toBe("hello");
    expect(callers).toEqual([expect.stringMatching(/^tcp 203\.0\.113\.7:/)]);
    expect(provider.app.nat!.mappings[0]!.inside).toBe(
      `${outside.ipv4!.address}:${router.app.nat!.mappings[0]!.port}`,
    );
    // A day later the lease was renewed again and again.
    await lan.runFor("1d");
    expect(await ask(lan, sensor, "203.0.113.80:7")).toBe("hello");
  });
});

describe("a router without NAT", () => {
  it("leases addresses in several networks, and finds the way between them", async () => {
    const lan = new Lan();
    const switches = ["attic", "hall", "cellar"].map((name) => lan.switch(name));
    lan.router("upper", {
      networks: switches.slice(0, 2).map((on, index) => ({ on, address: `10.0.${index}.1/24`, dhcp: true })),
      routes: [{ to: "10.0.2.0/24", via: "10.0.1.2" }],
    });
    lan.router("lower", {
      networks: [
        { on: switches[1]!, address: "10.0.1.2/24" },
        { on: switches[2]!, address: "10.0.2.1/24", dhcp: true },
      ],
      routes: [{ to: "10.0.0.0/16", via: "10.0.1.1" }],
    });
    const hosts = switches.map((on, index) => lan.host(`host ${index}`, { on, app: firmware() }));
    await lan.until(() => hosts.every(({ network }) => network.ipv4 !== undefined));
    expect(hosts.map(({ address }) => address.toString())).toEqual([
      expect.stringMatching(/^10\.0\.0\.1\d\d$/),
      expect.stringMatching(/^10\.0\.1\.1\d\d$/),
      expect.stringMatching(/^10\.0\.2\.1\d\d$/),
    ]);
    const callers = await echo(hosts[2]!);
    expect(await ask(lan, hosts[0]!, `${hosts[2]!.address}:7`)).toBe("hello");
    expect(callers).toEqual([expect.stringContaining(`tcp ${hosts[0]!.address}:`)]);
  });

  it("says what is wrong with its options", () => {
    const lan = new Lan();
    const on = lan.switch("home");
    const networks = [{ on, address: "10.0.0.1/24" }];
    expect(() => lan.router("a", { networks: [{ on, address: "10.0.0.300/24" }] })).toThrow("10.0.0.300/24");
    expect(() => lan.router("b", { networks: [{ on, address: "fe80::1/64" }] })).toThrow(
      "want an IPv4 network",
    );
    expect(() => lan.router("c", { networks, routes: [{ to: "10.1.0.0/16", via: "10.9.0.1" }] })).toThrow(
      "c is not in its network",
    );
  });
});

describeWithTool("tshark", "what a capture shows on both sides of NAT", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "wirelet-router-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("is without a fault", async () => {
    const file = join(folder, "nat.pcapng");
    const output = new CaptureFile(file);
    const lan = new Lan({ seed: 7 });
    new Capture((block) => output.write(block)).watch(lan);
    const { sensor, phone } = await home({ forwards: [{ port: 8007, to: "192.168.1.1:7" }] }, lan);
    await ask(lan, sensor, "203.0.113.80:7");
    await askByUdp(lan, phone, "203.0.113.80:7", new Uint8Array(4000));
    await expect(askByUdp(lan, phone, "203.0.113.80:9", Buffer.from("x"))).rejects.toThrow("ECONNREFUSED");
    sensor.stack.icmp.sendEcho(Ipv4Address.parse("203.0.113.80"), 7, 2, Buffer.from("data"), 1);
    await lan.runFor("1m");
    output.close();
    const frames = await readCapture(file);
    expect(frames.length).toBeGreaterThan(40);
    expect(frames.filter(({ faults }) => faults.length > 0)).toEqual([]);
  });
});
