import { describe, expect, it } from "@jest/globals";
import { DEFAULT_QUARANTINE, MAX_CHECKS, OFFER_HOLD } from "../../src/dhcp/index.js";
import { ADDRESS, ip, MAC, OTHER_SERVER, SERVER } from "./messages.js";
import { mac, ServerDialogue, type ServerChange } from "./server-dialogue.js";

const WANTED = { requestedAddress: ADDRESS };
const TAKE = { requestedAddress: ADDRESS, serverIdentifier: SERVER };

function checking(change: ServerChange = {}): ServerDialogue {
  const server = new ServerDialogue(change);
  server.canCheck = true;
  return server;
}

describe("before an offer", () => {
  it("the link is asked, and the offer waits for the answer", () => {
    const server = checking().receive("DISCOVER", { xid: 7 }, WANTED);
    expect(server.checks).toEqual([ADDRESS]);
    expect(server.take()).toEqual([]);
    server.until(500).checked(ADDRESS, false);
    expect(server.take()).toEqual([
      "500 > 10.0.0.100:68 at 02:00:00:00:00:01 OFFER xid=7 secs=0 yiaddr=10.0.0.100 server=10.0.0.1",
    ]);
    // From then on it is kept as long as any.
    expect(server.until(500 + OFFER_HOLD - 1).stateOf(ADDRESS)).toBe("offered 1");
  });

  it("others are served meanwhile, with other addresses", () => {
    const server = checking().receive("DISCOVER", { chaddr: mac(1) }, WANTED);
    server.receive("DISCOVER", { chaddr: mac(2) }, WANTED);
    const [, second] = server.checks;
    expect(second).not.toEqual(ADDRESS);
    server.checked(second!, false);
    expect(server.sent.map(({ chaddr }) => chaddr)).toEqual([mac(2)]);
  });

  it("a repeated DISCOVER is answered once, as it was last", () => {
    const server = checking().receive("DISCOVER", { xid: 1 }, WANTED).receive("DISCOVER", { xid: 2 }, WANTED);
    expect(server.checks).toHaveLength(1);
    server.checked(ADDRESS, false);
    expect(server.sent).toMatchObject([{ xid: 2 }]);
    // It was checked a moment ago.
    server.receive("DISCOVER", { xid: 3 }, WANTED);
    expect(server.checks).toHaveLength(1);
    expect(server.sent).toHaveLength(2);
  });

  it("an address in use is put in quarantine, and another one checked and offered", () => {
    const server = checking().receive("DISCOVER", {}, WANTED).checked(ADDRESS, true);
    expect(server.take()).toEqual(["0 10.0.0.100 in use"]);
    expect(server.checks).toHaveLength(2);
    server.checked(server.checks[1]!, false);
    expect(server.sent).toMatchObject([{ type: "OFFER", yiaddr: server.checks[1] }]);
    expect(server.stateOf(ADDRESS)).toBe("declined 0");
    expect(server.records).toMatchObject([{ address: ADDRESS, state: "declined" }]);
  });

  it("tells who has it", () => {
    const server = checking().receive("DISCOVER", {}, WANTED).checked(ADDRESS, true, mac(9));
    expect(server.events).toContainEqual({ type: "conflict", client: MAC, address: ADDRESS, owner: mac(9) });
  });

  it("an address that the client itself uses is offered: its lease was forgotten, or it has begun anew", () => {
    const server = checking().receive("DISCOVER", {}, WANTED).checked(ADDRESS, true, MAC);
    expect(server.sent).toMatchObject([{ type: "OFFER", yiaddr: ADDRESS }]);
    expect(server.checks).toHaveLength(1);
  });

  it("a client that meets nothing but addresses in use is told nothing, and may ask again", () => {
    const pool = { first: ip("10.0.0.10"), last: ip("10.0.0.99") };
    const server = checking({ pool }).receive("DISCOVER");
    for (let round = 0; server.checks[round] !== undefined; round++)
      server.checked(server.checks[round]!, true);
    expect(server.checks).toHaveLength(4);
    expect(server.take().at(-1)).toBe("0 ignored: no-address-left");
    // They do not count as its own: four are what one MAC may have.
    server.receive("DISCOVER");
    expect(server.checks).toHaveLength(5);
  });

  it("what the client has, or had a moment ago, is not checked: it may answer itself", () => {
    const server = new ServerDialogue().bind(1, ADDRESS);
    server.canCheck = true;
    server.receive("DISCOVER", {}, WANTED);
    expect(server.checks).toEqual([]);
    server.release(1, ADDRESS).receive("DISCOVER", {}, WANTED);
    expect(server.checks).toEqual([ADDRESS]);
  });

  it("a lease by rapid commit waits too", () => {
    const server = checking({ rapidCommit: true });
    server.receive("DISCOVER", {}, { ...WANTED, rapidCommit: true });
    expect(server.records).toEqual([]);
    expect(server.checked(ADDRESS, false).sent).toMatchObject([{ type: "ACK" }]);
  });

  it("nothing is asked where that is switched off", () => {
    const server = checking({ check: false }).receive("DISCOVER");
    expect(server.checks).toEqual([]);
    expect(server.sent).toHaveLength(1);
  });

  it("a flood costs a bounded number of checks at a time, and starves nobody", () => {
    const server = checking({ prefixLength: 8, pool: { first: ip("10.1.0.0"), last: ip("10.1.255.255") } });
    for (let client = 1; client <= MAX_CHECKS + 5; client++)
      server.receive("DISCOVER", { chaddr: mac(client) });
    expect(server.checks).toHaveLength(MAX_CHECKS);
    expect(server.sent).toHaveLength(5);
  });

  it("nor can one client have many by taking its DISCOVER back", () => {
    const server = checking();
    for (let count = 0; count < 9; count++) {
      server.receive("DISCOVER", {}, WANTED);
      server.receive("REQUEST", {}, { ...WANTED, serverIdentifier: OTHER_SERVER });
    }
    expect(server.checks).toHaveLength(1);
    server.checked(ADDRESS, false);
    expect(server.sent).toEqual([]);
  });

  it("who got the address meanwhile may answer the check: it stays its own", () => {
    const server = checking().receive("DISCOVER", {}, WANTED);
    server.receive("REQUEST", {}, { ...WANTED, serverIdentifier: OTHER_SERVER });
    server.receive("REQUEST", { chaddr: mac(2), ciaddr: ADDRESS }).take();
    expect(server.checked(ADDRESS, true).take()).toEqual([]);
    expect(server.stateOf(ADDRESS)).toBe("bound 2");
  });

  it("a late answer means nothing", () => {
    const server = checking().receive("DISCOVER", {}, WANTED).until(OFFER_HOLD);
    server.checked(ADDRESS, true).checked(ip("10.0.0.77"), true);
    expect(server.take()).toEqual([]);
    expect(server.machine.leases).toEqual([]);
  });
});

describe("DECLINE", () => {
  const one = { pool: { first: ADDRESS, last: ADDRESS } };

  it("puts the address in quarantine for ten minutes", () => {
    const server = new ServerDialogue(one).bind(1, ADDRESS).receive("DECLINE", {}, TAKE);
    expect(server.take()).toEqual(["0 10.0.0.100 declined"]);
    server.until(DEFAULT_QUARANTINE - 1);
    expect(server.lease({ chaddr: mac(2) })).toBeUndefined();
    server.until(DEFAULT_QUARANTINE);
    expect(server.removed).toEqual(["10.0.0.100"]);
    expect(server.lease({ chaddr: mac(2) })).toBe("10.0.0.100");
  });

  it("or for as long as is set", () => {
    const server = new ServerDialogue({ ...one, quarantine: 5_000 }).bind(1, ADDRESS);
    server.receive("DECLINE", {}, TAKE).until(4_999);
    expect(server.stateOf(ADDRESS)).toBe("declined 1");
    expect(server.until(5_000).stateOf(ADDRESS)).toBeUndefined();
  });

  it("of a reserved address makes its client have another meanwhile", () => {
    const server = new ServerDialogue({ reservations: [{ mac: mac(1), address: ADDRESS }] }).bind(1, ADDRESS);
    server.receive("DECLINE", {}, TAKE);
    expect(server.lease()).toMatch(/10[12]$/);
    expect(server.until(DEFAULT_QUARANTINE).lease()).toBe("10.0.0.100");
  });
});
