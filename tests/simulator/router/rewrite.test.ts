import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address } from "../../../src/address/index.js";
import { adjustChecksum, rewrite } from "../../../simulator/router/nat/rewrite.js";
import { icmp, ipv4, tcp, udp, UDP } from "../../stack/support/build.js";
import { internetChecksum } from "../../stack/support/checksum.js";

const INSIDE = "192.168.1.100";
const OUTSIDE = "203.0.113.7";
const SERVER = "198.51.100.9";
const DATA = Buffer.from("odd bytes");

const value = (address: string): number => Ipv4Address.parse(address).value;

function segment(source: string, from: number, data: Uint8Array = DATA): Uint8Array {
  const fields = { from, to: 80, sequence: 1e9, acknowledgment: 77, flags: 0x18, window: 500 };
  return tcp({ source, destination: SERVER }, { ...fields, options: [2, 4, 5, 180], data });
}

function rewritten(
  packet: Uint8Array,
  side: "source" | "destination",
  address: string,
  port: number,
): Uint8Array {
  const copy = Buffer.from(packet);
  rewrite(copy, 0, copy.length, side, { address: value(address), port });
  return copy;
}

describe("a rewritten packet is the one that its new endpoint would have sent:", () => {
  const ends = (source: string) => ({ source, destination: SERVER });
  const back = (destination: string) => ({ source: SERVER, destination });

  it.each<[string, Uint8Array, Uint8Array]>([
    ["TCP from a source", rewritten(segment(INSIDE, 5000), "source", OUTSIDE, 6000), segment(OUTSIDE, 6000)],
    [
      "UDP from a source",
      rewritten(udp(ends(INSIDE), 5000, 53, DATA), "source", OUTSIDE, 61_001),
      udp(ends(OUTSIDE), 61_001, 53, DATA),
    ],
    [
      "UDP to a destination",
      rewritten(udp(back(OUTSIDE), 53, 6000, DATA), "destination", INSIDE, 5000),
      udp(back(INSIDE), 53, 5000, DATA),
    ],
    [
      "an echo",
      rewritten(icmp(ends(INSIDE), 8, 0, 0x0007_0001, DATA), "source", OUTSIDE, 9),
      icmp(ends(OUTSIDE), 8, 0, 0x0009_0001, DATA),
    ],
    [
      "the reply to an echo",
      rewritten(icmp(back(OUTSIDE), 0, 0, 0x0009_0001, DATA), "destination", INSIDE, 7),
      icmp(back(INSIDE), 0, 0, 0x0007_0001, DATA),
    ],
    [
      "the reply to an echo, whose identifier is not its sender's",
      rewritten(icmp(ends(INSIDE), 0, 0, 0x0009_0001, DATA), "source", OUTSIDE, 7),
      icmp(ends(OUTSIDE), 0, 0, 0x0009_0001, DATA),
    ],
    [
      "a later fragment, which has no port",
      rewritten(ipv4({ ...ends(INSIDE), protocol: UDP, fragment: 100 }, DATA), "source", OUTSIDE, 6000),
      ipv4({ ...ends(OUTSIDE), protocol: UDP, fragment: 100 }, DATA),
    ],
    [
      "IP options",
      rewritten(
        ipv4({ ...ends(INSIDE), protocol: 99, options: [1, 7, 3, 4] }, DATA),
        "source",
        OUTSIDE,
        6000,
      ),
      ipv4({ ...ends(OUTSIDE), protocol: 99, options: [1, 7, 3, 4] }, DATA),
    ],
  ])("%s", (_, actual, expected) => {
    expect(Buffer.from(actual).toString("hex")).toBe(Buffer.from(expected).toString("hex"));
  });

  it("a datagram without a checksum, which gets none", () => {
    const withoutChecksum = (packet: Uint8Array): Uint8Array => packet.fill(0, 26, 28);
    const actual = rewritten(withoutChecksum(udp(ends(INSIDE), 1, 2, DATA)), "source", OUTSIDE, 3);
    expect(actual).toEqual(withoutChecksum(udp(ends(OUTSIDE), 3, 2, DATA)));
  });

  it.each([
    ["eight bytes of TCP", segment(INSIDE, 5000).subarray(0, 28), segment(OUTSIDE, 6000).subarray(0, 28)],
    ["all of TCP", segment(INSIDE, 5000), segment(OUTSIDE, 6000)],
    [
      "all of UDP",
      udp({ source: INSIDE, destination: SERVER }, 5000, 53, DATA),
      udp({ source: OUTSIDE, destination: SERVER }, 6000, 53, DATA),
    ],
  ])("an ICMP error that quotes %s", (_, quoted, expected) => {
    const router = { source: "198.51.100.1", destination: OUTSIDE };
    const packet = Buffer.from(icmp(router, 3, 1, 0, quoted));
    rewrite(packet, 28, packet.length, "source", { address: value(OUTSIDE), port: 6000 }, 22);
    expect(packet.toString("hex")).toBe(Buffer.from(icmp(router, 3, 1, 0, expected)).toString("hex"));
  });
});

const word = fc.integer({ min: 0, max: 0xffff });
const address = fc.ipV4().filter((text) => value(text) !== 0);

it("gives the packet back when it is translated out and in again", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("tcp", "udp", "icmp"),
      fc.tuple(address, address, address),
      fc.tuple(word, word, word),
      fc.uint8Array({ maxLength: 40 }),
      (protocol, [source, outside, destination], [from, to, port], data) => {
        const ends = { source, destination };
        const fields = { from, to, sequence: 1, acknowledgment: 2, flags: 16, window: 3, data };
        const packet =
          protocol === "tcp"
            ? tcp(ends, fields)
            : protocol === "udp"
              ? udp(ends, from, to, data)
              : icmp(ends, 8, 0, from * 0x1_0000 + to, data);
        const out = rewritten(packet, "source", outside, port);
        expect(rewritten(out, "source", source, from)).toEqual(Buffer.from(packet));
      },
    ),
  );
});

it("adjusts a checksum to what it would be if it were computed anew (RFC 1624)", () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 3, maxLength: 20 }), word, word, (words, high, low) => {
      const bytes = (list: readonly number[]): Uint8Array =>
        Buffer.from(list.flatMap((each) => [each >> 8, each & 255]));
      const [before, ...others] = [words[0]! * 0x1_0000 + words[1]!, ...words.slice(2)];
      const changed = [high, low, ...others];
      // All zeros is no header.
      fc.pre(words.some((each) => each !== 0) && changed.some((each) => each !== 0));
      const adjusted = adjustChecksum(internetChecksum(bytes(words)), before, high * 0x1_0000 + low);
      expect(adjusted).toBe(internetChecksum(bytes(changed)));
    }),
  );
  // The example of RFC 1624 §4.
  expect(adjustChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
});
