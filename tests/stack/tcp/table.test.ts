import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { EndpointTable, type Endpoint } from "../../../src/stack/tcp/table.js";
import { fixedRandom } from "../support/machine.js";

type Tuple = readonly [localPort: number, remotePort: number, local32: number, remote32: number];

function endpoint([localPort, remotePort, local32, remote32]: Tuple): Endpoint {
  return { localPort, remotePort, local32, remote32, nextInBucket: undefined } as unknown as Endpoint;
}

describe("the table of endpoints", () => {
  it("finds what a map by the four-tuple does, whatever comes and goes", () => {
    // Few values, so that tuples come again.
    const tuple = fc.tuple(fc.nat(2), fc.nat(5), fc.nat(3), fc.nat(3));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(2), tuple), { maxLength: 300 }), (steps) => {
        const table = new EndpointTable(fixedRandom());
        const model = new Map<string, Endpoint>();
        for (const [choice, key] of steps) {
          const name = key.join();
          const known = model.get(name);
          expect(table.find(...key)).toBe(known);
          if (choice > 0 && known === undefined) {
            const fresh = endpoint(key);
            table.add(fresh);
            model.set(name, fresh);
          } else if (choice === 0) {
            expect(table.remove(known ?? endpoint(key))).toBe(known !== undefined);
            model.delete(name);
          }
          expect(table.size).toBe(model.size);
          expect(new Set(table.all())).toEqual(new Set(model.values()));
        }
      }),
    );
  });

  it("looks at no more endpoints among 50,000 than among 16, and when most of them are gone again", () => {
    let looks = 0;
    class Watched {
      nextInBucket: Endpoint | undefined;
      constructor(
        readonly localPort: number,
        private readonly port: number,
        readonly local32: number,
        readonly remote32: number,
      ) {}
      get remotePort(): number {
        looks++;
        return this.port;
      }
    }
    const table = new EndpointTable(fixedRandom());
    const all: Endpoint[] = [];
    const looksPerFind = (count: number): number => {
      looks = 0;
      for (const { local32, localPort, remote32 } of all.slice(0, count)) {
        const { port } = all[0] as unknown as { port: number };
        expect(table.find(localPort, port, local32, remote32)).toBeDefined();
      }
      return looks / count;
    };
    const add = (i: number): void => {
      const one = new Watched(80, 7000, 1, i) as unknown as Endpoint;
      all.push(one);
      table.add(one);
    };
    for (let i = 0; i < 50_000; i++) add(i);
    expect(looksPerFind(50_000)).toBeLessThan(3);
    for (const one of all.splice(1_000)) table.remove(one);
    expect(looksPerFind(1_000)).toBeLessThan(3);
    for (const one of all.splice(16)) table.remove(one);
    expect(looksPerFind(16)).toBeLessThan(3);
  });
});
