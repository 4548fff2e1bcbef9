import { describe, expect, it } from "@jest/globals";
import { MAX_MESSAGES_PER_SECOND } from "../../../src/dhcp/index.js";
import { MacAddress } from "../../../src/address/index.js";
import { bootWithRogue, lend, ROGUE, type Malice } from "./rogue.js";
import { DAY, HOUR, ip, MINUTE, SECOND } from "./site.js";

describe("a rogue whose every answer is wrong", () => {
  const offers =
    (...answers: Partial<ReturnType<Malice>[number]>[]): Malice =>
    ({ type }) =>
      type === "DISCOVER" ? answers.map((answer) => ({ type: "OFFER", ...answer })) : [];

  it.each<[string, string, Malice]>([
    ["another's xid", "wrong-xid", offers({ fields: { xid: 1 } })],
    ["another's MAC", "wrong-chaddr", offers({ fields: { chaddr: MacAddress.fromValue(7) } })],
    ["no server identifier", "no-server", offers({ options: { serverIdentifier: undefined } })],
    ["a lease of no time", "bad-lease-time", offers({ options: { leaseTime: 0 } })],
    ["a lease of a second", "bad-lease-time", offers({ options: { leaseTime: 1 } })],
    ["the address of a group", "bad-address", offers({ fields: { yiaddr: ip("224.0.0.1") } })],
    ["a mask with a hole", "bad-subnet-mask", offers({ options: { subnetMask: ip("255.0.255.0") } })],
    ["a request", "not-a-reply", offers({ type: "DISCOVER" })],
    ["an ACK that nobody asked for", "unexpected", offers({ type: "ACK" })],
  ])("gets nowhere with %s: it is counted, and told once", (_, reason, malice) => {
    const { site, client, answers, addServer } = bootWithRogue(malice);
    site.run(10 * MINUTE);
    expect(client.client.state).toBe("SELECTING");
    expect(answers()).toBeGreaterThan(5);
    expect(client.client.ignored).toEqual({ [reason]: answers() });
    expect(client.log.filter((line) => line.includes(reason))).toHaveLength(1);
    addServer();
    site.run(3 * MINUTE);
    expect(client.client.lease?.server.toString()).toBe("10.0.0.1");
  });
});

describe("a rogue that says NAK", () => {
  it("to each REQUEST, in the server's name, gets a DISCOVER a minute at most for it", () => {
    const malice: Malice = ({ type, options }) =>
      type === "REQUEST" ? [{ type: "NAK", options: { serverIdentifier: options.serverIdentifier } }] : [];
    const { site, client, addServer, silence } = bootWithRogue(malice);
    addServer();
    site.run(2 * HOUR);
    expect(client.sent.REQUEST).toBeGreaterThan(10);
    expect(client.sent.DISCOVER).toBeLessThanOrEqual((2 * HOUR) / MINUTE + 5);
    silence();
    site.run(3 * MINUTE);
    expect(client.client.state).toBe("BOUND");
  });

  it("to a client that asked nothing, changes nothing", () => {
    const { site, client, addServer } = bootWithRogue(() => [{ type: "NAK" }, { type: "NAK" }]);
    addServer();
    site.run(MINUTE);
    expect(client.story).toEqual([`bound ${client.address}`]);
    expect(client.client.lease?.server.toString()).toBe("10.0.0.1");
  });
});

describe("a rogue that floods", () => {
  /** A thousand offers a second, for five seconds after each DISCOVER. */
  const flood: Malice = ({ type }) =>
    type === "DISCOVER"
      ? Array.from({ length: 5_000 }, () => ({ type: "OFFER", options: { leaseTime: 0 } }))
      : [];

  it("is listened to so often in a second, and told of once", () => {
    const { site, client, answers } = bootWithRogue(flood);
    site.run(3 * MINUTE);
    const { "bad-lease-time": looked = 0, flood: dropped = 0, "wrong-xid": late = 0 } = client.client.ignored;
    expect(looked + dropped + late).toBe(answers());
    // A second that counting begins anew with is cut by the flood's end.
    expect(looked).toBeLessThanOrEqual(MAX_MESSAGES_PER_SECOND * 6 * client.sent.DISCOVER);
    expect(dropped).toBeGreaterThan(10 * looked);
    expect(client.log.filter((line) => line.includes("ignored"))).toHaveLength(2);
    expect(client.sent.DISCOVER).toBeLessThanOrEqual(7);
  });

  it("keeps nobody from a lease for long", () => {
    const { site, client, addServer } = bootWithRogue(flood);
    addServer();
    site.run(10 * MINUTE);
    expect(client.client.state).toBe("BOUND");
  });
});

describe("a rogue that lends for absurd times", () => {
  it.each([
    // T1 of 5 s at the least.
    ["ten seconds", { leaseTime: 10 }, HOUR, HOUR / (5 * SECOND)],
    [
      "ten seconds, to be extended at once",
      { leaseTime: 10, renewalTime: 0, rebindingTime: 0 },
      HOUR,
      HOUR / (5 * SECOND),
    ],
    ["136 years", { leaseTime: 2 ** 32 - 2 }, 60 * DAY, 0],
    [
      "136 years, to be extended each second",
      { leaseTime: 2 ** 32 - 2, renewalTime: 1, rebindingTime: 2 },
      60 * DAY,
      0,
    ],
    ["ever, to be extended at once", { leaseTime: 2 ** 32 - 1, renewalTime: 0 }, 60 * DAY, 0],
    [
      "an hour, to be extended after it",
      { leaseTime: 3600, renewalTime: 9_000, rebindingTime: 8_000 },
      DAY,
      49,
    ],
  ])("%s, does not make the client busy", (_, options, duration, most) => {
    const { site, client } = bootWithRogue(lend(options));
    site.run(MINUTE);
    expect(client.client.lease?.server).toEqual(ROGUE);
    const before = client.sent.REQUEST;
    site.run(duration);
    expect(client.sent.REQUEST - before).toBeLessThanOrEqual(most);
    expect(client.story.filter((line) => line === "expired")).toEqual([]);
  });
});
