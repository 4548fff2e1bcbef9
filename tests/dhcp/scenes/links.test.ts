import { describe, expect, it } from "@jest/globals";
import { addServer, bootTwins, flap, leaseOne, talk } from "./links.js";
import { HOUR, MINUTE, SECOND } from "./site.js";

const LINK_LOCAL = /^169\.254\./;

describe("a link that goes down and up", () => {
  it("leaves the address where it is, and the lease is confirmed at once", () => {
    const leased = leaseOne();
    const { client } = leased;
    const { address } = client;
    const seen = new Set<string | undefined>();
    client.host.network.watch(() => seen.add(client.address));
    flap(leased, 1, 4 * SECOND);
    expect(client.story).toEqual([`bound ${address}`, `rebooted ${address}`]);
    expect(client.sent).toMatchObject({ DISCOVER: 1, REQUEST: 2 });
    expect([...seen]).toEqual([address]);
  });

  it("makes no more than a message a second, however often it does", () => {
    const leased = leaseOne();
    const { client, site } = leased;
    const before = client.sent.REQUEST;
    flap(leased, 600, 100);
    expect(client.sent.REQUEST - before).toBeLessThanOrEqual(MINUTE / SECOND + 1);
    site.run(5 * SECOND);
    expect(client.client.state).toBe("BOUND");
    expect(client.sent.DISCOVER).toBe(1);
  });

  it("takes the address away where the lease ends before the link is back", () => {
    const { client, site } = leaseOne();
    client.cable.cut();
    site.run(HOUR);
    expect(client.story.at(-1)).toBe("expired");
    expect(client.address).toBeUndefined();
    client.cable.mend();
    site.run(MINUTE);
    expect(client.client.state).toBe("BOUND");
  });
});

describe("a reboot", () => {
  it("asks for the stored lease with one message", () => {
    const { client, site } = leaseOne();
    const { address } = client;
    client.reboot();
    expect(client.address).toBeUndefined();
    site.run(20 * SECOND);
    expect(client.story).toEqual([`bound ${address}`, `rebooted ${address}`]);
    expect(client.sent).toMatchObject({ DISCOVER: 1, REQUEST: 2 });
  });

  it("without a server has the address again as long as the lease runs, and not beyond", () => {
    const { client, site, server } = leaseOne();
    const { address } = client;
    server.cable.cut();
    site.run(30 * MINUTE);
    client.reboot();
    site.run(MINUTE);
    expect(client.story).toEqual([`bound ${address}`, `resumed ${address}`]);
    site.runTo(HOUR - SECOND);
    expect(client.address).toBe(address);
    site.run(2 * SECOND);
    expect(client.story.at(-1)).toBe("expired");
    expect(client.address).toBeUndefined();
  });
});

describe("two devices that choose the same link-local address", () => {
  it("have different ones when they boot at one moment", () => {
    const { site, first, second } = bootTwins(0);
    site.run(MINUTE);
    for (const twin of [first, second]) expect(twin.address).toMatch(LINK_LOCAL);
    expect(first.address).not.toBe(second.address);
  });

  it("have different ones soon after their links were joined", () => {
    const twins = bootTwins(MINUTE);
    const { first, second } = twins;
    expect(first.address).toMatch(LINK_LOCAL);
    expect(first.address).toBe(second.address);
    talk(twins, 40);
    for (const twin of [first, second]) expect(twin.address).toMatch(LINK_LOCAL);
    expect(first.address).not.toBe(second.address);
    // RFC 3927 §2.5: each defends it once, and who is hit by the other's defence gives way.
    expect(first.story).toHaveLength(1);
    expect(second.story).toEqual([first.story[0], "conflict", `link-local ${second.address}`]);
  });

  it("leave them when a server appears", () => {
    const twins = bootTwins(0);
    twins.site.run(MINUTE);
    addServer(twins);
    for (const { story, address } of [twins.first, twins.second]) {
      expect(story).toHaveLength(2);
      expect(story[0]).toMatch(/^link-local 169\.254\./);
      expect(story[1]).toBe(`bound ${address}`);
      expect(address).toMatch(/^10\.0\.0\.1\d\d$/);
    }
  });
});
