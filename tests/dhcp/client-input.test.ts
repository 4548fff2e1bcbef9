import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MacAddress } from "../../src/address/index.js";
import type { DhcpClientState, DhcpIgnoreReason } from "../../src/dhcp/index.js";
import type { DhcpMessage, DhcpOptions } from "../../src/wire/index.js";
import { ClientDialogue, NAK, OFFERED } from "./client-dialogue.js";
import { ADDRESS, bytesOf, ip, OTHER_SERVER } from "./messages.js";

type Answer = "OFFER" | "ACK" | "NAK";

const FROM_OTHER: DhcpOptions = { ...OFFERED, serverIdentifier: OTHER_SERVER };

/** How a client gets into each state, and when it is there. */
const REACH: Readonly<Partial<Record<DhcpClientState, () => ClientDialogue>>> = {
  STOPPED: () => new ClientDialogue(),
  INIT: () => new ClientDialogue().start().receive("OFFER").receive("NAK", {}, NAK),
  SELECTING: () => new ClientDialogue().start(),
  REQUESTING: () => new ClientDialogue().start().receive("OFFER"),
  PROBING: () => new ClientDialogue().start().receive("OFFER").receive("ACK"),
  BOUND: () => new ClientDialogue().bind(),
  RENEWING: () => new ClientDialogue().bind().until(1_800_000),
  REBINDING: () => new ClientDialogue().bind().until(3_150_000),
};

describe("each message in each state", () => {
  it.each<[state: DhcpClientState, offer: DhcpClientState, ack: DhcpClientState, nak: DhcpClientState]>([
    ["STOPPED", "STOPPED", "STOPPED", "STOPPED"],
    ["INIT", "INIT", "INIT", "INIT"],
    ["SELECTING", "REQUESTING", "SELECTING", "SELECTING"],
    ["REQUESTING", "REQUESTING", "PROBING", "INIT"],
    ["PROBING", "PROBING", "PROBING", "PROBING"],
    ["BOUND", "BOUND", "BOUND", "BOUND"],
    ["RENEWING", "RENEWING", "BOUND", "INIT"],
    ["REBINDING", "REBINDING", "BOUND", "INIT"],
  ])("%s: OFFER → %s, ACK → %s, NAK → %s", (state, offer, ack, nak) => {
    expect(REACH[state]!().machine.state).toBe(state);
    expect(REACH[state]!().receive("OFFER").machine.state).toBe(offer);
    expect(REACH[state]!().receive("ACK").machine.state).toBe(ack);
    expect(REACH[state]!().receive("NAK", {}, NAK).machine.state).toBe(nak);
  });
});

describe("messages that are not for it, or say nothing", () => {
  const without = (field: keyof DhcpOptions): DhcpOptions => ({ ...OFFERED, [field]: undefined });

  it.each<[name: string, DhcpClientState, Answer, Partial<DhcpMessage>, DhcpOptions, DhcpIgnoreReason]>([
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
    const client = REACH[state]!();
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

  it("random bytes change nothing in any state", () => {
    const states = Object.keys(REACH) as DhcpClientState[];
    fc.assert(
      fc.property(fc.constantFrom(...states), fc.uint8Array({ maxLength: 400 }), (state, bytes) => {
        const client = REACH[state]!();
        client.machine.receive(bytes, client.now);
        expect(client.machine.state).toBe(state);
      }),
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
