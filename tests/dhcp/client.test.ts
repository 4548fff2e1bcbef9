import { describe, expect, it } from "@jest/globals";
import { leaseStorageKey } from "../../src/dhcp/client/driver.js";
import { NetworkError } from "../../src/error/index.js";
import { checkStorageKey } from "../../src/host/index.js";
import { DhcpClient, type DhcpClientEvent, type DhcpClientOptions } from "../../src/dhcp/index.js";
import { MemoryNetwork, seeded } from "./memory-network.js";
import { ADDRESS, bytesOf, SERVER } from "./messages.js";
import { OFFERED } from "./client-dialogue.js";
import { parseDhcp } from "../../src/wire/index.js";

/** A client and, on the same link, a server that the test plays. */
function setUp(options: Partial<DhcpClientOptions> = {}) {
  const network = new MemoryNetwork(seeded(1));
  const { time } = network;
  const server = network.attach();
  server.configure({ address: SERVER, prefixLength: 24, dns: [] });
  const host = network.attach();
  const events: DhcpClientEvent[] = [];
  const client = new DhcpClient({
    link: host,
    network: host,
    clock: time,
    timers: time,
    random: seeded(2),
    onEvent: (event) => events.push(event),
    ...options,
  });
  /** Answers each message as a server that always gives the same address, until what it returns is called. */
  const serve = (): (() => void) =>
    server.listen(67, (bytes) => {
      const message = parseDhcp(bytes);
      if (typeof message === "string" || message.type === "RELEASE") return;
      const { xid, chaddr } = message;
      const type = message.type === "DISCOVER" ? "OFFER" : "ACK";
      const answer = bytesOf(type, { xid, chaddr, yiaddr: ADDRESS }, OFFERED);
      server.send(answer, { address: ADDRESS, port: 68, mac: chaddr }, SERVER, 67);
    });
  return { network, time, host, server, client, events, serve };
}

describe("DhcpClient", () => {
  it("configures and announces the address that it leased", () => {
    const { client, host, time, serve, events } = setUp();
    serve();
    client.start();
    time.until(10_000);
    expect(client.state).toBe("BOUND");
    expect(client.lease).toMatchObject({ address: ADDRESS, server: SERVER });
    expect(host.ipv4).toEqual({ address: ADDRESS, prefixLength: 24, gateway: SERVER, dns: [SERVER] });
    expect(host.announced).toEqual(["10.0.0.100"]);
    const told = events.map((event) =>
      event.type === "state" ? event.to : "message" in event ? event.message : event.type,
    );
    expect(told).toEqual([
      "INIT",
      "SELECTING",
      "DISCOVER",
      "OFFER",
      "REQUESTING",
      "REQUEST",
      "ACK",
      "PROBING",
      "BOUND",
      "changed",
    ]);
  });

  it("has one timer at most", () => {
    const { client, time, network } = setUp();
    // What is on its way is a timer too.
    network.latency = 0;
    client.start();
    for (let now = 0; now < 300_000; now += 500) {
      time.until(now);
      expect(time.pending).toBe(1);
    }
    client.stop();
    expect(time.pending).toBe(0);
  });

  it("sends nothing and calls nothing from inside start", () => {
    const { client, time, events } = setUp();
    client.start();
    expect(events).toEqual([]);
    time.until(0);
    expect(events.at(-1)).toMatchObject({ type: "sent", message: "DISCOVER" });
  });

  it("calls nothing after stop, whose events come before it returns", () => {
    const { client, host, time, serve, events } = setUp();
    serve();
    client.start();
    time.until(10_000);
    events.length = 0;
    client.stop();
    expect(events.map((event) => event.type)).toEqual(["sent", "changed", "state"]);
    expect(host.ipv4).toBeUndefined();
    events.length = 0;
    time.until(10_000_000);
    expect(events).toEqual([]);
  });

  it.each(["INIT", "SELECTING", "REQUESTING", "PROBING", "BOUND"])(
    "may be stopped in the event that tells of %s",
    (state) => {
      const events: DhcpClientEvent[] = [];
      const { client, time, serve } = setUp({
        onEvent: (event) => {
          events.push(event);
          if (event.type === "state" && event.to === state) client.stop();
        },
      });
      serve();
      client.start();
      time.until(100_000);
      expect(client.state).toBe("STOPPED");
      expect(events.at(-1)).toMatchObject({ type: "state", to: "STOPPED" });
      expect(time.pending).toBe(0);
    },
  );

  it("may be stopped and started again in an event", () => {
    let restarts = 0;
    const { client, time, serve } = setUp({
      onEvent: (event) => {
        if (event.type !== "changed" || event.reason !== "bound" || restarts++ > 0) return;
        client.stop();
        client.start();
      },
    });
    serve();
    client.start();
    time.until(20_000);
    expect(restarts).toBe(2);
    expect(client.state).toBe("BOUND");
  });

  it("renews when the host's timer is a little early", () => {
    const { client, time, serve } = setUp({});
    const early = {
      set: (callback: () => void, delay: number) => time.set(callback, delay - 0.9),
      clear: time.clear.bind(time),
    };
    const { client: hasty, time: hastyTime, serve: hastyServe } = setUp({ timers: early });
    serve();
    hastyServe();
    client.start();
    hasty.start();
    time.until(2_000_000);
    hastyTime.until(2_000_000);
    expect(client.lease!.obtainedAt).toBeGreaterThan(1_700_000);
  });

  it("started twice, it listens once", () => {
    const { client } = setUp();
    client.start();
    expect(() => client.start()).not.toThrow();
  });

  it("throws where another client has the port", () => {
    const { client, host } = setUp();
    host.listen(68, () => undefined);
    expect(() => client.start()).toThrow("EADDRINUSE");
    expect(client.state).toBe("STOPPED");
  });

  it("throws where the platform owns the address, and leaves the port free", () => {
    const { client, host } = setUp();
    host.configure = () => {
      throw new NetworkError("ENOTSUP", "configure", "eth0");
    };
    expect(() => client.start()).toThrow("ENOTSUP");
    host.listen(68, () => undefined);
  });

  it("survives a host that throws at what it is asked for, and tells it", () => {
    const lines: string[] = [];
    const fail = (): never => {
      throw new Error("worn out");
    };
    const { client, host, time, serve } = setUp({
      storage: { get: fail, set: fail, delete: fail },
      log: (level, line) => lines.push(`${level} ${line}`),
    });
    serve();
    client.start();
    time.until(10_000);
    expect(client.state).toBe("BOUND");
    expect(lines).toEqual(["warn DHCP: storage: worn out", "debug DHCP: storage: worn out"]);
    host.send = fail;
    time.until(1_900_000);
    expect(client.state).toBe("RENEWING");
    expect(lines[2]).toBe("warn DHCP: send: worn out");
  });

  it("has its lease in storage, and confirms it at the next start", () => {
    const values = new Map<string, Uint8Array>();
    const storage = {
      get: (key: string) => values.get(key),
      set: (key: string, value: Uint8Array) => void values.set(key, value),
      delete: (key: string) => void values.delete(key),
    };
    const { client, time, serve, events } = setUp({ storage });
    serve();
    client.start();
    time.until(10_000);
    expect([...values.keys()]).toEqual(["dhcp.eth0"]);
    client.stop({ keepLease: true });
    events.length = 0;
    client.start();
    time.until(20_000);
    expect(client.state).toBe("BOUND");
    expect(events.some((event) => event.type === "changed" && event.reason === "rebooted")).toBe(true);
    client.stop();
    expect(values.size).toBe(0);
  });

  it("confirms its lease when the cable was pulled and plugged", () => {
    const { client, host, time, serve, events } = setUp();
    serve();
    client.start();
    time.until(10_000);
    host.setUp(false);
    time.until(11_000);
    expect(client.state).toBe("INIT-REBOOT");
    expect(host.ipv4?.address).toEqual(ADDRESS);
    events.length = 0;
    host.setUp(true);
    time.until(12_000);
    expect(client.state).toBe("BOUND");
    expect(events.at(-1)).toMatchObject({ type: "changed", reason: "rebooted" });
  });

  it("logs each kind of bad message once", () => {
    const lines: string[] = [];
    const { client, host, time } = setUp({ log: (_, line) => lines.push(line) });
    client.start();
    time.until(0);
    for (let count = 0; count < 5; count++) host.deliver(new Uint8Array(3), 68, SERVER, 67);
    expect(lines).toEqual(["DHCP: messages are ignored: dhcp-truncated"]);
  });

  it("warns once of a server that is gone, and once more when any server is asked", () => {
    const lines: string[] = [];
    const { client, time, serve } = setUp({
      log: (level, line) => void (level === "debug" || lines.push(line)),
    });
    const stopServing = serve();
    client.start();
    time.until(10_000);
    stopServing();
    time.until(36_000_000);
    expect(client.state).toBe("SELECTING");
    expect(lines).toEqual([
      "DHCP: renewal unanswered: RENEWING",
      "DHCP: renewal unanswered: REBINDING",
      "DHCP: no server",
    ]);
  });

  it("logs in words what did not come about", () => {
    const lines: string[] = [];
    const { client, time, serve } = setUp({ log: (_, line) => lines.push(line), choose: () => undefined });
    serve();
    client.start();
    time.until(5_000);
    expect(lines).toEqual(["DHCP: no offer chosen"]);
  });

  it("counts what it ignores", () => {
    const { client, host, time } = setUp();
    client.start();
    time.until(0);
    host.deliver(new Uint8Array(3), 68, SERVER, 67);
    expect(client.ignored).toEqual({ "dhcp-truncated": 1 });
  });
});

it("stores a lease under a key that every storage takes, whatever the interface's name", () => {
  for (const name of ["wlan0", "tap0", "as-long-as-it-may-be"]) {
    const key = leaseStorageKey(name);
    expect(checkStorageKey(key)).toBe(key);
  }
  expect(leaseStorageKey("wlan0")).toBe("dhcp.wlan0");
  expect(leaseStorageKey("long-interface-1")).not.toBe(leaseStorageKey("long-interface-2"));
});
