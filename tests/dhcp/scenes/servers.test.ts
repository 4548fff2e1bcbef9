import { describe, expect, it } from "@jest/globals";
import { leaseFromTwo, renumber } from "./servers.js";
import { MINUTE, SECOND } from "./site.js";

/** What the servers know of their addresses, by state. */
const statesOf = ({ server }: { server: { leases: readonly { state: string }[] } }): string[] =>
  server.leases.map(({ state }) => state);

describe("a server that comes back with another subnet", () => {
  const FORMER = /^192\.168\.7\.1\d\d$/;
  const NEW = /^10\.1\.0\.1\d\d$/;

  it.each([
    ["refuses the old address when the client asks everybody, and gives a new one", false, 10 * MINUTE],
    ["does so at once if the client's link was down", true, 2 * SECOND],
  ])("%s", (_, flap, within) => {
    const { client, at } = renumber(flap);
    const [bound, refused, moved] = client.changes;
    expect([bound?.reason, refused?.reason, moved?.reason]).toEqual(["bound", "nak", "bound"]);
    expect(bound?.address).toMatch(FORMER);
    expect(refused?.address).toBeUndefined();
    expect(refused!.time - at).toBeLessThan(within);
    expect(moved?.address).toMatch(NEW);
    // Four messages, and a probe of seven seconds at most.
    expect(moved!.time - refused!.time).toBeLessThan(8 * SECOND);
    expect(client.address).toBe(moved?.address);
    expect(client.host.network.ipv4?.gateway?.toString()).toBe("10.1.0.1");
  });
});

describe("two servers", () => {
  it("the first one that answers is taken, and the other one does not keep its offer", () => {
    const { client, near, far, offers } = leaseFromTwo();
    expect(offers).toEqual(["near", "far"]);
    expect(client.story).toHaveLength(1);
    expect(client.client.lease?.server.toString()).toBe("10.0.0.1");
    expect([statesOf(near), statesOf(far)]).toEqual([["bound"], []]);
  });

  it("a policy can prefer the other one, and then the first does not keep its offer", () => {
    const seen: string[] = [];
    const { client, near, far } = leaseFromTwo((offers) => {
      seen.push(...offers.map(({ server }) => server.toString()));
      return offers.find(({ server }) => server.toString() === "10.0.0.2");
    });
    expect(seen).toEqual(["10.0.0.1", "10.0.0.2"]);
    expect(client.client.lease?.server.toString()).toBe("10.0.0.2");
    expect([statesOf(near), statesOf(far)]).toEqual([[], ["bound"]]);
  });
});
