import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address, MacAddress } from "../../src/address/index.js";
import {
  MAX_SERVER_LEASES,
  type DhcpServerIgnoreReason,
  type DhcpServerMachineOptions,
} from "../../src/dhcp/index.js";
import {
  DHCP_INFINITE_TIME,
  type DhcpMessage,
  type DhcpMessageType,
  type DhcpOptions,
} from "../../src/wire/index.js";
import { ADDRESS, bytesOf, ip, MAC, OTHER_SERVER, SERVER } from "./messages.js";
import { ServerDialogue } from "./server-dialogue.js";

const mac = (number: number): MacAddress => MacAddress.fromValue(0x02_00_00_00_00_00 + number);
const TAKE: DhcpOptions = { requestedAddress: ADDRESS, serverIdentifier: SERVER };

describe("giving an address", () => {
  it("takes an OFFER and an ACK, unicast to a MAC that has no address yet", () => {
    const server = new ServerDialogue();
    server.receive("DISCOVER", { xid: 7, secs: 9 }).receive("REQUEST", { xid: 7 }, TAKE);
    expect(server.take()).toEqual([
      "0 > 10.0.0.100:68 at 02:00:00:00:00:01 OFFER xid=7 secs=0 yiaddr=10.0.0.100 server=10.0.0.1",
      "0 > 10.0.0.100:68 at 02:00:00:00:00:01 ACK xid=7 secs=0 yiaddr=10.0.0.100 server=10.0.0.1",
    ]);
    expect(server.machine.leases).toMatchObject([
      { address: ADDRESS, mac: MAC, state: "bound", expiresAt: 3_600_000 },
    ]);
  });

  it("tells the configuration", () => {
    const dns = [SERVER, OTHER_SERVER];
    const server = new ServerDialogue({ gateway: OTHER_SERVER, dns }).receive("DISCOVER");
    expect(server.sent[0]?.options).toEqual({
      serverIdentifier: SERVER,
      leaseTime: 3600,
      renewalTime: 1800,
      rebindingTime: 3150,
      subnetMask: ip("255.255.255.0"),
      broadcastAddress: ip("10.0.0.255"),
      routers: [OTHER_SERVER],
      dnsServers: dns,
    });
  });

  it("says what happens", () => {
    const server = new ServerDialogue();
    server.receive("DISCOVER", {}, { hostName: "device", requestedAddress: ADDRESS });
    expect(server.events).toEqual([
      { type: "received", message: "DISCOVER", client: MAC, hostName: "device", address: ADDRESS },
      {
        type: "sent",
        message: "OFFER",
        client: MAC,
        address: ADDRESS,
        leaseSeconds: 3600,
        destination: ADDRESS,
      },
    ]);
  });

  it.each<[name: string, fields: Partial<DhcpMessage>, to: string]>([
    ["the broadcast flag", { broadcast: true }, "255.255.255.255:68"],
    ["a relay, even with the broadcast flag", { giaddr: ip("10.0.0.9"), broadcast: true }, "10.0.0.9:67"],
    ["neither", {}, "10.0.0.100:68 at 02:00:00:00:00:01"],
  ])("answers go where RFC 2131 §4.1 says: %s", (_name, fields, to) => {
    const [line] = new ServerDialogue().receive("DISCOVER", fields).take();
    expect(line).toMatch(`> ${to} OFFER`);
  });

  it.each<[asked: number | undefined, offered: number]>([
    [undefined, 3600],
    [600, 600],
    [1, 60],
    [7200, 3600],
    [DHCP_INFINITE_TIME, 3600],
  ])("a client that asks for %s s gets %s s", (leaseTime, offered) => {
    const server = new ServerDialogue().receive("DISCOVER", {}, { leaseTime });
    expect(server.sent[0]?.options.leaseTime).toBe(offered);
  });

  it("T1 and T2 come up to a sixteenth of the lease sooner, at random", () => {
    const server = new ServerDialogue({ random: { uint32: () => 225 } }).receive("DISCOVER");
    expect(server.sent[0]?.options).toMatchObject({ renewalTime: 1800 - 225, rebindingTime: 3150 - 225 });
  });

  it("a lease of a second ends after a second", () => {
    const server = new ServerDialogue({ leaseSeconds: 1 });
    server.lease();
    expect(server.until(1_000).take()).toEqual(["1000 10.0.0.100 expired"]);
  });

  it("an infinite lease never ends", () => {
    const server = new ServerDialogue({ leaseSeconds: Infinity });
    server.lease();
    expect(server.sent[1]?.options).toMatchObject({ leaseTime: DHCP_INFINITE_TIME });
    expect(server.sent[1]?.options.renewalTime).toBeUndefined();
    server.until(1e12);
    expect(server.machine.leases[0]?.state).toBe("bound");
    expect(server.deadline).toBe(Infinity);
  });

  it("replies keep to the length that the client takes, with the longest identifier too", () => {
    const dns = [1, 2, 3, 4, 5, 6, 7, 8].map((last) => ip(`10.0.0.${last}`));
    const clientIdentifier = new Uint8Array(255).fill(3);
    const server = new ServerDialogue({ dns, gateway: OTHER_SERVER });
    server
      .receive("DISCOVER", {}, { clientIdentifier })
      .receive("DISCOVER", {}, { clientIdentifier, maxMessageSize: 1500 });
    expect(server.lengths[0]).toBeLessThanOrEqual(548);
    expect(server.lengths[1]).toBeGreaterThan(548);
    expect(server.sent[0]?.options).toMatchObject({ clientIdentifier, dnsServers: dns });
  });
});

describe("which address", () => {
  it("a returning client's own, known by its identifier rather than its MAC", () => {
    const clientIdentifier = Uint8Array.of(255, 1, 2, 3);
    const server = new ServerDialogue();
    expect(server.lease({ chaddr: mac(1) }, { clientIdentifier })).toBe("10.0.0.100");
    expect(server.lease({ chaddr: mac(1) })).toBe("10.0.0.101");
    expect(server.lease({ chaddr: mac(2) }, { clientIdentifier })).toBe("10.0.0.100");
    expect(server.lease({ chaddr: mac(1) })).toBe("10.0.0.101");
  });

  it("the one it had, after the lease has ended too", () => {
    const server = new ServerDialogue();
    server.lease({ chaddr: mac(1) });
    server.lease({ chaddr: mac(2) });
    server.until(4_000_000);
    expect(server.lease({ chaddr: mac(3) })).toBe("10.0.0.102");
    expect(server.lease({ chaddr: mac(2) })).toBe("10.0.0.101");
  });

  it("the one it asks for, if that is in the pool and nobody has it", () => {
    const server = new ServerDialogue();
    const asking = (client: number, address: string): string =>
      server.lease({ chaddr: mac(client) }, { requestedAddress: ip(address) });
    expect(asking(1, "10.0.0.101")).toBe("10.0.0.101");
    expect(asking(2, "10.0.0.101")).toBe("10.0.0.100");
    expect(asking(3, "10.0.0.99")).toBe("10.0.0.102");
  });

  it("never its own, the gateway's, or the subnet's ends", () => {
    const server = new ServerDialogue({
      address: ip("10.0.0.2"),
      gateway: ip("10.0.0.4"),
      prefixLength: 29,
      pool: { first: ip("10.0.0.0"), last: ip("10.0.0.7") },
    });
    for (let client = 1; client <= 6; client++) server.receive("DISCOVER", { chaddr: mac(client) });
    expect(server.sent.map((message) => message.yiaddr.toString())).toEqual([
      "10.0.0.1",
      "10.0.0.3",
      "10.0.0.5",
      "10.0.0.6",
    ]);
    expect(server.machine.ignored).toEqual({ "no-address-left": 2 });
  });

  it("the one that is free for longest, when each was given once", () => {
    const server = new ServerDialogue();
    for (const client of [1, 2, 3]) {
      server.lease({ chaddr: mac(client) });
      server.until(server.now + 1_000);
    }
    const release = (client: number, address: string): unknown =>
      server.receive("RELEASE", { chaddr: mac(client), ciaddr: ip(address) }, { serverIdentifier: SERVER });
    release(2, "10.0.0.101");
    server.until(5_000);
    release(1, "10.0.0.100");
    expect(server.lease({ chaddr: mac(4) })).toBe("10.0.0.101");
    expect(server.lease({ chaddr: mac(2) })).toBe("10.0.0.100");
    server.receive("DISCOVER", { chaddr: mac(1) });
    expect(server.take()).toEqual(["5000 ignored: no-address-left"]);
  });

  it("one that was offered and not taken can be given again soon", () => {
    const server = new ServerDialogue({ pool: { first: ADDRESS, last: ADDRESS } });
    server
      .receive("DISCOVER", { chaddr: mac(1) })
      .until(9_999)
      .receive("DISCOVER", { chaddr: mac(2) });
    expect(server.machine.ignored).toEqual({ "no-address-left": 1 });
    expect(server.until(10_000).lease({ chaddr: mac(2) })).toBe("10.0.0.100");
    // The offer's first holder is late.
    server.receive("REQUEST", { chaddr: mac(1) }, TAKE);
    expect(server.take()).toEqual([expect.stringContaining("NAK")]);
  });

  it("is written down for a bounded number of clients", () => {
    const server = new ServerDialogue({
      prefixLength: 8,
      pool: { first: ip("10.1.0.0"), last: ip("10.200.0.0") },
    });
    for (let client = 0; client < MAX_SERVER_LEASES + 5; client++)
      server.receive("DISCOVER", { chaddr: mac(client) });
    expect(server.machine.leases).toHaveLength(MAX_SERVER_LEASES);
    expect(server.machine.ignored).toEqual({ "no-address-left": 5 });
  });
});

describe("REQUEST (RFC 2131 §4.3.2)", () => {
  /** A server that has given 10.0.0.100 to client 1, at time 1000. */
  function bound(): ServerDialogue {
    const server = new ServerDialogue();
    server.lease({ chaddr: mac(1) });
    return server.until(1_000);
  }
  const ACK = "ACK xid=0 secs=0";
  const NAK = "1000 > 255.255.255.255:68 NAK xid=0 secs=0 server=10.0.0.1";

  it.each<[name: string, client: number, fields: Partial<DhcpMessage>, options: DhcpOptions, log: string[]]>([
    [
      "SELECTING, again",
      1,
      {},
      TAKE,
      [`1000 > 10.0.0.100:68 at 02:00:00:00:00:01 ${ACK} yiaddr=10.0.0.100 server=10.0.0.1`],
    ],
    ["SELECTING another address", 1, {}, { ...TAKE, requestedAddress: ip("10.0.0.101") }, [NAK]],
    ["SELECTING without an offer", 2, {}, { ...TAKE, requestedAddress: ip("10.0.0.101") }, [NAK]],
    [
      "SELECTING another server",
      1,
      {},
      { ...TAKE, serverIdentifier: OTHER_SERVER },
      ["1000 ignored: other-server"],
    ],
    [
      "INIT-REBOOT",
      1,
      {},
      { requestedAddress: ADDRESS },
      [`1000 > 10.0.0.100:68 at 02:00:00:00:00:01 ${ACK} yiaddr=10.0.0.100 server=10.0.0.1`],
    ],
    ["INIT-REBOOT with another's address", 1, {}, { requestedAddress: ip("10.0.0.102") }, [NAK]],
    ["INIT-REBOOT from another network", 2, {}, { requestedAddress: ip("192.168.1.2") }, [NAK]],
    [
      "INIT-REBOOT by a stranger",
      2,
      {},
      { requestedAddress: ip("10.0.0.102") },
      ["1000 ignored: unknown-client"],
    ],
    [
      "RENEWING",
      1,
      { ciaddr: ADDRESS },
      {},
      [`1000 > 10.0.0.100:68 ${ACK} ciaddr=10.0.0.100 yiaddr=10.0.0.100 server=10.0.0.1`],
    ],
    ["RENEWING another's address", 2, { ciaddr: ADDRESS }, {}, [NAK]],
    [
      "RENEWING what the server forgot",
      2,
      { ciaddr: ip("10.0.0.102") },
      {},
      [`1000 > 10.0.0.102:68 ${ACK} ciaddr=10.0.0.102 yiaddr=10.0.0.102 server=10.0.0.1`],
    ],
    ["RENEWING what is not in the pool", 2, { ciaddr: ip("10.0.0.50") }, {}, [NAK]],
    ["REBINDING from another network", 1, { ciaddr: ip("10.0.1.100") }, {}, [NAK]],
    ["no address at all", 1, {}, {}, ["1000 ignored: no-address-asked"]],
  ])("%s", (_name, client, fields, options, log) => {
    const server = bound().receive("REQUEST", { chaddr: mac(client), ...fields }, options);
    expect(server.take()).toEqual(log);
  });

  it("extends the lease", () => {
    const server = bound().receive("REQUEST", { chaddr: mac(1), ciaddr: ADDRESS });
    expect(server.machine.leases).toMatchObject([{ state: "bound", expiresAt: 3_601_000 }]);
  });

  it("for another server frees what was offered", () => {
    const server = new ServerDialogue().receive("DISCOVER");
    server.receive("REQUEST", {}, { ...TAKE, serverIdentifier: OTHER_SERVER });
    expect(server.machine.leases).toMatchObject([{ state: "free" }]);
  });

  it("a NAK through a relay is to be broadcast there", () => {
    const server = bound().receive("REQUEST", { chaddr: mac(2), ciaddr: ADDRESS, giaddr: ip("10.0.0.9") });
    expect(server.take()).toEqual(["1000 > 10.0.0.9:67 NAK xid=0 secs=0 broadcast server=10.0.0.1"]);
    expect(server.sent.at(-1)?.options.message).toBe("address not available");
  });
});

describe("the end of a lease", () => {
  it("comes when its time is over", () => {
    const server = new ServerDialogue();
    server.lease();
    expect(server.until(3_599_999).take()).toEqual([]);
    expect(server.until(3_600_000).take()).toEqual(["3600000 10.0.0.100 expired"]);
    expect(server.deadline).toBe(Infinity);
  });

  it("is noticed by the next message if no poll came", () => {
    const server = new ServerDialogue({ pool: { first: ADDRESS, last: ADDRESS } });
    server.lease({ chaddr: mac(1) });
    server.now = 3_600_000;
    expect(server.lease({ chaddr: mac(2) })).toBe("10.0.0.100");
  });

  it("comes with RELEASE", () => {
    const server = new ServerDialogue();
    server.lease();
    server.receive("RELEASE", { ciaddr: ADDRESS }, { serverIdentifier: SERVER });
    expect(server.take()).toEqual(["0 10.0.0.100 released"]);
  });

  it("comes with DECLINE, and nobody gets the address for ten minutes", () => {
    const server = new ServerDialogue({ pool: { first: ADDRESS, last: ip("10.0.0.101") } });
    server.lease();
    server.receive("DECLINE", {}, TAKE);
    expect(server.take()).toEqual(["0 10.0.0.100 declined"]);
    expect(server.lease()).toBe("10.0.0.101");
    server.until(599_999).receive("DISCOVER", { chaddr: mac(2) });
    expect(server.machine.ignored).toEqual({ "no-address-left": 1 });
    expect(server.until(600_000).lease({ chaddr: mac(2) })).toBe("10.0.0.100");
    expect(server.machine.leases).toMatchObject([{ state: "bound" }, { state: "bound" }]);
  });
});

describe("INFORM", () => {
  it("is answered with configuration and no lease", () => {
    const server = new ServerDialogue({ dns: [SERVER] }).receive("INFORM", { ciaddr: ip("10.0.0.50") });
    expect(server.take()).toEqual(["0 > 10.0.0.50:68 ACK xid=0 secs=0 ciaddr=10.0.0.50 server=10.0.0.1"]);
    expect(server.sent[0]?.options).toMatchObject({ dnsServers: [SERVER] });
    expect(server.sent[0]?.options.leaseTime).toBeUndefined();
    expect(server.machine.leases).toEqual([]);
  });
});

describe("ignored", () => {
  it.each<[name: string, DhcpMessageType, Partial<DhcpMessage>, DhcpOptions, DhcpServerIgnoreReason]>([
    ["what servers send", "OFFER", {}, {}, "not-a-request"],
    ["no MAC", "DISCOVER", { chaddr: MacAddress.fromValue(0) }, {}, "bad-chaddr"],
    ["a MAC of many", "DISCOVER", { chaddr: MacAddress.broadcast }, {}, "bad-chaddr"],
    ["a relay of another network", "DISCOVER", { giaddr: ip("10.9.0.1") }, {}, "other-network"],
    ["INFORM from another network", "INFORM", { ciaddr: ip("192.0.2.1") }, {}, "bad-ciaddr"],
    ["DECLINE to another server", "DECLINE", {}, { ...TAKE, serverIdentifier: OTHER_SERVER }, "other-server"],
    ["DECLINE of another's address", "DECLINE", { chaddr: mac(2) }, TAKE, "unknown-client"],
    ["DECLINE of nothing", "DECLINE", {}, { serverIdentifier: SERVER }, "unknown-client"],
    ["RELEASE to nobody", "RELEASE", { ciaddr: ADDRESS }, {}, "other-server"],
    ["RELEASE of another's address", "RELEASE", { chaddr: mac(2), ciaddr: ADDRESS }, TAKE, "unknown-client"],
  ])("%s", (_name, type, fields, options, reason) => {
    const server = new ServerDialogue();
    server.lease();
    server.receive(type, fields, options).receive(type, fields, options);
    expect(server.machine.ignored).toEqual({ [reason]: 2 });
    expect(server.take()).toEqual([`0 ignored: ${reason}`]);
    expect(server.machine.leases).toMatchObject([{ address: ADDRESS, state: "bound" }]);
  });

  it("a malformed message, by its fault", () => {
    const server = new ServerDialogue();
    server.machine.receive(bytesOf("DISCOVER", {}).subarray(0, 239), 0);
    expect(server.machine.ignored).toEqual({ "dhcp-truncated": 1 });
  });
});

describe("any messages", () => {
  const address = fc.oneof(
    fc.integer({ min: 0x0a000000, max: 0x0a000068 }).map((value) => Ipv4Address.fromValue(value)),
    fc.constantFrom("0.0.0.0", "10.0.0.100", "10.0.0.101", "10.0.0.102", "255.255.255.255").map(ip),
  );
  const step = fc.record({
    type: fc.constantFrom<DhcpMessageType>("DISCOVER", "REQUEST", "DECLINE", "RELEASE", "INFORM"),
    wait: fc.constantFrom(0, 1_000, 60_000, 4_000_000),
    fields: fc.record({
      chaddr: fc.integer({ min: 1, max: 6 }).map(mac),
      ciaddr: address,
      broadcast: fc.boolean(),
    }),
    options: fc.record(
      {
        requestedAddress: address,
        serverIdentifier: fc.constant(SERVER),
        clientIdentifier: fc.uint8Array({ minLength: 1, maxLength: 2, max: 1 }),
        leaseTime: fc.nat(0xffffffff),
      },
      { requiredKeys: [] },
    ),
  });

  it("never give one address to two clients, nor one outside the pool", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const server = new ServerDialogue();
        for (const { type, wait, fields, options } of steps) {
          server.until(server.now + wait).receive(type, fields, options);
          const given = server.machine.leases.filter((lease) => lease.state !== "free");
          expect(new Set(given.map((lease) => lease.address.value)).size).toBe(given.length);
          for (const { address } of given) expect(address.toString()).toMatch(/^10\.0\.0\.10[012]$/);
          const ends = given.map((lease) => lease.expiresAt);
          expect(server.deadline).toBeLessThanOrEqual(Math.min(...ends));
        }
      }),
    );
  });

  it("random bytes get no answer and never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        const server = new ServerDialogue();
        server.machine.receive(bytes, 0);
        expect(server.sent).toEqual([]);
      }),
    );
  });
});

describe("options that make no sense", () => {
  it.each<[name: string, options: Partial<DhcpServerMachineOptions>]>([
    ["a pool that ends before it begins", { pool: { first: ip("10.0.0.9"), last: ip("10.0.0.8") } }],
    ["a pool that begins outside the subnet", { pool: { first: ip("9.0.0.9"), last: ip("10.0.0.8") } }],
    ["a pool that ends outside the subnet", { pool: { first: ip("10.0.0.9"), last: ip("10.0.1.8") } }],
    ["a subnet without hosts", { prefixLength: 31 }],
    ["no subnet", { prefixLength: 0 }],
    ["half a bit", { prefixLength: 24.5 }],
    ["a lease of no time", { leaseSeconds: 0 }],
    ["a lease of a fraction", { leaseSeconds: 1.5 }],
    ["a lease that means forever", { leaseSeconds: DHCP_INFINITE_TIME }],
    ["more name servers than fit", { dns: new Array<Ipv4Address>(9).fill(SERVER) }],
  ])("%s", (_name, options) => {
    expect(() => new ServerDialogue(options)).toThrow("EINVAL");
  });
});
