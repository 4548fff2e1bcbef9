import { describe, expect, it } from "@jest/globals";
import {
  dhcpServer,
  firmware,
  Lan,
  tellRadioEvent,
  type AccessPoint,
  type LanHost,
  type RadioEvent,
} from "../../../simulator/index.js";
import { ask, askByUdp, echo } from "../router/support.js";

const HOME = { ssid: "home", password: "correct horse" };

interface Home {
  readonly lan: Lan;
  readonly ap: AccessPoint;
  readonly server: LanHost;
}

function home(seed = 7): Home {
  const lan = new Lan({ seed });
  const server = lan.host("server", { address: "192.168.1.1/24", app: dhcpServer() });
  const ap = lan.accessPoint("ap", { ...HOME, place: { x: 0, y: 0 } });
  return { lan, ap, server };
}

/** A host whose radio does what the test has it do. @returns it, and what it hears of its radio */
function station(lan: Lan, name = "station", place = { x: 3, y: 4 }): { host: LanHost; events: string[] } {
  const events: string[] = [];
  const app = (_: unknown, { radio }: LanHost): void =>
    void radio!.watch((event) => events.push(`${lan.simulation.now()} ${brief(event)}`));
  return { host: lan.host(name, { wifi: { place }, app }), events };
}

function brief(event: RadioEvent): string {
  if (event.type === "joined" || event.type === "roamed")
    return `${event.type} ${event.network.ssid} ${event.network.rssi} dBm`;
  return `${event.type} ${event.ssid} ${event.reason}`;
}

describe("a station", () => {
  it("joins its network, leases an address, and talks to the others there", async () => {
    const { lan, ap, server } = home();
    const sensor = lan.host("sensor", { wifi: HOME, stack: "device", app: firmware() });
    const phone = lan.host("phone", { wifi: { ...HOME, place: { x: 5, y: 0 } }, app: firmware() });
    expect(sensor.network.up).toBe(false);
    await lan.until(() => sensor.network.ipv4 !== undefined && phone.network.ipv4 !== undefined);
    expect(ap.stations).toEqual([sensor.radio, phone.radio]);
    await echo(server);
    await echo(phone);
    expect(await ask(lan, sensor, "server:7")).toBe("hello");
    expect(await ask(lan, sensor, "phone:7")).toBe("hello");
    const told = lan.story.filter(({ topic }) => topic === "Wi-Fi");
    expect(told).toEqual([
      { time: 1760, who: "sensor", topic: "Wi-Fi", text: `joined home at ${ap.bssid}, channel 1, -50 dBm` },
      { time: 1760, who: "phone", topic: "Wi-Fi", text: `joined home at ${ap.bssid}, channel 1, -56 dBm` },
    ]);
  });

  it.each([
    ["home", "correct horse", "1760 joined home -56 dBm"],
    ["home", "wrong horse", "4760 failed home wrong-password"],
    ["home", undefined, "4760 failed home wrong-password"],
    ["neighbors", "correct horse", "1560 failed neighbors no-such-network"],
  ])("that looks for %s with the password %s: %s", async (ssid, password, expected) => {
    const { lan } = home();
    const { host, events } = station(lan);
    host.radio!.connect(ssid, password);
    await lan.runFor("10s");
    expect(events).toEqual([expected]);
    expect(host.network.up).toBe(expected.includes("joined"));
  });

  it("hears what is in reach, the strongest first", async () => {
    const { lan, ap } = home();
    lan.accessPoint("cafe", { ssid: "free", channel: 6, bssid: "02:00:00:00:00:06", place: { x: 3, y: 5 } });
    lan.accessPoint("far", { ssid: "far", place: { x: 100, y: 0 } });
    const { host } = station(lan);
    const found: string[] = [];
    expect(
      host.radio!.scan((networks) => {
        for (const { ssid, bssid, channel, rssi, isSecured } of networks)
          found.push(`${ssid} ${bssid} ${channel} ${rssi} ${isSecured}`);
      }),
    ).toBe(true);
    expect(host.radio!.scan(() => undefined)).toBe(false);
    await lan.runFor("2s");
    expect(found).toEqual(["free 02:00:00:00:00:06 6 -35 false", `home ${ap.bssid} 1 -56 true`]);
  });

  it("is refused where there is no room, and tries again", async () => {
    const lan = new Lan();
    const ap = lan.accessPoint("ap", { ssid: "open", maxStations: 1 });
    const { host, events } = station(lan);
    host.radio!.connect("open");
    await lan.runFor("2s");
    const second = lan.host("second", { wifi: { ssid: "open" } });
    await lan.runFor("4s");
    expect(ap.isFull).toBe(true);
    host.radio!.disconnect();
    await lan.until(() => second.radio!.hasJoined);
    expect(events).toEqual(["1760 joined open -50 dBm", "6000 lost open left"]);
    expect(lan.story.map(({ text }) => text)).toContain(
      "cannot join open: the access point takes no more stations",
    );
  });

  it("is out when it is sent away, and comes back by itself", async () => {
    const { lan, ap } = home();
    const sensor = lan.host("sensor", { wifi: HOME });
    await lan.runFor("2s");
    ap.disconnect(sensor.radio);
    expect([sensor.radio!.hasJoined, ap.stations]).toEqual([false, []]);
    await lan.runFor("1ms");
    expect(sensor.network.up).toBe(false);
    await lan.until(() => sensor.radio!.hasJoined);
    expect(lan.simulation.now()).toBe(4760);
  });

  it("notices after a while that its access point is gone, and joins when it is back", async () => {
    const { lan, ap, server } = home();
    await echo(server);
    const { host, events } = station(lan);
    const sensor = lan.host("sensor", { wifi: HOME, app: firmware() });
    host.radio!.connect(HOME.ssid, HOME.password);
    await lan.until(() => sensor.network.ipv4 !== undefined && host.radio!.hasJoined);
    const at = lan.simulation.now();
    ap.powerOff();
    await lan.runFor("5s");
    expect([host.network.up, sensor.network.up]).toEqual([true, true]);
    await lan.runFor("2s");
    expect(events[1]).toBe(`${at + 6000} lost home no-beacons`);
    expect([host.network.up, sensor.network.up]).toEqual([false, false]);
    ap.powerOn();
    await lan.until(() => sensor.radio!.hasJoined);
    await lan.until(() => sensor.network.ipv4 !== undefined);
    expect(await ask(lan, sensor, "server:7")).toBe("hello");
  });

  it("stays when it is out of reach for a moment only", async () => {
    const { lan } = home();
    const { host, events } = station(lan);
    host.radio!.connect(HOME.ssid, HOME.password);
    await lan.runFor("2s");
    host.radio!.setSignal(-91);
    await lan.runFor("5s");
    host.radio!.setSignal(undefined);
    await lan.runFor("1m");
    expect(events).toEqual(["1760 joined home -56 dBm"]);
  });

  it("is out of all networks when its power was off", async () => {
    const { lan, ap } = home();
    const sensor = lan.host("sensor", { wifi: HOME });
    await lan.runFor("2s");
    sensor.reboot();
    expect([sensor.radio!.hasJoined, ap.stations]).toEqual([false, []]);
    await lan.runFor("2s");
    expect(sensor.radio!.hasJoined).toBe(true);
    sensor.powerOff();
    await lan.runFor("1m");
    expect([sensor.radio!.isOn, ap.stations]).toEqual([false, []]);
    sensor.powerOn();
    await lan.runFor("2s");
    expect(ap.stations).toEqual([sensor.radio]);
  });
});

describe("the distance", () => {
  /** What of a hundred datagrams comes back, and how long the first takes, in ms. */
  async function figures(
    x: number,
    change?: (host: LanHost) => void,
  ): Promise<{ share: number; time: number }> {
    const lan = new Lan({ seed: 7 });
    const server = lan.host("server", { address: "192.168.1.1/24" });
    lan.accessPoint("ap", { ...HOME, place: { x: 0, y: 0 } });
    await echo(server);
    const host = lan.host("host", { wifi: { ...HOME, place: { x, y: 0 } }, address: "192.168.1.2/24" });
    await lan.until(() => host.radio!.hasJoined);
    await lan.runFor("1s");
    change?.(host);
    let answers = 0;
    const socket = new host.stack.io.UDP({
      port: 99,
      onReadable(count) {
        for (; count > 0; count--) {
          socket.read();
          answers++;
        }
      },
    });
    const begin = lan.simulation.now();
    await askByUdp(lan, host, "192.168.1.1:7", new Uint8Array(1000));
    const time = lan.simulation.now() - begin;
    for (let sent = 0; sent < 100; sent++) {
      socket.write(new Uint8Array(1000), "192.168.1.1", 7);
      await lan.runFor("100ms");
    }
    return { share: answers / 100, time };
  }

  it("costs time and then frames, which healing a fault does not change", async () => {
    const near = await figures(5);
    const far = await figures(38);
    const edge = await figures(64, ({ cable }) => cable.heal());
    expect(near.share).toBe(1);
    expect(far.share).toBe(1);
    expect(edge.share).toBeLessThan(0.9);
    expect(edge.share).toBeGreaterThan(0.5);
    expect(near.time).toBeLessThan(far.time);
    expect(far.time).toBeLessThan(edge.time);
  });
});

describe("roaming", () => {
  it("goes to the stronger access point of the same network, with a gap that connections outlive", async () => {
    const { lan, ap, server } = home();
    const far = lan.accessPoint("far", { ...HOME, place: { x: 40, y: 0 } });
    lan.accessPoint("cafe", { ssid: "free", place: { x: 40, y: 1 } });
    await echo(server);
    const { host, events } = station(lan, "phone", { x: 1, y: 0 });
    host.radio!.connect(HOME.ssid, HOME.password);
    const sensor = lan.host("sensor", { wifi: { ...HOME, place: { x: 2, y: 0 } }, app: firmware() });
    await lan.until(() => sensor.network.ipv4 !== undefined && host.radio!.hasJoined);
    await echo(sensor);
    expect(ap.stations).toHaveLength(2);
    const lease = sensor.network.ipv4;
    const began = lan.simulation.now();
    host.radio!.place = { x: 38, y: 0 };
    sensor.radio!.place = { x: 38, y: 0 };
    expect(far.stations).toEqual([]);
    await lan.until(() => far.stations.length === 2);
    expect(lan.simulation.now() - began).toBe(1150);
    expect(events[1]).toBe(`${began + 1150} roamed home -44 dBm`);
    expect(sensor.network.ipv4).toBe(lease);
    // The server has not heard the station since: the access point has told the switches where it is.
    await lan.runFor("10ms");
    expect(await ask(lan, server, `${sensor.address}:7`)).toBe("hello");
  });

  it("does not go where it is hardly better, another network, or full", async () => {
    const { lan, ap } = home();
    lan.accessPoint("weak", { ...HOME, place: { x: 50, y: 0 } });
    lan.accessPoint("cafe", { ssid: "free", place: { x: 30, y: 0 } });
    lan.accessPoint("full", { ...HOME, place: { x: 30, y: 0 }, maxStations: 0 });
    const { host, events } = station(lan, "phone", { x: 1, y: 0 });
    host.radio!.connect(HOME.ssid, HOME.password);
    await lan.runFor("2s");
    host.radio!.place = { x: 30, y: 0 };
    await lan.runFor("1m");
    expect(host.radio!.accessPoint).toBe(ap);
    expect(events).toHaveLength(1);
  });
});

it("refuses what cannot be", () => {
  const lan = new Lan();
  expect(() => lan.accessPoint("a", { ssid: "" })).toThrow("0 bytes, want 1 to 32");
  expect(() => lan.accessPoint("b", { ssid: "ä".repeat(17) })).toThrow("34 bytes");
  expect(() => lan.accessPoint("c", { ssid: "home", password: "short" })).toThrow("8 to 63");
  const on = lan.switch("home");
  expect(() => lan.host("both", { on, wifi: HOME })).toThrow("not both");
});

it("runs the same way each time with the same seed", async () => {
  const run = async (): Promise<string[]> => {
    const { lan } = home(3);
    const frames: string[] = [];
    lan.observe(({ time, length, comment }) => frames.push(`${time} ${length} ${comment ?? ""}`));
    lan.host("edge", { wifi: { ...HOME, place: { x: 62, y: 0 } }, app: firmware() });
    await lan.runFor("1m");
    return frames;
  };
  const frames = await run();
  expect(frames.some((line) => line.includes("dropped: Wi-Fi"))).toBe(true);
  expect(await run()).toEqual(frames);
  expect(tellRadioEvent({ type: "lost", ssid: "home", reason: "left" }).text).toBe(
    "out of home: it has left",
  );
});
