import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MacAddress } from "../../src/address/index.js";
import { STORE_INTERVAL, type DhcpClientMachineOptions } from "../../src/dhcp/index.js";
import { DHCP_INFINITE_TIME, type DhcpOptions } from "../../src/wire/index.js";
import { ClientDialogue, NAK, OFFERED } from "./client-dialogue.js";
import { ADDRESS, ip, OTHER_SERVER } from "./messages.js";

/** 2026-01-01T00:00:00Z. */
const EPOCH = 1_767_225_600_000;
const FROM_OTHER: DhcpOptions = { ...OFFERED, serverIdentifier: OTHER_SERVER };

/** A wall clock that says `ms` after EPOCH; undefined: it does not know. */
function wall(ms: number | undefined): Partial<DhcpClientMachineOptions> {
  return { wallClock: { now: () => (ms === undefined ? undefined : EPOCH + ms) } };
}

/** What a client stores that was bound at `EPOCH`. */
function stored(options: DhcpOptions = OFFERED, clock = wall(0)): Uint8Array {
  return new ClientDialogue(clock).bind(options).stored!;
}

/** The same device after a reboot. */
function rebooted(clock = wall(60_000), bytes: Uint8Array | undefined = stored()): ClientDialogue {
  const client = new ClientDialogue(clock);
  client.stored = bytes;
  return client;
}

const CONFIRM = "0.0.0.0 > 255.255.255.255:67 REQUEST xid=1000 secs=0 requested=10.0.0.100";

describe("a reboot with a stored lease", () => {
  it("asks any server whether the lease still holds, and uses the address when it was confirmed and probed", () => {
    const client = rebooted().start();
    expect(client.take()).toEqual(["0 INIT-REBOOT", "0 REBOOTING", `0 ${CONFIRM}`]);
    expect(client.machine.binding).toBeUndefined();
    client.until(50).receive("ACK");
    expect(client.take()).toEqual(["50 PROBING", "50 probe 10.0.0.100"]);
    client.until(6_000).probed({ free: true });
    expect(client.take()).toEqual([
      "6000 BOUND",
      "6000 configure 10.0.0.100/24 gateway 10.0.0.1 dns 10.0.0.1",
      "6000 rebooted",
      "6000 announce 10.0.0.100",
      "6000 store",
    ]);
    // Anew from the REQUEST.
    expect(client.machine.lease).toMatchObject({ obtainedAt: 0, leaseSeconds: 3600 });
  });

  it("another server may confirm it", () => {
    const client = rebooted().start().receive("ACK", {}, FROM_OTHER).probed({ free: true });
    expect(client.machine.lease?.server).toEqual(OTHER_SERVER);
  });

  it("another server may refuse it: then it is forgotten", () => {
    const client = rebooted().start();
    client.take();
    client.receive("NAK", {}, { ...NAK, serverIdentifier: OTHER_SERVER });
    expect(client.take()).toEqual(["0 forget", "0 INIT"]);
    client.until(0);
    expect(client.sent.at(-1)).toMatchObject({ type: "DISCOVER" });
    expect(client.sent.at(-1)?.options.requestedAddress).toBeUndefined();
  });

  it("without a server a lease that still runs is used for the rest of its time (RFC 2131 §3.2)", () => {
    const client = rebooted(wall(600_000)).start().until(28_000);
    expect(client.take().filter((line) => !line.includes("REQUEST"))).toEqual([
      "0 INIT-REBOOT",
      "0 REBOOTING",
      "4000 failed: reboot-unanswered",
      "12000 failed: reboot-unanswered",
      "28000 failed: reboot-unanswered",
      "28000 PROBING",
      "28000 probe 10.0.0.100",
    ]);
    client.until(34_000).probed({ free: true });
    expect(client.take()).toContain("34000 resumed");
    expect(client.machine.lease).toMatchObject({ obtainedAt: -600_000 });
    // T1, half an hour after it began, and not half an hour after the boot.
    expect(client.deadline).toBe(1_800_000 - 600_000);
  });

  it("a resumed lease that is due is extended at once", () => {
    const client = rebooted(wall(3_200_000)).start().until(28_000).probed({ free: true }).until(28_000);
    expect(client.machine.state).toBe("REBINDING");
  });

  it("a resumed address that somebody else took meanwhile is declined", () => {
    const client = rebooted().start().until(28_000);
    client.probed({ free: false, owner: MacAddress.parse("02:00:00:00:00:99") });
    expect(client.sent.at(-1)).toMatchObject({ type: "DECLINE", options: { requestedAddress: ADDRESS } });
    expect(client.stored).toBeUndefined();
  });

  it.each<[name: string, clock: Partial<DhcpClientMachineOptions>, bytes: Uint8Array]>([
    ["there is no clock", {}, stored()],
    ["the clock is not set", wall(undefined), stored()],
    ["the clock was not set when it was stored", wall(60_000), stored(OFFERED, wall(undefined))],
    ["the clock has gone back", wall(-1), stored()],
  ])("without a server, and where %s, the address is only asked for", (_name, clock, bytes) => {
    const client = rebooted(clock, bytes).start().until(28_000);
    expect(client.machine.state).toBe("SELECTING");
    expect(client.sent.at(-1)).toMatchObject({ type: "DISCOVER", options: { requestedAddress: ADDRESS } });
  });

  it("a lease without end needs no clock", () => {
    const bytes = stored({ ...OFFERED, leaseTime: DHCP_INFINITE_TIME }, {});
    const client = rebooted({}, bytes).start().until(28_000).probed({ free: true });
    expect(client.machine.binding?.lease).toMatchObject({ leaseSeconds: Infinity });
  });

  it("a lease that has ended is not confirmed, but its address asked for", () => {
    const client = rebooted(wall(3_600_000)).start();
    expect(client.take()).toEqual([
      "0 INIT",
      "0 SELECTING",
      "0 0.0.0.0 > 255.255.255.255:67 DISCOVER xid=1000 secs=0 requested=10.0.0.100",
    ]);
  });

  it("waits for the link", () => {
    const client = rebooted().start(false).until(100_000);
    expect(client.take()).toEqual(["0 INIT-REBOOT"]);
    client.link(true).until(100_000);
    expect(client.machine.state).toBe("REBOOTING");
  });

  it("has what the configuration is made of, and no more", () => {
    const options: DhcpOptions = {
      ...OFFERED,
      domainName: "example.org",
      domainSearch: ["example.org"],
      ntpServers: [ip("10.0.0.9")],
    };
    const client = rebooted(wall(0), stored(options)).start().until(28_000).probed({ free: true });
    expect(client.machine.binding?.configuration).toMatchObject({
      domain: "example.org",
      search: ["example.org"],
    });
    expect(client.machine.lease?.options.ntpServers).toBeUndefined();
  });
});

describe("stored bytes that are no lease of this client", () => {
  const bytes = stored();
  const changed = (at: number): Uint8Array => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

  it.each<[detail: string, bytes: Uint8Array]>([
    ["corrupt", new Uint8Array(0)],
    ["corrupt", changed(0)],
    ["corrupt", changed(30)],
    ["corrupt", bytes.subarray(0, -1)],
    ["corrupt", new Uint8Array(100_000)],
  ])("%s: they are ignored, and it is told", (detail, wrong) => {
    const client = rebooted(wall(0), wrong).start();
    expect(client.events).toContainEqual({ type: "failed", reason: "stored-lease", detail });
    expect(client.machine.state).toBe("SELECTING");
  });

  it("those of another interface are ignored", () => {
    const client = new ClientDialogue({ ...wall(0), mac: MacAddress.parse("02:00:00:00:00:02") });
    client.stored = bytes;
    client.start();
    expect(client.events).toContainEqual({ type: "failed", reason: "stored-lease", detail: "another MAC" });
  });

  it("no change of a bit goes unnoticed", () => {
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const wrong = bytes.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte));
        expect(rebooted(wall(0), wrong).start().machine.state).toBe("SELECTING");
      }),
    );
  });

  it("random bytes never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (wrong) => {
        expect(rebooted(wall(0), wrong).start().machine.state).toBe("SELECTING");
      }),
    );
  });
});

describe("storing", () => {
  it("is small", () => {
    expect(stored().length).toBeLessThan(70);
  });

  it("a renewal that changes nothing is stored only now and then", () => {
    let now = EPOCH;
    const client = new ClientDialogue({ wallClock: { now: () => now } });
    const short = { ...OFFERED, leaseTime: 120 };
    client.bind(short);
    let stores = 0;
    for (let minute = 1; minute <= 60; minute++) {
      now = EPOCH + minute * 60_000;
      client.until(minute * 60_000).receive("ACK", {}, short);
      stores += client.take().filter((line) => line.endsWith("store")).length;
    }
    expect(stores).toBe(3_600_000 / STORE_INTERVAL);
  });

  it("without a clock, a renewal that changes nothing is not stored, another one is", () => {
    const client = new ClientDialogue().bind().until(1_800_000).receive("ACK");
    expect(client.take().filter((line) => line.endsWith("store"))).toEqual([]);
    client.until(3_600_000).receive("ACK", {}, { ...OFFERED, routers: [OTHER_SERVER] });
    expect(client.take().filter((line) => line.endsWith("store"))).toHaveLength(1);
  });

  it("a stop that keeps the lease sends nothing, and the next start confirms it", () => {
    const client = new ClientDialogue(wall(0)).bind();
    client.machine.stop(0, true);
    expect(client.take()).toEqual(["0 configure nothing", "0 stopped", "0 STOPPED"]);
    client.start();
    expect(client.machine.state).toBe("REBOOTING");
  });

  it("a client without storage is never asked to store", () => {
    const client = new ClientDialogue({ storesLease: false }).bind();
    expect(client.stored).toBeUndefined();
  });
});
