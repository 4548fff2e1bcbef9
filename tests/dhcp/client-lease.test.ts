import { describe, expect, it } from "@jest/globals";
import { DHCP_INFINITE_TIME, type DhcpMessage, type DhcpOptions } from "../../src/wire/index.js";
import { ClientDialogue, NAK, OFFERED } from "./client-dialogue.js";
import { ip, OTHER_SERVER } from "./messages.js";

const FROM_OTHER: DhcpOptions = { ...OFFERED, serverIdentifier: OTHER_SERVER };

describe("keeping an address", () => {
  it("asks its server from T1, any server from T2, and gives up at the end", () => {
    const client = new ClientDialogue().bind().until(3_600_000);
    const lines = client.take().map((line) => line.replace(/ xid=\d+/, ""));
    expect(lines).toEqual([
      "1800000 RENEWING",
      "1800000 10.0.0.100 > 10.0.0.1:67 REQUEST secs=0 ciaddr=10.0.0.100",
      "2475000 failed: renewal-unanswered",
      "2475000 10.0.0.100 > 10.0.0.1:67 REQUEST secs=675 ciaddr=10.0.0.100",
      "2812500 failed: renewal-unanswered",
      "2812500 10.0.0.100 > 10.0.0.1:67 REQUEST secs=1012 ciaddr=10.0.0.100",
      "2981250 failed: renewal-unanswered",
      "2981250 10.0.0.100 > 10.0.0.1:67 REQUEST secs=1181 ciaddr=10.0.0.100",
      "3065625 failed: renewal-unanswered",
      "3065625 10.0.0.100 > 10.0.0.1:67 REQUEST secs=1265 ciaddr=10.0.0.100",
      "3125625 failed: renewal-unanswered",
      "3125625 10.0.0.100 > 10.0.0.1:67 REQUEST secs=1325 ciaddr=10.0.0.100",
      "3150000 failed: renewal-unanswered",
      "3150000 REBINDING",
      "3150000 10.0.0.100 > 255.255.255.255:67 REQUEST secs=1350 ciaddr=10.0.0.100",
      "3375000 failed: renewal-unanswered",
      "3375000 10.0.0.100 > 255.255.255.255:67 REQUEST secs=1575 ciaddr=10.0.0.100",
      "3487500 failed: renewal-unanswered",
      "3487500 10.0.0.100 > 255.255.255.255:67 REQUEST secs=1687 ciaddr=10.0.0.100",
      "3547500 failed: renewal-unanswered",
      "3547500 10.0.0.100 > 255.255.255.255:67 REQUEST secs=1747 ciaddr=10.0.0.100",
      "3600000 failed: renewal-unanswered",
      "3600000 configure nothing",
      "3600000 expired",
      "3600000 INIT",
      "3600000 SELECTING",
      "3600000 0.0.0.0 > 255.255.255.255:67 DISCOVER secs=0 requested=10.0.0.100",
    ]);
    expect(new Set(client.sent.map((message) => message.xid)).size).toBe(client.sent.length - 1);
  });

  it("tries a short lease several times before it ends", () => {
    const client = new ClientDialogue().bind({ ...OFFERED, leaseTime: 120 }).until(119_999);
    expect(client.sendTimes("REQUEST")).toEqual([60_000, 82_500, 93_750, 101_250, 105_000, 112_500]);
  });

  it.each<[name: string, options: DhcpOptions, renewSeconds: number, rebindSeconds: number]>([
    ["the server's", { renewalTime: 100, rebindingTime: 200 }, 100, 200],
    ["by default", {}, 1800, 3150],
    ["T2 alone, before the default T1", { rebindingTime: 900 }, 900, 900],
    ["T1 after T2", { renewalTime: 300, rebindingTime: 200 }, 1800, 3150],
    ["T2 at the end", { rebindingTime: 3600 }, 1800, 3150],
    ["T1 at once", { renewalTime: 0 }, 1800, 3150],
  ])("T1 and T2: %s", (_name, options, renewSeconds, rebindSeconds) => {
    const client = new ClientDialogue().bind({ ...OFFERED, ...options });
    expect(client.machine.lease).toMatchObject({ renewSeconds, rebindSeconds });
    expect(client.deadline).toBe(renewSeconds * 1_000);
  });

  it("an infinite lease has no timer", () => {
    const client = new ClientDialogue().bind({ ...OFFERED, leaseTime: DHCP_INFINITE_TIME, renewalTime: 5 });
    expect(client.machine.lease).toMatchObject({
      leaseSeconds: Infinity,
      renewSeconds: Infinity,
      rebindSeconds: Infinity,
    });
    expect(client.deadline).toBe(Infinity);
  });

  it("an ACK renews: the lease counts from its REQUEST, and nothing is configured anew", () => {
    const client = new ClientDialogue().bind().until(2_475_010);
    client.take();
    const previous = client.machine.lease;
    client.receive("ACK");
    expect(client.take()).toEqual(["2475010 BOUND", "2475010 renewed"]);
    expect(client.events.at(-1)).toMatchObject({
      type: "changed",
      reason: "renewed",
      previous: { lease: previous, probed: true },
      current: { lease: { obtainedAt: 2_475_000 }, probed: true },
    });
    expect(client.deadline).toBe(2_475_000 + 1_800_000);
  });

  it.each<[name: string, options: DhcpOptions, line: string]>([
    ["gateway", { routers: [OTHER_SERVER] }, "configure 10.0.0.100/24 gateway 10.0.0.2 dns 10.0.0.1"],
    ["name server", { dnsServers: [OTHER_SERVER] }, "configure 10.0.0.100/24 gateway 10.0.0.1 dns 10.0.0.2"],
    ["prefix", { subnetMask: ip("255.255.0.0") }, "configure 10.0.0.100/16 gateway 10.0.0.1 dns 10.0.0.1"],
  ])("an ACK with another %s configures it", (_name, options, line) => {
    const client = new ClientDialogue().bind().until(1_800_000);
    client.take();
    client.receive("ACK", {}, { ...OFFERED, ...options });
    expect(client.take()).toContain(`1800000 ${line}`);
  });

  it("in REBINDING another server may take the lease over, in RENEWING it may not", () => {
    const client = new ClientDialogue().bind().until(1_800_000).receive("ACK", {}, FROM_OTHER);
    expect(client.machine.state).toBe("RENEWING");
    client.until(3_150_000).receive("ACK", {}, FROM_OTHER);
    expect(client.machine.state).toBe("BOUND");
    expect(client.machine.lease?.server).toEqual(OTHER_SERVER);
  });

  it("a NAK takes the address away", () => {
    const client = new ClientDialogue().bind().until(1_800_000);
    client.take();
    client.receive("NAK", {}, NAK);
    expect(client.take()).toEqual([
      "1800000 forget",
      "1800000 configure nothing",
      "1800000 nak",
      "1800000 INIT",
    ]);
    expect(client.machine.lease).toBeUndefined();
    client.until(1_800_000);
    expect(client.machine.state).toBe("SELECTING");
  });

  it("a device that slept past the end of its lease loses it first", () => {
    const client = new ClientDialogue().bind();
    client.now = 5_000_000;
    client.machine.poll(client.now);
    expect(client.take()).toEqual(["5000000 configure nothing", "5000000 expired", "5000000 INIT"]);
  });

  it("a poll that comes early does nothing but ask again", () => {
    const client = new ClientDialogue().bind();
    client.deadline = Infinity;
    client.machine.poll(1_799_999);
    expect(client.take()).toEqual([]);
    expect(client.deadline).toBe(1_800_000);
  });
});

describe("what a lease keeps of an ACK", () => {
  it.each<[name: string, fields: Partial<DhcpMessage>, options: DhcpOptions, lease: object]>([
    ["no mask: class A", {}, { ...OFFERED, subnetMask: undefined }, { prefixLength: 8 }],
    [
      "no mask: class B",
      { yiaddr: ip("172.16.0.9") },
      { ...OFFERED, subnetMask: undefined },
      { prefixLength: 16 },
    ],
    [
      "no mask: class C",
      { yiaddr: ip("192.168.0.9") },
      { ...OFFERED, subnetMask: undefined },
      { prefixLength: 24 },
    ],
    [
      "a /31, whose ends are hosts",
      { yiaddr: ip("10.0.0.0") },
      { ...OFFERED, subnetMask: ip("255.255.255.254") },
      { prefixLength: 31 },
    ],
    ["no gateway", {}, { ...OFFERED, routers: undefined }, { gateway: undefined }],
    [
      "the first gateway that a host can have",
      {},
      { ...OFFERED, routers: [ip("0.0.0.0"), OTHER_SERVER] },
      { gateway: OTHER_SERVER },
    ],
    ["no name servers", {}, { ...OFFERED, dnsServers: undefined }, { dns: [] }],
    [
      "the first four name servers",
      {},
      { ...OFFERED, dnsServers: ["0.0.0.0", "1.0.0.1", "1.0.0.2", "1.0.0.3", "1.0.0.4", "1.0.0.5"].map(ip) },
      { dns: ["1.0.0.1", "1.0.0.2", "1.0.0.3", "1.0.0.4"].map(ip) },
    ],
  ])("%s", (_name, fields, options, lease) => {
    const client = new ClientDialogue()
      .start()
      .receive("OFFER", fields, options)
      .receive("ACK", fields, options);
    client.probed({ free: true }, fields.yiaddr);
    expect(client.machine.lease?.configuration).toMatchObject(lease);
  });
});

describe("an address in use that another host takes (RFC 5227 §2.4)", () => {
  it("is declined, and another one asked for after ten seconds (RFC 2131 §3.1)", () => {
    const client = new ClientDialogue().bind().until(20_000);
    client.conflict();
    expect(client.take()).toEqual([
      "20000 configure nothing",
      "20000 conflict",
      "20000 conflict with 02:00:00:00:00:99",
      "20000 forget",
      expect.stringMatching(/^20000 0\.0\.0\.0 > 255\.255\.255\.255:67 DECLINE .* requested=10\.0\.0\.100/),
      "20000 INIT",
    ]);
    expect(client.deadline).toBe(30_000);
  });

  it("is nothing to a client that has another one", () => {
    const client = new ClientDialogue().bind();
    client.conflict(OTHER_SERVER);
    expect(client.take()).toEqual([]);
  });
});
