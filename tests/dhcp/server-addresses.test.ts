import { describe, expect, it } from "@jest/globals";
import { Cidr } from "../../src/address/index.js";
import { MAX_SERVER_LEASES, OFFER_HOLD } from "../../src/dhcp/index.js";
import { ADDRESS, ip, SERVER } from "./messages.js";
import { mac, ServerDialogue } from "./server-dialogue.js";

const range = (first: string, last: string) => ({ first: ip(first), last: ip(last) });
const id = (...bytes: number[]) => ({ clientIdentifier: Uint8Array.from(bytes) });

/** What further clients get, until one gets nothing. */
function leaseAll(server: ServerDialogue): string[] {
  const given: string[] = [];
  for (let client = 20; ; client++) {
    const address = server.lease({ chaddr: mac(client) });
    if (address === undefined) return given.sort();
    given.push(address);
  }
}

describe("which address a client gets", () => {
  it("its own again, known by its identifier rather than its MAC", () => {
    const server = new ServerDialogue();
    const first = server.lease({ chaddr: mac(1) }, id(255, 1, 2, 3));
    const second = server.lease({ chaddr: mac(1) });
    expect(second).not.toBe(first);
    expect(server.lease({ chaddr: mac(2) }, id(255, 1, 2, 3))).toBe(first);
    expect(server.lease({ chaddr: mac(1) })).toBe(second);
  });

  it("what it had, after the lease has ended too", () => {
    const server = new ServerDialogue().bind(1, ADDRESS).bind(2, ip("10.0.0.101")).until(4_000_000);
    expect(server.lease({ chaddr: mac(3) })).toBe("10.0.0.102");
    expect(server.lease({ chaddr: mac(2) })).toBe("10.0.0.101");
  });

  it("the one it asks for, if that is in the pool and nobody has it", () => {
    const server = new ServerDialogue();
    const asking = (client: number, address: string) =>
      server.lease({ chaddr: mac(client) }, { requestedAddress: ip(address) });
    expect(asking(1, "10.0.0.101")).toBe("10.0.0.101");
    expect(asking(2, "10.0.0.101")).toMatch(/10[02]$/);
    expect(asking(3, "10.0.0.99")).toMatch(/10[02]$/);
  });

  it("the same from a server that has forgotten everything", () => {
    const server = () => new ServerDialogue({ pool: range("10.0.0.10", "10.0.0.250") });
    const clients = Array.from({ length: 20 }, (_, index) => ({ chaddr: mac(index) }));
    const before = server();
    const after = server();
    const given = new Map(clients.map((client) => [client, before.lease(client)]));
    const same = clients.reverse().filter((client) => after.lease(client) === given.get(client));
    expect(same.length).toBeGreaterThan(15);
  });

  it("the one that is free for longest, when each was given once", () => {
    const server = new ServerDialogue();
    server.bind(1, ADDRESS).bind(2, ip("10.0.0.101")).bind(3, ip("10.0.0.102"));
    server.until(1_000).release(2, ip("10.0.0.101")).until(5_000).release(1, ADDRESS);
    expect(server.lease({ chaddr: mac(4) })).toBe("10.0.0.101");
    expect(server.lease({ chaddr: mac(2) })).toBe("10.0.0.100");
    server.take();
    server.receive("DISCOVER", { chaddr: mac(1) });
    expect(server.take()).toEqual(["5000 ignored: no-address-left"]);
  });

  it("every one of the pools, those of the first one first", () => {
    const pools = [range("10.0.0.20", "10.0.0.22"), range("10.0.0.10", "10.0.0.12")];
    const server = new ServerDialogue({ subnets: [{ network: Cidr.parse("10.0.0.0/24"), pools }] });
    expect(server.lease({ chaddr: mac(1) })).toMatch(/2[012]$/);
    const others = leaseAll(server);
    expect(others.slice(0, 3)).toEqual(["10.0.0.10", "10.0.0.11", "10.0.0.12"]);
    expect(others).toHaveLength(5);
  });

  it("never the server's own, the gateway's, the subnet's ends, an excluded or a reserved one", () => {
    const server = new ServerDialogue({
      address: ip("10.0.0.2"),
      gateway: ip("10.0.0.4"),
      prefixLength: 28,
      pool: {
        ...range("10.0.0.0", "10.0.0.15"),
        excluded: [range("10.0.0.8", "10.0.0.11"), range("10.0.0.13", "10.0.0.200")],
      },
      reservations: [{ address: ip("10.0.0.6"), mac: mac(200) }],
    });
    const offered = [];
    for (let client = 1; client <= 8; client++) server.receive("DISCOVER", { chaddr: mac(client) });
    for (const { yiaddr } of server.sent) offered.push(yiaddr.value % 256);
    expect(offered.sort((a, b) => a - b)).toEqual([1, 3, 5, 7, 12]);
    expect(server.machine.ignored).toEqual({ "no-address-left": 3 });
  });
});

describe("reservations", () => {
  const reservations = [
    { address: ip("10.0.0.101"), mac: mac(1) },
    { address: ip("10.0.0.50"), ...id(7, 7) },
  ];

  it("by MAC, whatever identifier the client sends, so that a boot loader and what it loads share one", () => {
    const server = new ServerDialogue({ reservations });
    expect(server.lease({ chaddr: mac(1) })).toBe("10.0.0.101");
    expect(server.lease({ chaddr: mac(1) }, id(0, 1))).toBe("10.0.0.101");
    expect(server.machine.leases).toMatchObject([{ reserved: true, clientIdentifier: Uint8Array.of(0, 1) }]);
  });

  it("by identifier, before that by MAC, also outside the pool", () => {
    const server = new ServerDialogue({ reservations });
    expect(server.lease({ chaddr: mac(1) }, id(7, 7))).toBe("10.0.0.50");
  });

  it("are nobody else's", () => {
    const server = new ServerDialogue({ reservations });
    expect(server.lease({ chaddr: mac(2) }, { requestedAddress: ip("10.0.0.101") })).not.toBe("10.0.0.101");
    server.take();
    server.receive("REQUEST", { chaddr: mac(3), ciaddr: ip("10.0.0.101") });
    expect(server.take()).toEqual([expect.stringContaining("NAK")]);
    server.bind(1, ip("10.0.0.101")).release(1, ip("10.0.0.101"));
    expect(leaseAll(server)).not.toContain("10.0.0.101");
  });

  it("are known to who never had a lease: INIT-REBOOT with one is confirmed, with another address refused", () => {
    const server = new ServerDialogue({ reservations });
    server.receive("REQUEST", { chaddr: mac(1) }, { requestedAddress: ADDRESS });
    server.receive("REQUEST", { chaddr: mac(1) }, { requestedAddress: ip("10.0.0.101") });
    expect(server.sent.map(({ type, options }) => [type, options.message])).toEqual([
      ["NAK", "another address is reserved for you"],
      ["ACK", undefined],
    ]);
  });

  it("wait while somebody else still has the address", () => {
    const server = new ServerDialogue({ reservations });
    const bound = { address: ip("10.0.0.101"), mac: mac(2), state: "bound", expiresAt: 60_000 } as const;
    server.machine.restore(bound, 0);
    const meanwhile = server.lease({ chaddr: mac(1) });
    expect(meanwhile).toMatch(/10[02]$/);
    // The other one is not extended, and moves.
    server.receive("REQUEST", { chaddr: mac(2), ciaddr: ip("10.0.0.101") });
    expect(server.sent.at(-1)).toMatchObject({ type: "NAK" });
    server.until(60_000).receive("REQUEST", { chaddr: mac(1), ciaddr: ip(meanwhile!) });
    expect(server.sent.at(-1)).toMatchObject({ type: "NAK" });
    expect(server.lease({ chaddr: mac(1) })).toBe("10.0.0.101");
    // What it had meanwhile is its own until it would have ended.
    expect(server.stateOf(ip(meanwhile!))).toBe("bound 1");
    expect(server.until(4_000_000).stateOf(ip(meanwhile!))).toBeUndefined();
  });
});

describe("a client that wants everything", () => {
  it("gets four addresses for its MAC, whatever identifiers it makes up", () => {
    const server = new ServerDialogue({ pool: range("10.0.0.10", "10.0.0.99") });
    for (let count = 0; count < 20; count++) server.lease({}, id(0, count));
    expect(server.machine.leases).toHaveLength(4);
    expect(server.machine.ignored).toEqual({ "too-many-leases": 16 });
    expect(server.lease({ chaddr: mac(2) })).toBeDefined();
    // Those it has it keeps.
    expect(server.lease({}, id(0, 0))).toBeDefined();
  });

  it("nor more by REQUESTs alone", () => {
    const server = new ServerDialogue({ pool: range("10.0.0.10", "10.0.0.99") });
    for (let last = 10; last < 30; last++)
      server.receive("REQUEST", { ciaddr: ip(`10.0.0.${last}`) }, id(0, last));
    expect(server.machine.leases).toHaveLength(4);
  });

  it("nor by declining what it gets: an address in quarantine counts too", () => {
    const server = new ServerDialogue({ pool: range("10.0.0.10", "10.0.0.99") });
    for (let count = 0; count < 20; count++) {
      server.receive("DISCOVER", {}, id(0, count));
      const requestedAddress = server.sent.at(-1)?.yiaddr;
      server.receive("DECLINE", {}, { ...id(0, count), requestedAddress, serverIdentifier: SERVER });
    }
    expect(server.machine.leases.map(({ state }) => state)).toEqual(new Array(4).fill("declined"));
  });

  it("gets more once its leases are over, or where more are allowed", () => {
    const server = new ServerDialogue({ pool: range("10.0.0.10", "10.0.0.99"), maxLeasesPerMac: 1 });
    expect(server.lease({}, id(0, 1))).toBeDefined();
    expect(server.lease({}, id(0, 2))).toBeUndefined();
    server.until(3_600_000);
    expect(server.lease({}, id(0, 2))).toBeDefined();
  });

  it("has one lease, with an identifier too long to be kept", () => {
    const server = new ServerDialogue();
    const long = (byte: number) => ({ clientIdentifier: new Uint8Array(200).fill(byte) });
    expect(server.lease({}, long(1))).toBe(server.lease({}, long(2)));
    expect(server.machine.leases).toHaveLength(1);
    expect(server.sent.at(-1)?.options).toMatchObject(long(2));
  });
});

describe("a flood of clients that never take their offers", () => {
  const flood = (server: ServerDialogue, from: number, count: number) => {
    for (let client = from; client < from + count; client++)
      server.receive("DISCOVER", { chaddr: mac(client) });
    return server;
  };

  it("is forgotten after ten seconds", () => {
    const server = flood(new ServerDialogue(), 100, 50);
    expect(server.lease({ chaddr: mac(1) })).toBeUndefined();
    expect(server.until(OFFER_HOLD).lease({ chaddr: mac(1) })).toBeDefined();
    expect(server.machine.leases).toHaveLength(1);
  });

  it("does not make the server forget what a client had, as long as others are left", () => {
    const server = new ServerDialogue({ pool: range("10.0.0.100", "10.0.0.199") }).bind(1, ADDRESS);
    server.until(3_600_000);
    for (let round = 0; round < 10; round++)
      flood(server, 100 * round + 2, 99).until(server.now + OFFER_HOLD);
    expect(server.lease({ chaddr: mac(1) })).toBe("10.0.0.100");
  });

  it("takes no address from who is late, if nobody else does", () => {
    const server = new ServerDialogue({ pool: { first: ADDRESS, last: ADDRESS } }).receive("DISCOVER");
    server.until(OFFER_HOLD).take();
    server.receive("REQUEST", {}, { requestedAddress: ADDRESS, serverIdentifier: SERVER });
    expect(server.take()).toEqual([expect.stringContaining("ACK")]);
    server.receive("REQUEST", { chaddr: mac(2) }, { requestedAddress: ADDRESS, serverIdentifier: SERVER });
    expect(server.take()).toEqual([expect.stringContaining("NAK")]);
  });

  it.each([
    ["the default", undefined, MAX_SERVER_LEASES],
    ["one that is set", 10, 10],
  ])("is written down to a bound: %s", (_name, maxLeases, bound) => {
    const pool = range("10.1.0.0", "10.200.0.0");
    const server = flood(new ServerDialogue({ prefixLength: 8, pool, maxLeases }), 0, bound + 5);
    expect(server.machine.leases).toHaveLength(bound);
    expect(server.machine.ignored).toEqual({ "no-address-left": 5 });
  });

  it("at that bound, what is free for longest is given or forgotten", () => {
    const server = new ServerDialogue({
      prefixLength: 8,
      pool: range("10.1.0.0", "10.200.0.0"),
      maxLeases: 2,
    });
    const [first, second] = [ip("10.1.0.1"), ip("10.1.0.2")];
    server.bind(1, first).bind(2, second).release(1, first);
    expect(server.lease({ chaddr: mac(3) })).toBe("10.1.0.1");
    server.release(2, second);
    expect(server.lease({ chaddr: mac(4) }, { requestedAddress: ip("10.1.0.9") })).toBe("10.1.0.9");
    expect(server.stateOf(second)).toBeUndefined();
    expect(server.machine.leases).toHaveLength(2);
  });
});
