import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  Cidr,
  Ipv4Address,
  Ipv6Address,
  maskOfPrefixLength,
  parseIpAddress,
  prefixLengthOfMask,
} from "../../src/address/index.js";
import { anyText, expectTotal, nearly, refusal, word } from "./helpers.js";

const anyCidr4 = fc
  .tuple(word, fc.nat(32))
  .map(([value, length]) => new Cidr(Ipv4Address.fromValue(value), length));
const anyCidr6 = fc
  .tuple(word, word, word, word, fc.nat(128))
  .map(([w0, w1, w2, w3, length]) => new Cidr(Ipv6Address.fromWords(w0, w1, w2, w3), length));
const anyCidr = fc.oneof(anyCidr4, anyCidr6);

/** An address as a string of bits: the slow way to compare prefixes. */
function bitsOf({ address }: Cidr): string {
  const bytes = new Uint8Array(address.family === 4 ? 4 : 16);
  address.write(bytes, 0);
  return Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
}

describe("Cidr", () => {
  it.each([
    ["10.0.0.0/8", "10.0.0.0", "10.255.255.255", "255.0.0.0"],
    ["192.168.1.7/24", "192.168.1.0", "192.168.1.255", "255.255.255.0"],
    ["172.31.200.1/20", "172.31.192.0", "172.31.207.255", "255.255.240.0"],
    ["1.2.3.4/0", "0.0.0.0", "255.255.255.255", "0.0.0.0"],
    ["200.200.200.200/1", "128.0.0.0", "255.255.255.255", "128.0.0.0"],
    ["10.0.0.5/30", "10.0.0.4", "10.0.0.7", "255.255.255.252"],
    ["10.0.0.5/31", "10.0.0.4", undefined, "255.255.255.254"],
    ["10.0.0.5/32", "10.0.0.5", undefined, "255.255.255.255"],
    ["2001:db8:1:2:3::1/64", "2001:db8:1:2::", undefined, undefined],
    ["2001:db8:1:2:3::1/0", "::", undefined, undefined],
    ["2001:db8:ffff::1/33", "2001:db8:8000::", undefined, undefined],
    ["2001:db8::ffff:ffff:ffff/95", "2001:db8::fffe:0:0", undefined, undefined],
    ["2001:db8::1/128", "2001:db8::1", undefined, undefined],
    ["fe80::1%eth0/10", "fe80::%eth0", undefined, undefined],
  ])("%s: network %s, broadcast %s, mask %s", (text, network, broadcast, netmask) => {
    const cidr = Cidr.parse(text);
    expect(cidr.toString()).toBe(text);
    expect(cidr.network.toString()).toBe(network);
    expect(cidr.broadcast?.toString()).toBe(broadcast);
    expect(cidr.netmask?.toString()).toBe(netmask);
  });

  it.each([
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["10.0.0.0/8", "::a00:1", false],
    ["0.0.0.0/0", "255.255.255.255", true],
    ["0.0.0.0/0", "::", false],
    ["192.168.1.7/32", "192.168.1.7", true],
    ["192.168.1.7/32", "192.168.1.6", false],
    ["192.168.1.7/25", "192.168.1.127", true],
    ["192.168.1.7/25", "192.168.1.128", false],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::1", false],
    ["::/0", "ffff::", true],
    ["::/0", "10.0.0.1", false],
    ["2001:db8::8000/113", "2001:db8::ffff", true],
    ["2001:db8::8000/113", "2001:db8::7fff", false],
    ["fe80::/10", "fe80::1%eth0", true],
    ["fe80::%eth0/10", "fe80::1%eth0", true],
    ["fe80::%eth0/10", "fe80::1%eth1", false],
  ])("%s and %s: %s", (cidr, address, inside) => {
    expect(Cidr.parse(cidr).contains(parseIpAddress(address))).toBe(inside);
  });

  it.each([
    ["", "no prefix length"],
    ["10.0.0.0", "no prefix length"],
    ["10.0.0.0/", "prefix length is empty"],
    ["10.0.0.0/33", "prefix length 33 is over 32"],
    ["::/129", "prefix length 129 is over 128"],
    ["10.0.0.0/-1", 'prefix length "-1" is not a decimal number'],
    ["10.0.0.0/08", "prefix length 08 has a leading zero"],
    ["10.0.0.0/8/8", 'prefix length "8/8" is not a decimal number'],
    ["10.0.0.0/255.0.0.0", "prefix length has more than 5 digits"],
    ["10.0.0/8", "3 of 4 octets"],
    ["fe80::1/64%eth0", "prefix length has more than 5 digits"],
  ])("refuses %j: %s", (text, reason) => {
    expect(refusal((text) => Cidr.parse(text), text)).toContain(`: ${reason} (EINVAL)`);
    expect(Cidr.tryParse(text)).toBeUndefined();
  });

  it("refuses to be made with a prefix length that its family has not", () => {
    expect(() => new Cidr(Ipv4Address.loopback, 33)).toThrow("not an integer from 0 to 32");
    expect(() => new Cidr(Ipv6Address.loopback, 129)).toThrow("not an integer from 0 to 128");
    for (const length of [-1, 0.5, NaN])
      expect(() => new Cidr(Ipv4Address.loopback, length)).toThrow("EINVAL");
  });

  it("compares address and prefix length", () => {
    expect(Cidr.parse("10.0.0.1/8").equals(Cidr.parse("10.0.0.1/8"))).toBe(true);
    expect(Cidr.parse("10.0.0.1/8").equals(Cidr.parse("10.0.0.1/9"))).toBe(false);
    expect(Cidr.parse("10.0.0.1/8").equals(Cidr.parse("10.0.0.2/8"))).toBe(false);
  });

  it("contains the addresses that begin with its prefix", () => {
    const pair = fc.oneof(fc.tuple(anyCidr4, anyCidr4), fc.tuple(anyCidr6, anyCidr6));
    fc.assert(
      fc.property(pair, fc.nat(128), ([cidr, other], shared) => {
        const near = Cidr.parse(`${cidr.network.toString()}/${Math.min(cidr.prefixLength, shared)}`);
        for (const candidate of [other, near]) {
          const prefix = bitsOf(cidr).slice(0, cidr.prefixLength);
          expect(cidr.contains(candidate.address)).toBe(bitsOf(candidate).startsWith(prefix));
        }
      }),
    );
  });

  it("contains its network and its broadcast", () => {
    fc.assert(
      fc.property(anyCidr, (cidr) => {
        expect(cidr.contains(cidr.network)).toBe(true);
        expect(cidr.contains(cidr.broadcast ?? cidr.address)).toBe(true);
      }),
    );
  });

  it("is the same after text", () => {
    fc.assert(fc.property(anyCidr, (cidr) => Cidr.parse(cidr.toString()).equals(cidr)));
  });

  it("never fails otherwise than with EINVAL", () => {
    expectTotal(Cidr, fc.oneof(anyText, nearly(anyCidr.map(String))), (a, b) => a.equals(b));
  });
});

describe("masks", () => {
  it("are prefix lengths and back, for all 33", () => {
    for (let length = 0; length <= 32; length++) {
      const mask = maskOfPrefixLength(length);
      expect(prefixLengthOfMask(mask)).toBe(length);
      expect(mask.value).toBe(2 ** 32 - 2 ** (32 - length));
    }
  });

  it.each(["255.0.255.0", "0.255.255.255", "255.255.255.1", "0.0.0.1", "127.255.255.255"])(
    "%s is none",
    (text) => {
      expect(prefixLengthOfMask(Ipv4Address.parse(text))).toBeUndefined();
    },
  );

  it("refuse a length that is not 0 to 32", () => {
    for (const length of [-1, 33, 8.5, NaN]) expect(() => maskOfPrefixLength(length)).toThrow("EINVAL");
  });
});
