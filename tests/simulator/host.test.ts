import { describe, expect, it } from "@jest/globals";
import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import type { ByteBuffer, Tcp } from "../../src/host/index.js";
import {
  Cable,
  Capture,
  loss,
  MemoryStorage,
  SimulatedHost,
  Simulation,
  Switch,
} from "../../simulator/index.js";

const bytes = (text: string): ByteBuffer => new TextEncoder().encode(text);

interface Lan {
  simulation: Simulation;
  server: SimulatedHost;
  client: SimulatedHost;
  capture: () => Buffer;
}

/** Two hosts at a switch: server 10.0.0.1, client 10.0.0.2. */
function makeLan(seed: number, lossRate: number): Lan {
  const simulation = new Simulation({ seed });
  const lan = new Switch({ name: "lan" });
  const blocks: Uint8Array[] = [];
  new Capture((block) => blocks.push(block)).watch(lan);
  const makeHost = (name: string, address: string): SimulatedHost => {
    const cable = new Cable(simulation, { name, latency: 1 });
    cable.impair(loss(lossRate));
    lan.connect(cable);
    const host = new SimulatedHost(simulation, { name, cable });
    host.network.configure({ address: Ipv4Address.parse(address), prefixLength: 24, dns: [] });
    return host;
  };
  const server = makeHost("server", "10.0.0.1");
  const client = makeHost("client", "10.0.0.2");
  return { simulation, server, client, capture: () => Buffer.concat(blocks) };
}

/** The client asks for an echo over TCP. @returns what came back, and when */
function echo({ simulation, server, client }: Lan, text: string): { answer: string; time: number } {
  const listener = new server.stack.io.Listener({
    port: 7,
    onReadable() {
      const from = listener.read();
      if (from === undefined) return;
      new server.stack.io.TCP({
        from,
        onReadable(this: Tcp) {
          const data = this.read();
          if (data instanceof ArrayBuffer) this.write(data);
        },
      });
    },
  });
  let answer = "";
  let sent = false;
  new client.stack.io.TCP({
    address: "10.0.0.1",
    port: 7,
    onWritable() {
      if (sent) return;
      sent = true;
      this.write(bytes(text));
    },
    onReadable() {
      const data = this.read();
      if (data instanceof ArrayBuffer) answer += new TextDecoder().decode(data);
    },
  });
  simulation.advanceUntil(() => answer.length >= text.length, { within: "5m" });
  return { answer, time: simulation.now() };
}

describe("SimulatedHost", () => {
  it("runs a stack on virtual time", () => {
    const lan = makeLan(1, 0);
    const { answer, time } = echo(lan, "hello");
    expect(answer).toBe("hello");
    // Four times the way of 2 ms, each way once for ARP, the handshake, and the data there and back.
    expect(time).toBe(12);
  });

  it("repeats itself byte for byte with the same seed, on a lossy LAN too", () => {
    const run = (seed: number): [string, number, Buffer] => {
      const lan = makeLan(seed, 0.2);
      const { answer, time } = echo(lan, "hello");
      return [answer, time, lan.capture()];
    };
    expect(run(5)).toEqual(run(5));
    expect(run(5)[0]).toBe("hello");
    expect(run(6)[2]).not.toEqual(run(5)[2]);
  });

  it("goes quiet when there is nothing to do", () => {
    const lan = makeLan(1, 0);
    lan.simulation.advance("1h");
    expect(lan.simulation.frames.inUse).toBe(0);
    const before = lan.simulation.pending;
    lan.simulation.advance("7d");
    expect(lan.simulation.pending).toBe(before);
  });

  it("has the MAC that it is given, or one drawn from the seed", () => {
    const simulation = new Simulation();
    const mac = MacAddress.parse("00:1A:2B:3C:4D:5E");
    const given = new SimulatedHost(simulation, {
      name: "a",
      mac,
      cable: new Cable(simulation, { name: "a" }),
    });
    const drawn = new SimulatedHost(simulation, { name: "b", cable: new Cable(simulation, { name: "b" }) });
    expect(given.network.mac.equals(mac)).toBe(true);
    expect(drawn.network.mac.isLocallyAdministered).toBe(true);
  });

  it("reports the same memory figures each time", () => {
    const simulation = new Simulation();
    const host = new SimulatedHost(simulation, { name: "a", cable: new Cable(simulation, { name: "a" }) });
    expect(host.memory()).toEqual(host.memory());
  });
});

describe("a reboot", () => {
  it("leaves the storage, the MAC and the time of day, and nothing else", () => {
    const lan = makeLan(1, 0);
    const { simulation, client, server } = lan;
    const events: string[] = [];
    client.storage.set("name", Uint8Array.of(1, 2, 3));
    client.timers.set(() => events.push("timer"), 1000);
    new client.stack.io.TCP({
      address: "10.0.0.1",
      port: 7,
      onWritable: () => events.push("writable"),
      onError: () => events.push("error"),
    });
    const time = client.wallClock.now()!;
    simulation.advance(1);
    const rebooted = client.reboot();
    simulation.advance("1m");
    expect(events).toEqual([]);
    expect(rebooted.storage.get("name")).toEqual(Uint8Array.of(1, 2, 3));
    expect(rebooted.mac).toBe(client.mac);
    expect(rebooted.clock.now()).toBe(60_000);
    expect(rebooted.wallClock.now()! - time).toBe(60_001);
    expect([rebooted.network.ipv4, rebooted.reboots]).toEqual([undefined, 1]);
    expect(rebooted.random.uint32()).not.toBe(client.random.uint32());

    rebooted.network.configure({ address: Ipv4Address.parse("10.0.0.3"), prefixLength: 24, dns: [] });
    expect(echo({ simulation, server, client: rebooted, capture: lan.capture }, "hello").answer).toBe(
      "hello",
    );
  });

  it("keeps what ran before from sending what it still had to send", () => {
    const { simulation, client, capture } = makeLan(1, 0);
    const before = capture().length;
    new client.stack.io.TCP({ address: "10.0.0.1", port: 7 });
    // The work waits for the next poll, which the power does not live to see.
    client.reboot();
    simulation.advance("1m");
    expect(capture()).toHaveLength(before);
  });

  it("keeps what was stored apart from what a program does with its buffers", () => {
    const storage = new MemoryStorage();
    const value = Uint8Array.of(1, 2, 3);
    storage.set("lease", value);
    value[0] = 9;
    storage.get("lease")![1] = 9;
    expect(storage.get("lease")).toEqual(Uint8Array.of(1, 2, 3));
    storage.delete("lease");
    storage.delete("lease");
    expect(storage.get("lease")).toBeUndefined();
  });
});

describe("power", () => {
  it("that is cut takes the link down, and a device that comes back is a new one", () => {
    const { simulation, client, server } = makeLan(1, 0);
    const links: boolean[] = [];
    client.network.watch(() => links.push(client.network.up));
    client.powerOff();
    simulation.advance(1);
    expect([client.isOn, client.link.up]).toEqual([false, false]);
    const back = client.powerOn();
    expect(back).not.toBe(client);
    expect([back.isOn, back.link.up, back.reboots, client.isOn]).toEqual([true, true, 1, false]);
    back.network.configure({ address: Ipv4Address.parse("10.0.0.2"), prefixLength: 24, dns: [] });
    expect(echo({ simulation, server, client: back, capture: () => Buffer.alloc(0) }, "hi").answer).toBe(
      "hi",
    );
  });

  it("may come later than the host", () => {
    const simulation = new Simulation();
    const cable = new Cable(simulation, { name: "a" });
    const [early, late] = ["early", "late"].map(
      (name) => new SimulatedHost(simulation, { name, cable, isOff: name === "late" }),
    );
    expect([early!.link.up, late!.isOn, late!.link.up]).toEqual([false, false, false]);
    expect(late!.powerOn()).toBe(late);
    expect(late!.powerOn()).toBe(late);
    expect([early!.link.up, late!.reboots]).toEqual([true, 0]);
  });
});

it("a host has an interface for each of its cables", () => {
  const simulation = new Simulation();
  const cables = ["left", "right"].map((name) => new Cable(simulation, { name }));
  const mac = MacAddress.parse("02:00:00:00:00:01");
  const { networks, links } = new SimulatedHost(simulation, { name: "router", cable: cables, mac });
  expect(networks.map(({ name }) => name)).toEqual(["eth0", "eth1"]);
  expect(networks[0]!.mac).toEqual(mac);
  expect(networks[1]!.mac).not.toEqual(mac);
  expect(links).toHaveLength(2);
});
