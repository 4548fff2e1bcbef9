import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../src/address/index.js";
import { HalfSipHash } from "../../src/stack/half-siphash.js";
import { pickEphemeralPort } from "../../src/stack/ports.js";
import { RateLimit } from "../../src/stack/rate-limit.js";
import { IsnGenerator } from "../../src/stack/tcp/isn.js";
import { fixedRandom } from "./support/machine.js";

describe("HalfSipHash-2-4", () => {
  // vectors.h of the reference implementation: key 00 … 07, input 00, 01, 02, …, here of whole words.
  it.each([
    [0, "a9359f5b"],
    [4, "2a6e4689"],
    [8, "d0b8848f"],
    [12, "57f0872f"],
  ])("gives the reference implementation's result for %i bytes", (length, hex) => {
    const key = [0x0302_0100, 0x0706_0504];
    const hash = new HalfSipHash({ uint32: () => key.shift()! });
    const result = Buffer.alloc(4);
    result.writeInt32LE(
      hash.hash(
        Uint8Array.from({ length }, (_, i) => i),
        length,
      ),
    );
    expect(result.toString("hex")).toBe(hex);
  });
});

describe("initial sequence numbers (RFC 6528)", () => {
  const local = Ipv4Address.parse("10.0.0.1");
  const remote = Ipv4Address.parse("10.0.0.9");

  it("grow by one every 4 µs for the same four-tuple, for as long as the host is up", () => {
    const isn = new IsnGenerator(fixedRandom());
    const first = isn.next(local, 80, remote, 7000, 0);
    for (const now of [1, 1000, 3_600_000, 2 ** 33 + 0.5, 2 ** 45]) {
      const expected = BigInt.asIntN(32, BigInt(first) + BigInt(Math.floor((now % 2 ** 32) * 250)));
      expect(isn.next(local, 80, remote, 7000, now)).toBe(Number(expected));
    }
  });

  it("differ by each part of the four-tuple, and by the secret", () => {
    const isn = new IsnGenerator(fixedRandom());
    const secret = new IsnGenerator({ uint32: () => 7 });
    const numbers = [
      isn.next(local, 80, remote, 7000, 0),
      isn.next(remote, 80, local, 7000, 0),
      isn.next(local, 81, remote, 7000, 0),
      isn.next(local, 80, remote, 7001, 0),
      secret.next(local, 80, remote, 7000, 0),
    ];
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});

describe("ephemeral ports (RFC 6056 §3.3.1)", () => {
  it("begin at random and go on to the next free one, around the end", () => {
    const free = new Set([49_152, 60_000]);
    const isFree = (port: number): boolean => free.has(port);
    expect(pickEphemeralPort({ uint32: () => 0 }, isFree)).toBe(49_152);
    expect(pickEphemeralPort({ uint32: () => 1 }, isFree)).toBe(60_000);
    expect(pickEphemeralPort({ uint32: () => 16_383 }, isFree)).toBe(49_152);
    expect(() => pickEphemeralPort(fixedRandom(), () => false)).toThrow(/EADDRINUSE/);
  });
});

describe("a rate limit", () => {
  it("allows a burst, then so many a second", () => {
    const limit = new RateLimit(10, 3);
    const taken = (now: number): number => [1, 2, 3, 4, 5].filter(() => limit.take(now)).length;
    expect([0, 0, 100, 250, 10_000].map(taken)).toEqual([3, 0, 1, 1, 3]);
  });
});
