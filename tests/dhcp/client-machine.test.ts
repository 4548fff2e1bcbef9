import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MacAddress } from "../../src/address/index.js";
import type { DhcpOptions } from "../../src/wire/index.js";
import { ClientDialogue, NAK } from "./client-dialogue.js";
import { ADDRESS, SERVER } from "./messages.js";

describe("getting an address", () => {
  it("takes DISCOVER, OFFER, REQUEST, ACK, a probe and an announcement", () => {
    const client = new ClientDialogue().start();
    expect(client.take()).toEqual([
      "0 INIT",
      "0 SELECTING",
      "0 0.0.0.0 > 255.255.255.255:67 DISCOVER xid=1000 secs=0",
    ]);
    client.until(50).receive("OFFER");
    expect(client.take()).toEqual([
      "50 REQUESTING",
      "50 0.0.0.0 > 255.255.255.255:67 REQUEST xid=1000 secs=0 requested=10.0.0.100 server=10.0.0.1",
    ]);
    client.until(90).receive("ACK");
    expect(client.take()).toEqual(["90 PROBING", "90 probe 10.0.0.100"]);
    client.until(7_000).probed({ free: true });
    expect(client.take()).toEqual([
      "7000 BOUND",
      "7000 configure 10.0.0.100/24 gateway 10.0.0.1 dns 10.0.0.1",
      "7000 bound",
      "7000 announce 10.0.0.100",
      "7000 store",
    ]);
    // The lease counts from the REQUEST.
    expect(client.machine.lease).toMatchObject({
      obtainedAt: 50,
      leaseSeconds: 3600,
      renewSeconds: 1800,
      rebindSeconds: 3150,
    });
    expect(client.deadline).toBe(50 + 1_800_000);
  });

  it("says who it is and what it wants (RFC 2131 §4.4.1, table 5)", () => {
    const client = new ClientDialogue({ hostName: "device" }).start().receive("OFFER");
    const named: DhcpOptions = {
      maxMessageSize: 1500,
      parameterRequestList: Uint8Array.of(121, 1, 3, 6, 15, 119, 28, 51, 58, 59, 42, 114),
      hostName: "device",
      clientIdentifier: Uint8Array.of(1, 2, 0, 0, 0, 0, 1),
    };
    expect(client.sent[0]?.options).toEqual(named);
    expect(client.sent[1]?.options).toEqual({
      ...named,
      requestedAddress: ADDRESS,
      serverIdentifier: SERVER,
    });
  });

  it.each([
    [68, 576],
    [9000, 1500],
  ])("with an MTU of %i offers to receive %i bytes", (mtu, size) => {
    expect(new ClientDialogue({ mtu }).start().sent[0]?.options.maxMessageSize).toBe(size);
  });

  it("asks for broadcast answers where it is told to, until it has an address", () => {
    const client = new ClientDialogue({ broadcast: true }).bind().until(1_800_000);
    expect(client.sent.map((message) => `${message.type} ${message.broadcast}`)).toEqual([
      "DISCOVER true",
      "REQUEST true",
      "REQUEST false",
    ]);
  });

  it("is bound at once where the link cannot probe, and says so", () => {
    const client = new ClientDialogue();
    client.canProbe = false;
    client.start().receive("OFFER").receive("ACK");
    expect(client.machine.state).toBe("BOUND");
    expect(client.events.at(-1)).toMatchObject({
      type: "changed",
      reason: "bound",
      current: { probed: false },
    });
  });

  it("is bound after 20 s where the link never answers a probe", () => {
    const client = new ClientDialogue().start().receive("OFFER").receive("ACK").until(19_999);
    expect(client.machine.state).toBe("PROBING");
    client.until(20_000);
    expect(client.machine.state).toBe("BOUND");
    expect(client.take()).toContain("20000 probe ended");
    expect(client.events.at(-1)).toMatchObject({
      type: "changed",
      reason: "bound",
      current: { probed: false },
    });
  });

  it("takes a host name of any 63 printable characters", () => {
    const hostName = "!~".padEnd(63, "a");
    expect(new ClientDialogue({ hostName }).start().sent[0]?.options).toMatchObject({ hostName });
  });

  it.each<[text: string, hostName: string]>([
    ["empty", ""],
    ["64 characters", "a".repeat(64)],
    ["a space", "my device"],
    ["a control character", "a\u001bb"],
    ["not ASCII", "gerät"],
  ])("refuses a host name that is %s", (_text, hostName) => {
    expect(() => new ClientDialogue({ hostName })).toThrow("EINVAL");
  });
});

describe("silence", () => {
  it("DISCOVER goes out again after 4, 8, 16, 32, 64, 64, … seconds", () => {
    const client = new ClientDialogue().start().until(320_000);
    expect(client.sendTimes("DISCOVER")).toEqual([
      0, 4_000, 12_000, 28_000, 60_000, 124_000, 188_000, 252_000, 316_000,
    ]);
    expect(client.sent.map((message) => message.secs)).toEqual([0, 4, 12, 28, 60, 124, 188, 252, 316]);
    expect(new Set(client.sent.map((message) => message.xid))).toHaveProperty("size", 1);
  });

  it("each wait differs from that by at most a second", () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(0xffffffff)), (numbers) => {
        const client = new ClientDialogue({
          random: { uint32: () => numbers.next().value as number },
        }).start();
        const times = client.until(200_000).sendTimes("DISCOVER");
        [4_000, 8_000, 16_000, 32_000, 64_000].forEach((wait, index) => {
          expect(Math.abs(times[index + 1]! - times[index]! - wait)).toBeLessThanOrEqual(1_000);
        });
      }),
    );
  });

  it("after four REQUESTs in a minute it starts over, with a new xid", () => {
    const client = new ClientDialogue().start().until(4_500).receive("OFFER").until(64_500);
    expect(client.take().filter((line) => !/DISCOVER xid=1000|unanswered/.test(line))).toEqual([
      "0 INIT",
      "0 SELECTING",
      "4500 REQUESTING",
      "4500 0.0.0.0 > 255.255.255.255:67 REQUEST xid=1000 secs=4 requested=10.0.0.100 server=10.0.0.1",
      "8500 0.0.0.0 > 255.255.255.255:67 REQUEST xid=1000 secs=4 requested=10.0.0.100 server=10.0.0.1",
      "16500 0.0.0.0 > 255.255.255.255:67 REQUEST xid=1000 secs=4 requested=10.0.0.100 server=10.0.0.1",
      "32500 0.0.0.0 > 255.255.255.255:67 REQUEST xid=1000 secs=4 requested=10.0.0.100 server=10.0.0.1",
      "64500 INIT",
      "64500 SELECTING",
      expect.stringMatching(/^64500 .* DISCOVER xid=(?!1000).* secs=0$/),
    ]);
  });

  it("secs stops at what 16 bits hold", () => {
    const client = new ClientDialogue().start().until(70_000_000);
    expect(client.sent.at(-1)?.secs).toBe(0xffff);
  });
});

describe("the network says no", () => {
  it("a NAK starts it over at once, the next ones ever later", () => {
    const client = new ClientDialogue().start();
    const waits = [1, 2, 3, 4].map(() => {
      client.receive("OFFER").receive("NAK", {}, NAK);
      const wait = client.deadline - client.now;
      client.until(client.deadline);
      return wait;
    });
    expect(waits).toEqual([0, 4_000, 8_000, 16_000]);
  });

  it("a NAK tells why", () => {
    const client = new ClientDialogue().start().receive("OFFER").receive("NAK", {}, NAK);
    expect(client.events).toContainEqual({
      type: "received",
      message: "NAK",
      xid: 1000,
      server: SERVER,
      text: "no",
    });
  });

  it("an address that another host has is declined, and the next try waits for 10 s", () => {
    const client = new ClientDialogue().start().receive("OFFER").receive("ACK").until(300);
    client.take();
    client.probed({ free: false, owner: MacAddress.parse("02:00:00:00:00:99") });
    expect(client.take()).toEqual([
      "300 conflict with 02:00:00:00:00:99",
      expect.stringMatching(
        /^300 0\.0\.0\.0 > 255\.255\.255\.255:67 DECLINE xid=\d+ secs=0 requested=10\.0\.0\.100 server=10\.0\.0\.1$/,
      ),
      "300 INIT",
    ]);
    expect(client.sent.at(-1)?.options).toMatchObject({
      clientIdentifier: Uint8Array.of(1, 2, 0, 0, 0, 0, 1),
    });
    client.until(10_299);
    expect(client.take()).toEqual([]);
    client.until(10_300);
    expect(client.machine.state).toBe("SELECTING");
  });
});

describe("stopping", () => {
  it("gives a bound address back", () => {
    const client = new ClientDialogue().bind().until(5_000);
    client.machine.stop(client.now);
    expect(client.take()).toEqual([
      expect.stringMatching(
        /^5000 10\.0\.0\.100 > 10\.0\.0\.1:67 RELEASE xid=\d+ secs=0 ciaddr=10\.0\.0\.100 server=10\.0\.0\.1$/,
      ),
      "5000 forget",
      "5000 configure nothing",
      "5000 released",
      "5000 STOPPED",
    ]);
    expect(client.deadline).toBe(Infinity);
  });

  it("ends a probe, and gives the address back to all: one that was not probed can be sent from by nobody", () => {
    const client = new ClientDialogue().start().receive("OFFER").receive("ACK");
    client.take();
    client.machine.stop(client.now);
    expect(client.take()).toEqual([
      "0 probe ended",
      expect.stringMatching(
        /^0 0\.0\.0\.0 > 255\.255\.255\.255:67 RELEASE xid=\d+ secs=0 ciaddr=10\.0\.0\.100 server=10\.0\.0\.1$/,
      ),
      "0 STOPPED",
    ]);
    expect(client.probed({ free: true }).take()).toEqual([]);
  });

  it("keeps a lease that is still probed, if it shall", () => {
    const client = new ClientDialogue().start().receive("OFFER").receive("ACK");
    client.take();
    client.machine.stop(client.now, true);
    expect(client.take()).toEqual(["0 probe ended", "0 STOPPED"]);
  });

  it("can be followed by another start", () => {
    const client = new ClientDialogue().bind();
    client.machine.stop(client.now);
    client.until(1_000).bind();
    expect(client.machine.lease?.obtainedAt).toBe(1_000);
  });

  it("twice does nothing, like starting twice", () => {
    const client = new ClientDialogue();
    client.machine.stop(client.now);
    client.start();
    client.take();
    client.machine.start(0);
    expect(client.take()).toEqual([]);
  });
});
