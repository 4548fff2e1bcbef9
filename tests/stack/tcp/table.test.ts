import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Connection } from "../../../src/stack/tcp/connection.js";
import { ConnectionTable } from "../../../src/stack/tcp/table.js";

type Tuple = readonly [localPort: number, remotePort: number, local32: number, remote32: number];

function connection([localPort, remotePort, local32, remote32]: Tuple): Connection {
  return { localPort, remotePort, local32, remote32, nextInBucket: undefined } as unknown as Connection;
}

describe("the connection table", () => {
  it("finds what a map by the four-tuple does, whatever comes and goes", () => {
    // Few values, so that tuples come again, and many with the same hash: local32 is no part of it.
    const tuple = fc.tuple(fc.nat(2), fc.nat(2), fc.nat(3), fc.nat(1));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), tuple), { maxLength: 60 }), (steps) => {
        const table = new ConnectionTable();
        const model = new Map<string, Connection>();
        for (const [adds, key] of steps) {
          const name = key.join();
          const known = model.get(name);
          expect(table.find(...key)).toBe(known);
          if (adds && known === undefined) {
            const fresh = connection(key);
            table.add(fresh);
            model.set(name, fresh);
          } else if (!adds) {
            expect(table.remove(known ?? connection(key))).toBe(known !== undefined);
            model.delete(name);
          }
          expect(table.size).toBe(model.size);
          expect(new Set(table.all())).toEqual(new Set(model.values()));
        }
      }),
    );
  });
});
