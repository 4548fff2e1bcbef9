import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address } from "../../src/address/index.js";
import type { ServerLease, ServerLeaseState } from "../../src/dhcp/index.js";
import { LeaseTable, NOBODY } from "../../src/dhcp/server/lease-table.js";
import { Pool } from "../../src/dhcp/server/pool.js";
import { ip, MAC } from "./messages.js";

const address = (last: number): Ipv4Address => Ipv4Address.fromValue(0x0a000000 + last);

describe("a table of leases", () => {
  const lease = (last: number, state: ServerLeaseState, expiresAt: number): ServerLease => ({
    address: address(last),
    mac: MAC,
    state,
    expiresAt,
    reserved: false,
  });

  it("finds a lease by address, by client and by its end", () => {
    const table = new LeaseTable();
    table.set(lease(1, "bound", 2_000), "a");
    table.set(lease(2, "bound", 1_000), "b");
    table.set(lease(3, "declined", 3_000), NOBODY);
    expect(table.at(address(1).value)).toBe(table.ofClient("a"));
    expect(table.ofClient(NOBODY)).toBeUndefined();
    expect(table.nextToEnd).toBe(table.ofClient("b"));
    expect(table.countOf(MAC.value)).toBe(3);
  });

  it("keeps a client's latest address when an earlier one of it goes", () => {
    const table = new LeaseTable();
    table.set(lease(1, "bound", 1_000), "a");
    const earlier = table.ofClient("a")!;
    table.set(lease(2, "bound", 2_000), "a");
    expect(table.size).toBe(2);
    table.remove(earlier);
    expect(table.ofClient("a")?.address).toEqual(address(2));
    expect(table.nextToEnd?.address).toEqual(address(2));
  });

  it("forgets whose an address was when somebody else gets it", () => {
    const table = new LeaseTable();
    table.set(lease(1, "free", 0), "a");
    table.set(lease(1, "bound", 1_000), "b");
    expect(table.ofClient("a")).toBeUndefined();
    expect(table.longestFree).toBeUndefined();
    expect(table.size).toBe(1);
  });

  it("counts for a MAC what it keeps from others, and nothing for what is free", () => {
    const table = new LeaseTable();
    table.set(lease(1, "offered", 10), "a");
    table.set(lease(1, "bound", 1_000), "a");
    table.set(lease(2, "bound", Infinity), "b");
    expect(table.countOf(MAC.value)).toBe(2);
    table.set(lease(2, "free", 0), "b");
    expect(table.countOf(MAC.value)).toBe(1);
    table.remove(table.ofClient("a")!);
    expect(table.countOf(MAC.value)).toBe(0);
  });
});

describe("a pool", () => {
  it("gives each of its addresses once, and those that were given back again", () => {
    const excluded = fc.array(fc.tuple(fc.nat(40), fc.nat(5)), { maxLength: 4 });
    const picks = fc.array(fc.record({ hash: fc.nat(), givesBack: fc.boolean() }), {
      size: "max",
      maxLength: 120,
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 39 }), excluded, picks, (size, ranges, changes) => {
        const exclusions = ranges.map(([first, length]) => ({
          first: address(first),
          last: address(first + length),
        }));
        const pool = new Pool({ first: address(0), last: address(size) }, exclusions);
        const usable = Array.from({ length: size + 1 }, (_, last) => address(last).value).filter((value) =>
          pool.has(value),
        );
        const taken = new Set<number>();
        for (const { hash, givesBack } of changes) {
          const [one] = taken;
          if (givesBack && one !== undefined) {
            taken.delete(one);
            pool.giveBack(Ipv4Address.fromValue(one));
          }
          const picked = pool.pick(hash, (value) => taken.has(value));
          if (taken.size === usable.length) expect(picked).toBeUndefined();
          else expect(usable.filter((value) => !taken.has(value))).toContain(picked);
          if (picked !== undefined) taken.add(picked);
        }
      }),
    );
  });

  it("spreads clients evenly, and gives each the same place again", () => {
    const pool = new Pool({ first: ip("10.0.0.0"), last: ip("10.0.3.255") }, []);
    const places = Array.from({ length: 1_024 }, (_, hash) => pool.pick(hash, () => false));
    // Of as many balls as boxes, 63 % of the boxes get one.
    expect(new Set(places).size).toBeGreaterThan(600);
    expect(places.map((_, hash) => pool.pick(hash, () => false))).toEqual(places);
  });

  it("does not search a large excluded range address by address", () => {
    const excluded = [{ first: ip("10.0.0.1"), last: ip("10.255.255.254") }];
    const pool = new Pool({ first: ip("10.0.0.0"), last: ip("10.255.255.255") }, excluded);
    let asked = 0;
    const taken = new Set<number>();
    for (let count = 0; count < 3; count++) {
      const picked = pool.pick(count, (value) => (asked++, taken.has(value)));
      if (picked !== undefined) taken.add(picked);
    }
    expect([...taken]).toEqual([ip("10.0.0.0").value, ip("10.255.255.255").value]);
    expect(asked).toBeLessThan(10);
  });
});
