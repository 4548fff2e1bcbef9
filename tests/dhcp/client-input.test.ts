import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MacAddress } from "../../src/address/index.js";
import {
  MAX_MESSAGES_PER_SECOND,
  type DhcpClientState,
  type DhcpIgnoreReason,
} from "../../src/dhcp/index.js";
import type { DhcpMessage, DhcpOptions } from "../../src/wire/index.js";
import { ClientDialogue, OFFERED } from "./client-dialogue.js";
import { ADDRESS, bytesOf, ip, OTHER_SERVER } from "./messages.js";

type Answer = "OFFER" | "ACK" | "NAK";

const FROM_OTHER: DhcpOptions = { ...OFFERED, serverIdentifier: OTHER_SERVER };

/** How a client gets into each state in which it waits for an answer. */
const REACH = {
  SELECTING: () => new ClientDialogue().start(),
  REQUESTING: () => new ClientDialogue().start().receive("OFFER"),
  REBOOTING: () => new ClientDialogue().bind().link(false).until(2_000).link(true).until(2_000),
  RENEWING: () => new ClientDialogue().bind().until(1_800_000),
  REBINDING: () => new ClientDialogue().bind().until(3_150_000),
} satisfies Partial<Record<DhcpClientState, () => ClientDialogue>>;

type Waiting = keyof typeof REACH;

describe("messages that are not for it, or say nothing", () => {
  const without = (field: keyof DhcpOptions): DhcpOptions => ({ ...OFFERED, [field]: undefined });

  it.each<[name: string, Waiting, Answer, Partial<DhcpMessage>, DhcpOptions, DhcpIgnoreReason]>([
    ["another transaction", "SELECTING", "OFFER", { xid: 1 }, OFFERED, "wrong-xid"],
    [
      "another client",
      "SELECTING",
      "OFFER",
      { chaddr: MacAddress.parse("02:00:00:00:00:99") },
      OFFERED,
      "wrong-chaddr",
    ],
    ["no server identifier", "SELECTING", "OFFER", {}, without("serverIdentifier"), "no-server"],
    [
      "a server that cannot be",
      "SELECTING",
      "OFFER",
      {},
      { ...OFFERED, serverIdentifier: ip("0.0.0.0") },
      "no-server",
    ],
    ["no lease time", "SELECTING", "OFFER", {}, without("leaseTime"), "bad-lease-time"],
    ["a lease of no time", "SELECTING", "OFFER", {}, { ...OFFERED, leaseTime: 0 }, "bad-lease-time"],
    [
      "a mask with a hole",
      "SELECTING",
      "OFFER",
      {},
      { ...OFFERED, subnetMask: ip("255.0.255.0") },
      "bad-subnet-mask",
    ],
    [
      "a mask of nothing",
      "SELECTING",
      "OFFER",
      {},
      { ...OFFERED, subnetMask: ip("0.0.0.0") },
      "bad-subnet-mask",
    ],
    ["no address", "SELECTING", "OFFER", { yiaddr: ip("0.0.0.0") }, OFFERED, "bad-address"],
    ["a loopback address", "SELECTING", "OFFER", { yiaddr: ip("127.0.0.1") }, OFFERED, "bad-address"],
    ["a multicast address", "SELECTING", "OFFER", { yiaddr: ip("224.0.0.1") }, OFFERED, "bad-address"],
    [
      "the broadcast address",
      "SELECTING",
      "OFFER",
      { yiaddr: ip("255.255.255.255") },
      OFFERED,
      "bad-address",
    ],
    ["the network's own address", "SELECTING", "OFFER", { yiaddr: ip("10.0.0.0") }, OFFERED, "bad-address"],
    [
      "the network's broadcast address",
      "SELECTING",
      "OFFER",
      { yiaddr: ip("10.0.0.255") },
      OFFERED,
      "bad-address",
    ],
    ["a lease of nine seconds", "SELECTING", "OFFER", {}, { ...OFFERED, leaseTime: 9 }, "bad-lease-time"],
    [
      "an answer that names another client",
      "SELECTING",
      "OFFER",
      {},
      { ...OFFERED, clientIdentifier: Uint8Array.of(1, 2, 0, 0, 0, 0, 2) },
      "wrong-client-identifier",
    ],
    [
      "a rapid commit that was not asked for",
      "SELECTING",
      "ACK",
      {},
      { ...OFFERED, rapidCommit: true },
      "unexpected",
    ],
    [
      "another address after a reboot",
      "REBOOTING",
      "ACK",
      { yiaddr: ip("10.0.0.101") },
      OFFERED,
      "wrong-address",
    ],
    ["an ACK before a REQUEST", "SELECTING", "ACK", {}, OFFERED, "unexpected"],
    ["another server's ACK", "REQUESTING", "ACK", {}, FROM_OTHER, "wrong-server"],
    ["another address", "REQUESTING", "ACK", { yiaddr: ip("10.0.0.101") }, OFFERED, "wrong-address"],
    ["a NAK without server", "REQUESTING", "NAK", {}, {}, "no-server"],
    ["another server's NAK", "REQUESTING", "NAK", {}, { serverIdentifier: OTHER_SERVER }, "wrong-server"],
    [
      "another server's NAK while renewing",
      "RENEWING",
      "NAK",
      {},
      { serverIdentifier: OTHER_SERVER },
      "wrong-server",
    ],
    [
      "another address while rebinding",
      "REBINDING",
      "ACK",
      { yiaddr: ip("10.0.0.101") },
      FROM_OTHER,
      "wrong-address",
    ],
  ])("%s", (_name, state, type, fields, options, reason) => {
    const client = REACH[state]();
    client.take();
    const deadline = client.deadline;
    client.receive(type, fields, options).receive(type, fields, options);
    // Counted each time, told once, and without effect.
    expect(client.machine.ignored).toMatchObject({ [reason]: 2 });
    expect(client.take()).toEqual([`${client.now} ignored: ${reason}`]);
    expect(client.machine.state).toBe(state);
    expect(client.deadline).toBe(deadline);
  });

  it("what a client sends is no answer", () => {
    const client = new ClientDialogue().start();
    client.machine.receive(bytesOf("DISCOVER", { xid: 1000 }), 0);
    expect(client.machine.ignored).toEqual({ "not-a-reply": 1 });
  });

  it("an ACK that names this client is for it (RFC 6842)", () => {
    const clientIdentifier = Uint8Array.of(1, 2, 0, 0, 0, 0, 1);
    const client = REACH.REQUESTING().receive("ACK", {}, { ...OFFERED, clientIdentifier });
    expect(client.machine.state).toBe("PROBING");
  });

  it("an ACK that comes when its lease is over is none", () => {
    const client = REACH.REQUESTING()
      .until(20_000)
      .receive("ACK", {}, { ...OFFERED, leaseTime: 20 });
    expect(client.machine.ignored).toEqual({ "bad-lease-time": 1 });
  });

  it("a lease that ends while its address is probed is not used", () => {
    const short = { ...OFFERED, leaseTime: 10 };
    const client = new ClientDialogue().start().receive("OFFER", {}, short).receive("ACK", {}, short);
    client.until(10_000).take();
    expect(client.probed({ free: true }).take()).toEqual(["10000 INIT"]);
    client.until(10_000);
    expect(client.sent.at(-1)).toMatchObject({ type: "DISCOVER", options: { requestedAddress: ADDRESS } });
  });

  it("of a flood, as many as can be looked at are; a second later there is time again", () => {
    const client = REACH.SELECTING();
    for (let count = 0; count < MAX_MESSAGES_PER_SECOND + 5; count++) client.receive("ACK");
    client.receive("OFFER");
    expect(client.machine.ignored).toEqual({ unexpected: MAX_MESSAGES_PER_SECOND, flood: 6 });
    expect(client.machine.state).toBe("SELECTING");
    expect(client.until(1_000).receive("OFFER").machine.state).toBe("REQUESTING");
  });

  it("random bytes change nothing in any state", () => {
    const states = Object.keys(REACH) as Waiting[];
    fc.assert(
      fc.property(fc.constantFrom(...states), fc.uint8Array({ maxLength: 400 }), (state, bytes) => {
        const client = REACH[state]();
        client.machine.receive(bytes, client.now);
        expect(client.machine.state).toBe(state);
      }),
    );
  });

  it("options of any kind and content never throw, and are kept", () => {
    const value = fc.uint8Array({ maxLength: 60 });
    const raw = fc.record({ code: fc.integer({ min: 1, max: 254 }), value });
    fc.assert(
      fc.property(fc.array(raw, { maxLength: 8 }), (others) => {
        const usual = new Set([1, 51, 52, 53, 54, 61]);
        const options = { ...OFFERED, others: others.filter(({ code }) => !usual.has(code)) };
        const client = new ClientDialogue().bind(options);
        expect(client.machine.lease?.options.leaseTime).toBe(3_600);
      }),
      { numRuns: 1_000 },
    );
  });

  it("answers with bytes changed at random never throw", () => {
    fc.assert(
      fc.property(
        fc.constantFrom<Answer>("OFFER", "ACK", "NAK"),
        fc.array(fc.tuple(fc.nat(299), fc.nat(255)), { maxLength: 8 }),
        (type, changes) => {
          const client = new ClientDialogue().start();
          if (type !== "OFFER") client.receive("OFFER");
          const bytes = bytesOf(type, { xid: 1000, yiaddr: ADDRESS }, OFFERED);
          for (const [at, value] of changes) bytes[at] = value;
          client.machine.receive(bytes, 0);
          client.until(100_000);
        },
      ),
    );
  });
});
