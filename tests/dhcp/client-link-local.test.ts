import { describe, expect, it } from "@jest/globals";
import { MacAddress, type Ipv4Address } from "../../src/address/index.js";
import { MAX_CONFLICTS, RATE_LIMIT_INTERVAL } from "../../src/dhcp/index.js";
import { ClientDialogue, NAK, OTHER_MAC } from "./client-dialogue.js";
import { ip, SERVER } from "./messages.js";

/** The address that is probed or used last. */
function chosen(client: ClientDialogue): Ipv4Address {
  return client.asked.at(-1)!;
}

function waiting(): ClientDialogue {
  return new ClientDialogue({ linkLocal: true }).start().until(28_000);
}

function claimed(): ClientDialogue {
  const client = waiting().until(34_000);
  return client.probed({ free: true }, chosen(client));
}

describe("a link without a server (RFC 3927)", () => {
  it("has an address of the client's choice after 28 s, probed and announced, while servers are asked for", () => {
    const client = waiting();
    expect(client.take().filter((line) => !line.includes("DISCOVER"))).toEqual([
      "0 INIT",
      "0 SELECTING",
      expect.stringMatching(/^28000 probe 169\.254\.\d+\.\d+$/),
    ]);
    client.until(34_000).probed({ free: true }, chosen(client));
    const own = chosen(client).toString();
    expect(client.take()).toEqual([
      `34000 configure ${own}/16 gateway undefined dns `,
      "34000 link-local",
      `34000 announce ${own}`,
    ]);
    expect(client.machine.binding).toMatchObject({ source: "link-local", probed: true });
    expect(client.machine.lease).toBeUndefined();
    client.until(400_000);
    expect(client.sendTimes("DISCOVER")).toEqual([60_000, 124_000, 188_000, 252_000, 316_000, 380_000]);
  });

  it("is given up when a server appears, and not before the leased address was probed", () => {
    const client = claimed().until(60_000);
    client.receive("OFFER").receive("ACK");
    expect(client.machine.binding).toMatchObject({ source: "link-local" });
    client.take();
    client.until(66_000).probed({ free: true });
    expect(client.take()).toEqual([
      "66000 BOUND",
      "66000 configure 10.0.0.100/24 gateway 10.0.0.1 dns 10.0.0.1",
      "66000 bound",
      "66000 announce 10.0.0.100",
      "66000 store",
    ]);
    expect(client.events.filter(({ type }) => type === "changed").at(-1)).toMatchObject({
      previous: { source: "link-local" },
      current: { source: "dhcp" },
    });
  });

  it("stays through a server that says no", () => {
    const client = claimed().until(60_000).receive("OFFER").receive("NAK", {}, NAK);
    expect(client.machine.binding).toMatchObject({ source: "link-local" });
  });

  it("is the same at each start, and another one for another interface", () => {
    const other = new ClientDialogue({ linkLocal: true, mac: OTHER_MAC }).start().until(28_000);
    expect(chosen(claimed())).toEqual(chosen(claimed()));
    expect(chosen(other)).not.toEqual(chosen(waiting()));
  });

  it("lies between 169.254.1.0 and 169.254.254.255", () => {
    for (let value = 1; value <= 300; value++) {
      const mac = MacAddress.fromValue(0x02_00_00_00_00_00 + value * 65_537);
      const third = (chosen(new ClientDialogue({ linkLocal: { after: 0 }, mac }).start()).value >>> 8) & 0xff;
      expect(third >= 1 && third <= 254).toBe(true);
    }
  });

  it("is chosen anew when somebody has it, after ten conflicts once a minute", () => {
    const client = waiting();
    const addresses = new Set<number>();
    for (let conflicts = 1; conflicts <= MAX_CONFLICTS; conflicts++) {
      addresses.add(chosen(client).value);
      client.probed({ free: false, owner: OTHER_MAC }, chosen(client)).until(client.now);
    }
    expect(addresses.size).toBe(MAX_CONFLICTS);
    client.take();
    client.probed({ free: false, owner: OTHER_MAC }, chosen(client));
    const probes = (): string[] => client.take().filter((line) => line.includes(" probe "));
    expect(probes()).toEqual([]);
    client.until(28_000 + RATE_LIMIT_INTERVAL - 1);
    expect(probes()).toEqual([]);
    client.until(28_000 + RATE_LIMIT_INTERVAL);
    expect(probes()).toHaveLength(1);
  });

  it("is given up to a host that keeps it, for another one", () => {
    const client = claimed();
    const lost = chosen(client);
    client.take();
    client.conflict(lost);
    expect(client.take()).toEqual([
      "34000 configure nothing",
      "34000 conflict",
      `34000 conflict with ${OTHER_MAC}`,
    ]);
    client.until(34_000);
    expect(chosen(client)).not.toEqual(lost);
  });

  it("is announced again after the link was down", () => {
    const client = claimed().until(40_000).link(false).until(50_000);
    client.take();
    client.link(true);
    expect(client.take()).toEqual([`50000 announce ${chosen(client)}`]);
  });

  it("a probe that the loss of the link ended begins anew", () => {
    const client = waiting().until(29_000);
    client.take();
    client.link(false);
    expect(client.take()).toEqual(["29000 probe ended", "29000 INIT"]);
    client.until(40_000).link(true).until(40_000);
    expect(client.take()).toContain(`40000 probe ${chosen(client)}`);
  });

  it("makes way for the probe of a lease, and comes back when that is taken", () => {
    const client = waiting();
    client.receive("OFFER").receive("ACK");
    expect(client.take()).toContain("28000 probe ended");
    client.probed({ free: false, owner: OTHER_MAC }).until(28_000);
    expect(client.take().at(-1)).toMatch(/ probe 169\.254/);
  });

  it("comes when a lease has ended and nobody gives another one", () => {
    const client = new ClientDialogue({ linkLocal: true }).bind().until(3_600_000 + 27_999);
    expect(client.asked.at(-1)?.isLinkLocal).toBe(false);
    client.until(3_600_000 + 28_000);
    expect(client.asked.at(-1)?.isLinkLocal).toBe(true);
  });

  it.each([
    ["cannot probe", false, 28_000],
    ["never answers a probe", true, 48_000],
  ])("is not chosen where the link %s, and it is told", (_name, canProbe, time) => {
    const client = new ClientDialogue({ linkLocal: true });
    client.canProbe = canProbe;
    client.start().until(500_000);
    expect(client.take().filter((line) => line.includes("failed: link-local"))).toEqual([
      `${time} failed: link-local`,
    ]);
    expect(client.machine.binding).toBeUndefined();
  });

  it("is given up by stop, and no RELEASE is sent for it", () => {
    const client = claimed();
    client.take();
    client.machine.stop(client.now);
    expect(client.take()).toEqual(["34000 configure nothing", "34000 stopped", "34000 STOPPED"]);
    expect(client.deadline).toBe(Infinity);
  });

  it("is not chosen unless it is asked for", () => {
    const client = new ClientDialogue().start().until(500_000);
    expect(client.asked).toEqual([]);
  });
});

describe("a server that forbids such addresses (RFC 2563)", () => {
  /** An offer of no address, which says that the client must not choose one. */
  const forbid = (client: ClientDialogue): ClientDialogue =>
    client.receive("OFFER", { yiaddr: ip("0.0.0.0") }, { serverIdentifier: SERVER, autoConfigure: false });

  it("is told who would choose one", () => {
    const asks = (client: ClientDialogue): unknown => client.start().sent[0]?.options.autoConfigure;
    expect(asks(new ClientDialogue({ linkLocal: true }))).toBe(true);
    expect(asks(new ClientDialogue())).toBeUndefined();
  });

  it("is obeyed, and said once; servers are asked on", () => {
    const client = new ClientDialogue({ linkLocal: true }).start();
    for (const time of [4_000, 12_000, 28_000, 60_000]) forbid(client).until(time);
    const lines = client.take();
    expect(lines.filter((line) => line.includes("link-local"))).toEqual(["0 failed: link-local-forbidden"]);
    expect(lines.filter((line) => line.includes("DISCOVER"))).toHaveLength(5);
    expect(client.asked).toEqual([]);
  });

  it("ends the probe of one", () => {
    const client = forbid(waiting());
    expect(client.take().slice(-2)).toEqual(["28000 probe ended", "28000 failed: link-local-forbidden"]);
    expect(client.until(200_000).asked).toHaveLength(1);
  });

  it("ends the use of one", () => {
    const client = claimed().until(60_000);
    client.take();
    expect(forbid(client).take()).toEqual([
      "60000 configure nothing",
      "60000 nak",
      "60000 failed: link-local-forbidden",
    ]);
    expect(client.until(200_000).asked).toHaveLength(1);
  });

  it("is forgotten with its link", () => {
    const client = forbid(new ClientDialogue({ linkLocal: true }).start());
    client.until(5_000).link(false).link(true).until(33_000);
    expect(client.asked).toHaveLength(1);
  });

  it("does not keep the client from another server's lease", () => {
    const client = forbid(new ClientDialogue({ linkLocal: true }).start());
    client.receive("OFFER").receive("ACK").probed({ free: true });
    expect(client.machine.state).toBe("BOUND");
  });

  it("has nothing to forbid to who would not choose one", () => {
    const client = forbid(new ClientDialogue().start());
    expect(client.machine.ignored).toEqual({ "bad-address": 1 });
  });
});
