import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Ipv4Address, Ipv6Address, MAX_PORT, SocketAddress } from "../../src/address/index.js";
import { anyText, expectTotal, nearly, refusal, word } from "./helpers.js";

const anyIp = fc.oneof(
  word.map((value) => Ipv4Address.fromValue(value)),
  fc
    .tuple(word, word, word, word, fc.constantFrom(undefined, "eth0"))
    .map((words) => Ipv6Address.fromWords(...words)),
);
const anySocketAddress = fc.tuple(anyIp, fc.nat(MAX_PORT)).map(([ip, port]) => new SocketAddress(ip, port));

describe("SocketAddress", () => {
  it.each([
    ["192.168.0.1:8080", "192.168.0.1", 8080, "192.168.0.1:8080"],
    ["0.0.0.0:0", "0.0.0.0", 0, "0.0.0.0:0"],
    ["[::1]:8080", "::1", 8080, "[::1]:8080"],
    ["[fe80::1%eth0]:80", "fe80::1%eth0", 80, "[fe80::1%eth0]:80"],
    ["[2001:DB8::1]:65535", "2001:db8::1", 65535, "[2001:db8::1]:65535"],
    ["[::ffff:192.0.2.1]:80", "::ffff:192.0.2.1", 80, "[::ffff:192.0.2.1]:80"],
  ])("reads %s", (text, address, port, printed) => {
    const parsed = SocketAddress.parse(text);
    expect(parsed.address.toString()).toBe(address);
    expect(parsed.port).toBe(port);
    expect(parsed.toString()).toBe(printed);
  });

  it.each([
    ["", "no port"],
    ["192.168.0.1", "no port"],
    ["192.168.0.1:", "port is empty"],
    ["192.168.0.1:65536", "port 65536 is over 65535"],
    ["192.168.0.1:-1", 'port "-1" is not a decimal number'],
    ["192.168.0.1:080x", 'port "080x" is not a decimal number'],
    ["192.168.0.300:80", "octet 300 is over 255"],
    [":80", "1 of 4 octets"],
    ["localhost:80", "1 of 4 octets"],
    ["::1:8080", "more than one colon: an IPv6 address needs brackets"],
    ["[::1]", "no port"],
    ["[::1]8080", "no port"],
    ["[::1]]:8080", "no port"],
    ["[::1:8080", 'no "]" after the address'],
    ["[]:80", "0 of 8 groups"],
    ["[192.168.0.1]:80", "2 of 8 groups"],
    ["[[::1]]:80", 'group "[" is not hexadecimal'],
    ["[fe80::1%]:80", "zone is empty"],
  ])("refuses %j: %s", (text, reason) => {
    expect(refusal((text) => SocketAddress.parse(text), text)).toContain(`: ${reason} (EINVAL)`);
    expect(SocketAddress.tryParse(text)).toBeUndefined();
  });

  it("refuses to be made with a port that is none", () => {
    for (const port of [-1, 65536, 0.5, NaN]) {
      expect(() => new SocketAddress(Ipv4Address.loopback, port)).toThrow("not an integer from 0 to 65535");
    }
  });

  it("compares address and port", () => {
    const address = SocketAddress.parse("10.0.0.1:80");
    expect(address.equals(SocketAddress.parse("10.0.0.1:80"))).toBe(true);
    expect(address.equals(SocketAddress.parse("10.0.0.1:81"))).toBe(false);
    expect(address.equals(SocketAddress.parse("10.0.0.2:80"))).toBe(false);
    expect(address.equals(SocketAddress.parse("[::10.0.0.1]:80"))).toBe(false);
  });

  it("is the same after text", () => {
    fc.assert(
      fc.property(anySocketAddress, (address) => SocketAddress.parse(address.toString()).equals(address)),
    );
  });

  it("never fails otherwise than with EINVAL", () => {
    const texts = fc.oneof(anyText, nearly(anySocketAddress.map(String)));
    expectTotal(SocketAddress, texts, (a, b) => a.equals(b));
  });
});
