import { describe, expect, it } from "@jest/globals";
import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import { defaultHostName, HTTP_RETRY_DELAY } from "../../src/device/index.js";
import { NetworkError } from "../../src/error/index.js";
import { Router } from "../../src/http/server/index.js";
import { DeviceUnderTest } from "./device-under-test.js";

const configurationOf = (
  address: string,
): { address: Ipv4Address; prefixLength: number; dns: Ipv4Address[] } => ({
  address: Ipv4Address.parse(address),
  prefixLength: 16,
  dns: [],
});

describe("with DHCP", () => {
  it("a device gets an address, and then serves its pages", () => {
    const { story, events } = new DeviceUnderTest().boot();
    expect(story).toMatchObject([
      { type: "address-acquired", previous: undefined },
      { type: "http-listening", port: 80, url: "http://10.77.0.129/" },
    ]);
    const messages = events.flatMap((event) =>
      event.type === "dhcp" && "message" in event.event ? [event.event.message] : [],
    );
    expect(messages).toEqual(["DISCOVER", "OFFER", "REQUEST", "ACK"]);
  });

  it("nothing is called from inside start", () => {
    const { device, events } = new DeviceUnderTest();
    device.start();
    expect(events).toEqual([]);
  });

  it("without an address there are no pages", () => {
    const test = new DeviceUnderTest();
    test.dhcpServer.stop();
    test.boot();
    expect(test.story).toEqual([]);
    expect(test.sockets.listening).toEqual([]);
    test.dhcpServer.start();
    test.pass(60_000);
    expect(test.ask("GET /")).toMatch(/^HTTP\/1.1 200/);
  });

  it("the status says what is known", () => {
    const test = new DeviceUnderTest().boot();
    test.pass(55_000);
    expect(test.status()).toEqual({
      mac: "02:00:00:00:00:01",
      ip: "10.77.0.129",
      mask: "255.255.255.0",
      prefixLength: 24,
      gateway: "10.77.0.1",
      dns: ["10.77.0.1", "9.9.9.9"],
      hostname: "wirelet-000001",
      platform: "virtual",
      uptimeSeconds: 65,
      lastError: null,
      requestsServed: 0,
      memory: { used: 49_152, total: 327_680 },
      dhcp: expect.objectContaining({ state: "BOUND", server: "10.77.0.1" }),
    });
  });

  it("what ended the run before this one is said, on the page as text", () => {
    const test = new DeviceUnderTest({ lastError: "unhandled exception: Error: <b>" }).boot();
    expect(test.status().lastError).toBe("unhandled exception: Error: <b>");
    expect(test.body("GET /")).toContain(
      "<dt>Restarted after</dt><dd>unhandled exception: Error: &lt;b&gt;</dd>",
    );
    expect(new DeviceUnderTest().boot().body("GET /")).not.toContain("Restarted after");
  });

  it("the host's own pages are linked from the device's", () => {
    const test = new DeviceUnderTest({ httpPort: 8080 });
    const pages = new Router();
    pages.get("/", (_, response) => response.send("mine"));
    test.device.mount("/network", pages, "Wi-Fi");
    expect(test.device.authority).toBeUndefined();
    test.boot();
    expect(test.device.authority).toBe("10.77.0.129:8080");
    expect(test.body("GET /", 8080)).toContain('<a href="/network/">Wi-Fi</a>');
    expect(test.body("GET /network/", 8080)).toBe("mine");
  });

  it("the requests served are counted, refusals too, and not the one that asks", () => {
    const test = new DeviceUnderTest().boot();
    test.ask("GET /");
    test.ask("GET /nowhere");
    expect(test.status().requestsServed).toBe(2);
    expect(test.device.status.requestsServed).toBe(3);
  });

  it("who watches hears of events and answers, until it is enough", () => {
    const test = new DeviceUnderTest();
    let calls = 0;
    const unwatch = test.device.watch(() => (calls += 1));
    test.boot();
    expect(calls).toBe(test.events.length);
    const before = calls;
    test.ask("GET /");
    expect(calls - before).toBe(1);
    unwatch();
    test.ask("GET /");
    expect(calls - before).toBe(1);
  });

  it("two runs say the same", () => {
    const pages = [1, 2].map(() => new DeviceUnderTest().boot().body("GET /"));
    expect(pages[0]).toBe(pages[1]);
  });

  it("a lost address takes the pages away, and a new one brings them back", () => {
    const test = new DeviceUnderTest({}, 120).boot();
    test.dhcpServer.stop();
    test.pass(125_000);
    expect(test.story.slice(2)).toMatchObject([{ type: "address-lost" }]);
    expect(test.sockets.listening).toEqual([]);
    test.dhcpServer.start();
    test.pass(120_000);
    expect(test.story.slice(3)).toMatchObject([{ type: "address-acquired" }, { type: "http-listening" }]);
  });

  it("the pages are at a link-local address as long as there is no server", () => {
    const test = new DeviceUnderTest();
    test.dhcpServer.stop();
    test.device.start();
    test.pass(60_000);
    const { ip, dhcp } = test.status();
    expect(ip).toMatch(/^169\.254\./);
    expect(dhcp).toMatchObject({ source: "link-local", lastChange: { reason: "link-local" } });
    test.dhcpServer.start();
    test.pass(120_000);
    expect(test.status()).toMatchObject({ ip: "10.77.0.129", dhcp: { source: "dhcp" } });
    expect(test.story).toMatchObject([
      { type: "address-acquired" },
      { type: "http-listening", url: `http://${ip}/` },
      { type: "address-acquired" },
      { type: "http-listening", url: "http://10.77.0.129/" },
    ]);
  });

  it("a renewal disturbs nobody", () => {
    const test = new DeviceUnderTest({}, 120).boot();
    const client = test.sockets.connect();
    test.pass(0);
    for (let count = 0; count < 40; count++) {
      client.send("GET /api/status HTTP/1.1\r\nHost: a\r\n\r\n");
      test.pass(10_000);
    }
    expect(client.closed).toBe(false);
    expect(test.story).toHaveLength(2);
  });

  it("a device that is stopped gives its address back, and can start again", () => {
    const test = new DeviceUnderTest().boot();
    test.device.stop();
    expect(test.network.ipv4).toBeUndefined();
    expect(test.sockets.listening).toEqual([]);
    const count = test.story.length;
    test.pass(100_000);
    expect(test.story).toHaveLength(count);
    test.device.stop();
    test.boot();
    expect(test.story.slice(count)).toMatchObject([{ type: "address-acquired" }, { type: "http-listening" }]);
  });

  it("a device can be stopped in any event", () => {
    for (const type of ["dhcp", "address-acquired", "http-listening"]) {
      const test: DeviceUnderTest = new DeviceUnderTest({
        onEvent: (event) => {
          if (event.type === type) test.device.stop();
        },
      });
      test.boot();
      expect(test.sockets.listening).toEqual([]);
    }
  });
});

describe("with an address from elsewhere", () => {
  it("the device takes what there is", () => {
    const test = new DeviceUnderTest({ dhcp: undefined, httpPort: 8080 });
    test.network.configure(configurationOf("192.168.7.9"));
    test.boot();
    expect(test.story).toMatchObject([
      { type: "address-acquired" },
      { type: "http-listening", port: 8080, url: "http://192.168.7.9:8080/" },
    ]);
    expect(JSON.parse(test.body("GET /api/status", 8080))).toMatchObject({
      ip: "192.168.7.9",
      mask: "255.255.0.0",
      gateway: null,
      dns: [],
      dhcp: { state: null, source: null, server: null, leaseSeconds: null, options: [], lastChange: null },
    });
  });

  it("a change of address starts the pages anew, and the owner of the interface hears of it too", () => {
    const test = new DeviceUnderTest({ dhcp: undefined });
    let heard = 0;
    test.network.watch(() => heard++);
    test.network.configure(configurationOf("192.168.7.9"));
    test.boot();
    const client = test.sockets.connect();
    test.pass(0);
    test.network.configure(configurationOf("192.168.8.1"));
    test.pass(0);
    expect(client.closed).toBe(true);
    expect(test.story.slice(2)).toMatchObject([
      { type: "address-acquired", previous: { address: Ipv4Address.parse("192.168.7.9") } },
      { type: "http-listening", url: "http://192.168.8.1/" },
    ]);
    expect(heard).toBe(2);
    expect(test.ask("GET /")).toContain("192.168.8.1");
  });

  it("shows the address that it has now where the platform tells of no change", () => {
    const test = new DeviceUnderTest({ dhcp: undefined });
    test.network.configure(configurationOf("192.168.7.9"));
    test.boot();
    test.network.ipv4 = configurationOf("192.168.8.1");
    expect(test.status().ip).toBe("192.168.8.1");
    expect(test.body("GET /")).toContain("192.168.8.1");
    expect(test.body("GET /")).not.toContain("192.168.7.9");
  });

  it("a port that is taken is tried again", () => {
    const test = new DeviceUnderTest({ dhcp: undefined });
    test.sockets.listenError = new NetworkError("EADDRINUSE", "listen", "80");
    test.network.configure(configurationOf("192.168.7.9"));
    test.boot();
    expect(test.story).toMatchObject([
      { type: "address-acquired" },
      { type: "http-failed", port: 80, error: { code: "EADDRINUSE" } },
      { type: "http-listening" },
    ]);
  });

  it("a listener that fails later is made again", () => {
    const test = new DeviceUnderTest({ dhcp: undefined });
    test.network.configure(configurationOf("192.168.7.9"));
    test.boot();
    test.sockets.failListener(80, new NetworkError("ENETDOWN", "listen"));
    expect(test.sockets.listening).toEqual([]);
    test.pass(HTTP_RETRY_DELAY);
    expect(test.sockets.listening).toEqual([80]);
  });
});

describe("the host name", () => {
  it.each([
    ["00:1A:2B:3C:4D:5E", "wirelet-3c4d5e"],
    ["02:00:00:00:00:01", "wirelet-000001"],
  ])("of %s is %s", (mac, name) => {
    expect(defaultHostName(MacAddress.parse(mac))).toBe(name);
  });

  it("can be chosen", () => {
    const test = new DeviceUnderTest({ hostName: "kitchen" }).boot();
    expect(test.status().hostname).toBe("kitchen");
    expect(test.dhcpServer.leases).toHaveLength(1);
  });

  it("must be one that DHCP can carry", () => {
    expect(() => new DeviceUnderTest({ hostName: "" })).toThrow(NetworkError);
  });
});
