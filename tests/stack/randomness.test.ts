import { describe, expect, it } from "@jest/globals";
import { Ipv4Address } from "../../src/address/index.js";
import { HalfSipHash } from "../../src/stack/half-siphash.js";
import { DYNAMIC_PORTS, EphemeralPorts, checkPortRange, pickPort } from "../../src/stack/ports.js";
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

  it("gives the same for words as for their bytes", () => {
    const bytes = Buffer.alloc(12);
    [1, -2, 0x0304_0506].forEach((word, i) => bytes.writeInt32LE(word, 4 * i));
    const hash = new HalfSipHash(fixedRandom());
    expect(hash.hashWords(1, -2, 0x0304_0506)).toBe(hash.hash(bytes, 12));
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

describe("ephemeral ports (RFC 6056)", () => {
  it("begin at random and go on to the next free one, around the end (§3.3.1)", () => {
    const free = new Set([49_152, 60_000]);
    const isFree = (port: number): boolean => free.has(port);
    expect(pickPort({ uint32: () => 0 }, DYNAMIC_PORTS, isFree)).toBe(49_152);
    expect(pickPort({ uint32: () => 1 }, DYNAMIC_PORTS, isFree)).toBe(60_000);
    expect(pickPort({ uint32: () => 16_383 }, DYNAMIC_PORTS, isFree)).toBe(49_152);
    expect(pickPort(fixedRandom(), DYNAMIC_PORTS, () => false)).toBeUndefined();
  });

  it("of connections begin elsewhere for each remote endpoint, and move on by random steps (§3.3.5)", () => {
    const ports = new EphemeralPorts(fixedRandom(), DYNAMIC_PORTS);
    const all = () => true;
    const steps: number[] = [];
    let before = ports.pick(1, 2, 80, all)!;
    for (let i = 0; i < 100; i++) {
      const port = ports.pick(1, 2, 80, all)!;
      steps.push((port - before + 16_384) % 16_384);
      before = port;
    }
    expect(Math.min(...steps)).toBeGreaterThan(0);
    expect(Math.max(...steps)).toBeLessThanOrEqual(500);
    expect(new Set(steps).size).toBeGreaterThan(50);
    const elsewhere = [81, 82, 83].map((remotePort) => ports.pick(1, 2, remotePort, all)! - before);
    expect(elsewhere.every((difference) => Math.abs(difference) > 2_000)).toBe(true);
  });

  it("are found as long as there is one, and keep to the range", () => {
    const ports = new EphemeralPorts(fixedRandom(), { first: 10, last: 12 });
    const taken = new Set<number>();
    for (let i = 0; i < 3; i++) taken.add(ports.pick(1, 2, 80, (port) => !taken.has(port))!);
    expect([...taken].sort()).toEqual([10, 11, 12]);
    expect(ports.pick(1, 2, 80, (port) => !taken.has(port))).toBeUndefined();
  });

  it.each([
    [0, 5],
    [6, 5],
    [1, 65_536],
    [1.5, 7],
  ])("cannot be %d to %d", (first, last) => {
    expect(() => checkPortRange({ first, last })).toThrow(/EINVAL/);
  });
});

describe("a rate limit", () => {
  it("allows a burst, then so many a second", () => {
    const limit = new RateLimit(10, 3);
    const taken = (now: number): number => [1, 2, 3, 4, 5].filter(() => limit.take(now)).length;
    expect([0, 0, 100, 250, 10_000].map(taken)).toEqual([3, 0, 1, 1, 3]);
  });
});
