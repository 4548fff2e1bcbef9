import { isIPv4 } from "node:net";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address, Ipv6Address } from "../../src/address/index.js";
import { anyText, classesOf, expectTotal, nearly, refusal, word } from "./helpers.js";

const anyIpv4 = word.map((value) => Ipv4Address.fromValue(value));

describe("Ipv4Address", () => {
  it.each([
    ["0.0.0.0", 0],
    ["127.0.0.1", 0x7f000001],
    ["192.168.0.1", 0xc0a80001],
    ["255.255.255.255", 0xffffffff],
  ])("reads %s", (text, value) => {
    const address = Ipv4Address.parse(text);
    expect(address.family).toBe(4);
    expect(address.value).toBe(value);
    expect(address.toString()).toBe(text);
  });

  it.each([
    ["10.0.0.300", "octet 300 is over 255"],
    ["256.0.0.1", "octet 256 is over 255"],
    ["10.0.0.1000000", "octet has more than 5 digits"],
    ["10.0.0.01", "octet 01 has a leading zero"],
    ["10.0.0.00", "octet 00 has a leading zero"],
    ["010.0.0.1", "octet 010 has a leading zero"],
    ["0x0a.0.0.1", 'octet "0x0a" is not a decimal number'],
    ["10.0.0.-1", 'octet "-1" is not a decimal number'],
    ["10.0.0.+1", 'octet "+1" is not a decimal number'],
    ["10.0.0. 1", 'octet " 1" is not a decimal number'],
    ["10.0.0.1\n", 'octet "1\n" is not a decimal number'],
    ["10.0.0.1e1", 'octet "1e1" is not a decimal number'],
    ["10.0.0.٣", 'octet "٣" is not a decimal number'],
    ["10..0.1", "octet is empty"],
    ["10.0.0.", "octet is empty"],
    [".10.0.0", "octet is empty"],
    ["10.0.1", "3 of 4 octets"],
    ["167772161", "1 of 4 octets"],
    ["", "1 of 4 octets"],
    ["10.0.0.1.", "more than 4 octets"],
    ["1.2.3.4.5", "more than 4 octets"],
  ])("refuses %j: %s", (text, reason) => {
    expect(refusal((text) => Ipv4Address.parse(text), text)).toContain(`: ${reason} (EINVAL)`);
    expect(Ipv4Address.tryParse(text)).toBeUndefined();
  });

  it("names the operation and the text", () => {
    expect(refusal((text) => Ipv4Address.parse(text), "10.0.0.300")).toBe(
      "parse IPv4 address 10.0.0.300: octet 300 is over 255 (EINVAL)",
    );
    expect(refusal((text) => Ipv4Address.parse(text), "")).toBe(
      'parse IPv4 address "": 1 of 4 octets (EINVAL)',
    );
  });

  it("keeps the value unsigned", () => {
    expect(Ipv4Address.fromValue(0xc0a80001 | 0).value).toBe(0xc0a80001);
    expect(Ipv4Address.read(Uint8Array.of(0xff, 0xff, 0xff, 0xfe), 0).value).toBe(0xfffffffe);
  });

  it("reads and writes bytes in place", () => {
    const packet = Uint8Array.of(0xee, 192, 168, 0, 1, 0xee);
    const address = Ipv4Address.read(packet, 1);
    expect(address.toString()).toBe("192.168.0.1");
    const copy = new Uint8Array(6).fill(0xee);
    address.write(copy, 1);
    expect(copy).toEqual(packet);
  });

  it("is never equal to an IPv6 address", () => {
    expect(Ipv4Address.unspecified.equals(Ipv6Address.unspecified)).toBe(false);
    expect(Ipv4Address.parse("10.0.0.1").equals(Ipv4Address.parse("10.0.0.1"))).toBe(true);
    expect(Ipv4Address.parse("10.0.0.1").equals(Ipv4Address.parse("10.0.0.2"))).toBe(false);
  });

  it("has frozen constants", () => {
    const { unspecified, broadcast, loopback } = Ipv4Address;
    expect([unspecified, broadcast, loopback].map(String)).toEqual([
      "0.0.0.0",
      "255.255.255.255",
      "127.0.0.1",
    ]);
    expect([unspecified, broadcast, loopback].every((address) => Object.isFrozen(address))).toBe(true);
  });

  // The first and the last address of each range, and its neighbors outside.
  it.each([
    ["0.0.0.0", ["unspecified"]],
    ["0.0.0.1", []],
    ["0.255.255.255", []],
    ["1.0.0.0", ["global"]],
    ["9.255.255.255", ["global"]],
    ["10.0.0.0", ["private"]],
    ["10.255.255.255", ["private"]],
    ["11.0.0.0", ["global"]],
    ["100.63.255.255", ["global"]],
    ["100.64.0.0", []],
    ["100.127.255.255", []],
    ["100.128.0.0", ["global"]],
    ["126.255.255.255", ["global"]],
    ["127.0.0.0", ["loopback"]],
    ["127.255.255.255", ["loopback"]],
    ["128.0.0.0", ["global"]],
    ["169.253.255.255", ["global"]],
    ["169.254.0.0", ["link-local"]],
    ["169.254.255.255", ["link-local"]],
    ["169.255.0.0", ["global"]],
    ["172.15.255.255", ["global"]],
    ["172.16.0.0", ["private"]],
    ["172.31.255.255", ["private"]],
    ["172.32.0.0", ["global"]],
    ["192.0.0.8", []],
    ["192.0.0.9", ["global"]],
    ["192.0.0.10", ["global"]],
    ["192.0.0.11", []],
    ["192.0.1.0", ["global"]],
    ["192.0.2.1", []],
    ["192.88.99.1", ["global"]],
    ["192.88.99.2", []],
    ["192.167.255.255", ["global"]],
    ["192.168.0.0", ["private"]],
    ["192.168.255.255", ["private"]],
    ["192.169.0.0", ["global"]],
    ["198.17.255.255", ["global"]],
    ["198.18.0.0", []],
    ["198.19.255.255", []],
    ["198.20.0.0", ["global"]],
    ["198.51.100.1", []],
    ["203.0.113.1", []],
    ["223.255.255.255", ["global"]],
    ["224.0.0.0", ["multicast"]],
    ["239.255.255.255", ["multicast"]],
    ["240.0.0.0", []],
    ["255.255.255.254", []],
    ["255.255.255.255", ["broadcast"]],
  ])("classifies %s as %j", (text, classes) => {
    expect(classesOf(Ipv4Address.parse(text))).toEqual(classes);
  });

  it("is in at most one class", () => {
    fc.assert(fc.property(anyIpv4, (address) => classesOf(address).length <= 1));
  });

  it("is the same after bytes and after text", () => {
    fc.assert(
      fc.property(anyIpv4, fc.nat(9), (address, offset) => {
        const bytes = new Uint8Array(16);
        address.write(bytes, offset);
        expect(Ipv4Address.read(bytes, offset).value).toBe(address.value);
        expect(Ipv4Address.parse(address.toString()).value).toBe(address.value);
      }),
    );
  });

  const texts = fc.oneof(anyText, nearly(anyIpv4.map(String)));

  it("never fails otherwise than with EINVAL", () => {
    expectTotal(Ipv4Address, texts, (a, b) => a.equals(b));
  });

  it("accepts what Node accepts", () => {
    fc.assert(fc.property(texts, (text) => (Ipv4Address.tryParse(text) !== undefined) === isIPv4(text)));
  });
});
