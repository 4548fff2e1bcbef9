import { isIPv6 } from "node:net";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address, Ipv6Address } from "../../src/address/index.js";
import { anyText, classesOf, expectTotal, nearly, refusal, word } from "./helpers.js";

const zeroOrWord = fc.oneof(fc.constant(0), fc.nat(0xffff), word);
const anyIpv6 = fc
  .tuple(zeroOrWord, zeroOrWord, fc.oneof(fc.constant(0xffff), zeroOrWord), zeroOrWord)
  .map((words) => Ipv6Address.fromWords(...words));
const anyZoned = fc
  .tuple(anyIpv6, fc.constantFrom(undefined, "1", "eth0", "br-lan.100"))
  .map(([{ w0, w1, w2, w3 }, zone]) => Ipv6Address.fromWords(w0, w1, w2, w3, zone));

describe("Ipv6Address", () => {
  // Every address that RFC 5952 shows, with the text that its rules give.
  it.each([
    // §1
    ["2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:0db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8::1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:0db8::1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:0:1::1", "2001:db8::1:0:0:1"],
    ["2001:db8:0000:0:1::1", "2001:db8::1:0:0:1"],
    ["2001:DB8:0:0:1::1", "2001:db8::1:0:0:1"],
    // §2.1 leading zeros
    ["2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"],
    ["2001:db8:aaaa:bbbb:cccc:dddd:eeee:001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"],
    ["2001:db8:aaaa:bbbb:cccc:dddd:eeee:01", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"],
    ["2001:db8:aaaa:bbbb:cccc:dddd:eeee:1", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"],
    // §2.2 zero compression
    ["2001:db8:aaaa:bbbb:cccc:dddd::1", "2001:db8:aaaa:bbbb:cccc:dddd:0:1"],
    ["2001:db8:aaaa:bbbb:cccc:dddd:0:1", "2001:db8:aaaa:bbbb:cccc:dddd:0:1"],
    ["2001:db8:0:0:0::1", "2001:db8::1"],
    ["2001:db8:0:0::1", "2001:db8::1"],
    ["2001:db8:0::1", "2001:db8::1"],
    ["2001:db8::1", "2001:db8::1"],
    ["2001:db8::aaaa:0:0:1", "2001:db8::aaaa:0:0:1"],
    ["2001:db8:0:0:aaaa::1", "2001:db8::aaaa:0:0:1"],
    // §2.3 case
    ["2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"],
    ["2001:db8:aaaa:bbbb:cccc:dddd:eeee:AAAA", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"],
    ["2001:db8:aaaa:bbbb:cccc:dddd:eeee:AaAa", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaaa"],
    // §4.1 and §4.2: leading zeros, as short as possible, no "::" for one group, the longest run, the first of equals
    ["2001:0db8::0001", "2001:db8::1"],
    ["2001:db8:0:0:0:0:2:1", "2001:db8::2:1"],
    ["2001:db8::0:1", "2001:db8::1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["2001:0:0:1:0:0:0:1", "2001:0:0:1::1"],
    // §5 embedded IPv4
    ["0:0:0:0:0:ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["::ffff:192.0.2.1", "::ffff:192.0.2.1"],
    ["::ffff:c000:0201", "::ffff:192.0.2.1"],
  ])("prints %s as RFC 5952 does: %s", (text, printed) => {
    expect(Ipv6Address.parse(text).toString()).toBe(printed);
  });

  // The examples of RFC 4291 §2.2, and the ends of what "::" can stand for.
  it.each([
    ["ABCD:EF01:2345:6789:ABCD:EF01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"],
    ["2001:DB8:0:0:8:800:200C:417A", "2001:db8::8:800:200c:417a"],
    ["2001:DB8::8:800:200C:417A", "2001:db8::8:800:200c:417a"],
    ["FF01:0:0:0:0:0:0:101", "ff01::101"],
    ["FF01::101", "ff01::101"],
    ["0:0:0:0:0:0:0:1", "::1"],
    ["::1", "::1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["::", "::"],
    ["0:0:0:0:0:0:13.1.68.3", "::d01:4403"],
    ["::13.1.68.3", "::d01:4403"],
    ["0:0:0:0:0:FFFF:129.144.52.38", "::ffff:129.144.52.38"],
    ["64:ff9b::192.0.2.33", "64:ff9b::c000:221"],
    ["1::", "1::"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
    ["::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"],
    ["1:0:0:4:5:0:0:8", "1::4:5:0:0:8"],
    ["0:0:3:4:5:6:0:0", "::3:4:5:6:0:0"],
    ["1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"],
    ["3FFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    ["fe80::1%eth0", "fe80::1%eth0"],
    ["FE80:0::1%12", "fe80::1%12"],
    ["::ffff:10.0.0.1%lo", "::ffff:10.0.0.1%lo"],
  ])("reads %s as %s", (text, printed) => {
    expect(Ipv6Address.parse(text).toString()).toBe(printed);
  });

  it.each([
    ["", "0 of 8 groups"],
    [":", "group is empty"],
    [":::", "group is empty"],
    [":1::", "group is empty"],
    ["1:::2", "group is empty"],
    ["1:2:3:4:5:6:7", "7 of 8 groups"],
    ["1:2:3:4:5:6:7:", "ends with a single colon"],
    ["1:2:3:4:5:6:7:8:", "ends with a single colon"],
    ["1:2:3:4:5:6:7:8:9", "more than 8 groups"],
    ["1:2:3:4:5:6:7:8::", '"::" beside 8 groups'],
    ["::1:2:3:4:5:6:7:8", '"::" beside 8 groups'],
    ["1::2::3", '"::" occurs twice'],
    ["::1::", '"::" occurs twice'],
    ["12345::", "group has more than 4 digits"],
    ["::00001", "group has more than 4 digits"],
    ["g::", 'group "g" is not hexadecimal'],
    ["::0x1", 'group "0x1" is not hexadecimal'],
    [" ::1", 'group " " is not hexadecimal'],
    ["::1 ", 'group "1 " is not hexadecimal'],
    ["[::1]", 'group "[" is not hexadecimal'],
    ["::1/64", 'group "1/64" is not hexadecimal'],
    ["192.0.2.1", "2 of 8 groups"],
    ["::192.0.2.256", "octet 256 is over 255"],
    ["::192.0.2", "3 of 4 octets"],
    ["::192.0.2.01", "octet 01 has a leading zero"],
    ["1:2:3:4:5:6:7:192.0.2.1", "more than 8 groups"],
    ["::192.0.2.1:1", "group has more than 4 digits"],
    ["fe80::1%", "zone is empty"],
    ["fe80::1%sixteen-letters.", "zone has more than 15 characters"],
    ["fe80::1%eth 0", "zone has a character that no interface name has"],
    ["fe80::1%eth0%1", "zone has a character that no interface name has"],
    ["fe80::1%é", "zone has a character that no interface name has"],
  ])("refuses %j: %s", (text, reason) => {
    expect(refusal((text) => Ipv6Address.parse(text), text)).toContain(`: ${reason} (EINVAL)`);
    expect(Ipv6Address.tryParse(text)).toBeUndefined();
  });

  it("refuses to make a zone that could not be read back", () => {
    for (const zone of ["", "a%b", "a]", "sixteen-letters."]) {
      expect(() => Ipv6Address.fromWords(0xfe800000, 0, 0, 1, zone)).toThrow("make IPv6 address: zone");
    }
  });

  it("reads and writes bytes in place, words unsigned", () => {
    const packet = Uint8Array.of(
      0xee,
      0xfe,
      0x80,
      0,
      0,
      0,
      0,
      0,
      0,
      0x82,
      0x1a,
      0x2b,
      0xff,
      0xfe,
      0x3c,
      0x4d,
      0x5e,
      0xee,
    );
    const address = Ipv6Address.read(packet, 1);
    expect(address.toString()).toBe("fe80::821a:2bff:fe3c:4d5e");
    expect([address.w0, address.w1, address.w2, address.w3]).toEqual([0xfe800000, 0, 0x821a2bff, 0xfe3c4d5e]);
    const copy = new Uint8Array(18).fill(0xee);
    address.write(copy, 1);
    expect(copy).toEqual(packet);
    expect(Ipv6Address.fromWords(0xfe800000 | 0, 0, 0x821a2bff | 0, 0xfe3c4d5e | 0).equals(address)).toBe(
      true,
    );
  });

  it("compares every word and the zone", () => {
    const address = Ipv6Address.parse("1:2:3:4:5:6:7:8%eth0");
    expect(address.equals(Ipv6Address.parse("1:2:3:4:5:6:7:8%eth0"))).toBe(true);
    for (const other of [
      "1:3:3:4:5:6:7:8%eth0",
      "1:2:3:5:5:6:7:8%eth0",
      "1:2:3:4:5:7:7:8%eth0",
      "1:2:3:4:5:6:7:9%eth0",
    ]) {
      expect(address.equals(Ipv6Address.parse(other))).toBe(false);
    }
    expect(address.equals(Ipv6Address.parse("1:2:3:4:5:6:7:8%eth1"))).toBe(false);
    expect(address.equals(Ipv6Address.parse("1:2:3:4:5:6:7:8"))).toBe(false);
    expect(Ipv6Address.parse("::ffff:10.0.0.1").equals(Ipv4Address.parse("10.0.0.1"))).toBe(false);
  });

  it("finds the mapped IPv4 address", () => {
    expect(String(Ipv6Address.parse("::ffff:192.0.2.1").mappedIpv4)).toBe("192.0.2.1");
    expect(Ipv6Address.parse("::192.0.2.1").mappedIpv4).toBeUndefined();
    expect(Ipv6Address.parse("64:ff9b::192.0.2.1").mappedIpv4).toBeUndefined();
  });

  it("has frozen constants", () => {
    const { unspecified, loopback } = Ipv6Address;
    expect([unspecified, loopback].map(String)).toEqual(["::", "::1"]);
    expect([unspecified, loopback].every((address) => Object.isFrozen(address))).toBe(true);
    expect(loopback.family).toBe(6);
  });

  // The first and the last address of each range, and its neighbors outside.
  it.each([
    ["::", ["unspecified"]],
    ["::1", ["loopback"]],
    ["::2", ["global"]],
    ["::1:0:0:1", ["global"]],
    ["1::1", ["global"]],
    ["::ffff:0.0.0.0", []],
    ["::ffff:8.8.8.8", []],
    ["64:ff9b::8.8.8.8", ["global"]],
    ["64:ff9b:1::", []],
    ["64:ff9b:1:ffff::1", []],
    ["64:ff9b:2::", ["global"]],
    ["100::1", []],
    ["100:0:0:1::", []],
    ["100:0:0:2::", ["global"]],
    ["2001::1", []],
    ["2001:1::", []],
    ["2001:1::1", ["global"]],
    ["2001:1::3", ["global"]],
    ["2001:1::4", []],
    ["2001:2::1", []],
    ["2001:3::1", ["global"]],
    ["2001:4:112::1", ["global"]],
    ["2001:4:113::1", []],
    ["2001:20::1", ["global"]],
    ["2001:3f:ffff::1", ["global"]],
    ["2001:40::1", []],
    ["2001:1ff:ffff::1", []],
    ["2001:200::", ["global"]],
    ["2001:db8::1", []],
    ["2001:db9::1", ["global"]],
    ["2001:4860:4860::8888", ["global"]],
    ["3fff::1", []],
    ["3fff:fff:ffff::1", []],
    ["3fff:1000::", ["global"]],
    ["3FFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF:FFFF", ["global"]],
    ["5f00::1", []],
    ["fbff:ffff::", ["global"]],
    ["fc00::", ["private"]],
    ["fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["private"]],
    ["fe00::", ["global"]],
    ["fe80::", ["link-local"]],
    ["fe80::1%eth0", ["link-local"]],
    ["febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["link-local"]],
    ["fec0::", ["global"]],
    ["ff00::", ["multicast"]],
    ["ff02::1", ["multicast"]],
    ["ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", ["multicast"]],
  ])("classifies %s as %j", (text, classes) => {
    expect(classesOf(Ipv6Address.parse(text))).toEqual(classes);
  });

  it("is in at most one class", () => {
    fc.assert(fc.property(anyIpv6, (address) => classesOf(address).length <= 1));
  });

  it("is the same after bytes and after text", () => {
    fc.assert(
      fc.property(anyIpv6, fc.nat(9), (address, offset) => {
        const bytes = new Uint8Array(25);
        address.write(bytes, offset);
        expect(Ipv6Address.read(bytes, offset).equals(address)).toBe(true);
        expect(Ipv6Address.parse(address.toString()).equals(address)).toBe(true);
      }),
    );
  });

  it("never fails otherwise than with EINVAL", () => {
    const texts = fc.oneof(anyText, nearly(anyZoned.map(String)));
    expectTotal(Ipv6Address, texts, (a, b) => a.equals(b));
  });

  it("accepts what Node accepts", () => {
    const texts = fc.oneof(anyText, nearly(anyIpv6.map(String))).filter((text) => !text.includes("%"));
    fc.assert(fc.property(texts, (text) => (Ipv6Address.tryParse(text) !== undefined) === isIPv6(text)));
  });

  it("prints as WHATWG's URL does, but for mapped addresses", () => {
    const unmapped = anyIpv6.filter((address) => address.mappedIpv4 === undefined);
    fc.assert(
      fc.property(unmapped, (address) => {
        expect(`[${address.toString()}]`).toBe(new URL(`http://[${address.toString()}]/`).hostname);
      }),
    );
  });
});
