import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { Cidr } from "../../../src/address/index.js";
import {
  DHCP_MAX_ELEMENTS,
  DHCP_MAX_OPTIONS,
  DhcpCode,
  listDhcpOptions,
  packDhcpOptions,
  unpackDhcpOptions,
  type DhcpField,
  type DhcpOptions,
} from "../../../src/wire/index.js";
import { ANY, anyOptions } from "./arbitraries.js";
import { ascii, hex, ip } from "./bytes.js";
import { areaOf, EVERY_OPTION, EXAMPLES, FIELDS } from "./examples.js";

describe.each(FIELDS)("%s", (field) => {
  const [bytes, value] = EXAMPLES[field];

  it("is read", () => {
    expect(unpackDhcpOptions(areaOf(field, bytes))).toEqual({ [field]: value });
  });

  it("is written, byte for byte", () => {
    expect(packDhcpOptions({ [field]: value })).toEqual(areaOf(field, bytes));
  });

  it("comes back as any value it can have", () => {
    fc.assert(
      fc.property(ANY[field], (value) => {
        expect(unpackDhcpOptions(packDhcpOptions({ [field]: value }))).toEqual({ [field]: value });
      }),
      { numRuns: 30 },
    );
  });

  it("takes any bytes, as a value that comes back or as they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600, size: "max" }), (bytes) => {
        const options = unpackDhcpOptions(
          packDhcpOptions({ others: [{ code: DhcpCode[field], value: bytes }] }),
        );
        if (options[field] === undefined)
          expect(options).toEqual({ others: [{ code: DhcpCode[field], value: bytes }] });
        else expect(unpackDhcpOptions(packDhcpOptions(options))).toEqual(options);
      }),
      { numRuns: 40 },
    );
  });
});

it("each option that was packed is listed with its bytes", () => {
  const packed = packDhcpOptions({
    subnetMask: ip("255.255.255.0"),
    others: [{ code: 224, value: hex("01 02") }],
  });
  expect(listDhcpOptions(packed)).toEqual([
    { code: 1, value: hex("ff ff ff 00") },
    { code: 224, value: hex("01 02") },
  ]);
});

describe("malformed, and so left as bytes", () => {
  it.each<[what: string, field: DhcpField, bytes: Uint8Array]>([
    ["an address of three bytes", "subnetMask", hex("ffffff")],
    ["an address of five bytes", "serverIdentifier", hex("0a00000101")],
    ["no address", "routers", hex("")],
    ["an address and a half", "dnsServers", hex("0a000001 0a00")],
    ["half a pair of addresses", "staticRoutes", hex("0a000001 0a000002 0a000003")],
    ["a truth that is neither", "ipForwarding", hex("02")],
    ["a truth of two bytes", "autoConfigure", hex("0001")],
    ["a presence with a value", "rapidCommit", hex("01")],
    ["a byte too many", "defaultTtl", hex("4000")],
    ["a number of one byte", "interfaceMtu", hex("44")],
    ["a number of three bytes", "leaseTime", hex("000001")],
    ["a number and a half", "pathMtuPlateaus", hex("004400")],
    ["no text", "hostName", hex("")],
    ["text that begins with NUL", "domainName", hex("0061")],
    ["no client identifier", "clientIdentifier", hex("")],
    ["a route with a prefix of 33 bits", "classlessRoutes", hex("21 0a00000000 0a000001")],
    ["a route without its gateway's last byte", "classlessRoutes", hex("08 0a 0a0000")],
    ["a good route, then a cut one", "classlessRoutes", hex("00 0a000001 18 0a00")],
    ["no route", "classlessRoutes", hex("")],
    ["a domain without root", "domainSearch", hex("03 656e67")],
    ["a domain cut in a label", "domainSearch", hex("05 656e67")],
    ["the root alone", "domainSearch", hex("00")],
    ["a domain that points to itself", "domainSearch", hex("c000")],
    ["a domain that points ahead", "domainSearch", hex("c002 01 61 00")],
    ["a domain that points to its own label", "domainSearch", hex("01 61 c000")],
    ["two domains that point to each other", "domainSearch", hex("01 61 c004 01 62 c000")],
    ["a pointer without its second byte", "domainSearch", hex("01 61 00 c0")],
    ["a label type that does not exist", "domainSearch", hex("40 61 00")],
    ["a dot within a label", "domainSearch", hex("03 612e62 00")],
    ["a space within a label", "domainSearch", hex("03 612062 00")],
    ["a byte of UTF-8 within a label", "domainSearch", hex("02 c3a9 00")],
    ["a name without its result codes", "clientFqdn", hex("0400")],
    ["bytes behind a name's root", "clientFqdn", hex("04 0000 01 61 00 01")],
    ["a name cut in a label", "clientFqdn", hex("04 0000 02 61")],
    ["a name with a pointer", "clientFqdn", hex("04 0000 01 61 c000")],
    ["a vendor's class cut off", "vendorClasses", hex("00000009 03 03 6162")],
    ["a vendor without classes", "vendorClasses", hex("00000009 00")],
    ["a vendor without length", "vendorClasses", hex("00000009")],
    ["a vendor's options cut off", "vendorOptions", hex("00000009 04 01 05 6162")],
    ["a vendor's option without length", "vendorOptions", hex("00000009 01 01")],
    ["a good vendor, then a cut one", "vendorOptions", hex("00000009 02 0100 0000")],
    ["a user class that is longer than one can be", "userClasses", new Uint8Array(256).fill(0xfe)],
  ])("%s", (_what, field, bytes) => {
    const others = [{ code: DhcpCode[field], value: bytes }];
    expect(unpackDhcpOptions(packDhcpOptions({ others }))).toEqual({ others });
  });
});

describe("read with care", () => {
  it.each<[what: string, field: DhcpField, bytes: Uint8Array, options: DhcpOptions]>([
    [
      "a route's bits beyond its prefix are cleared (RFC 3442)",
      "classlessRoutes",
      hex("0c ac1f 0a000001"),
      { classlessRoutes: [{ destination: Cidr.parse("172.16.0.0/12"), gateway: ip("10.0.0.1") }] },
    ],
    [
      "a domain may point into the one before it, and that one further back",
      "domainSearch",
      hex("03 6f7267 00  01 61 c000  01 62 c005"),
      { domainSearch: ["org", "a.org", "b.a.org"] },
    ],
    [
      "a pointer may lead to a pointer, if that leads further back",
      "domainSearch",
      hex("03 6f7267 00  c000 c005 c007"),
      { domainSearch: ["org", "org", "org", "org"] },
    ],
    [
      "a name without root is to be completed (RFC 4702 §2.3.1)",
      "clientFqdn",
      hex("04 0000 04 70756d70"),
      { clientFqdn: { name: "pump" } },
    ],
    [
      "an empty name asks for one",
      "clientFqdn",
      hex("05 0000"),
      { clientFqdn: { name: "", serverUpdates: true } },
    ],
    [
      "a name in ASCII, from a client older than RFC 4702",
      "clientFqdn",
      hex("00 0000 70756d702e6c616e"),
      { clientFqdn: { name: "pump.lan", ascii: true } },
    ],
    [
      "a server's answer about a name",
      "clientFqdn",
      hex("0e ffff 01 61 00"),
      { clientFqdn: { name: "a.", overridden: true, noUpdates: true, fromServer: true } },
    ],
    ["a user class without its length", "userClasses", ascii("iPXE"), { userClasses: [ascii("iPXE")] }],
  ])("%s", (_what, field, bytes, options) => {
    expect(unpackDhcpOptions(areaOf(field, bytes))).toEqual(options);
  });

  it("compresses domains with those before them", () => {
    const domains = ["a.example.org", "b.example.org", "example.org", "org", "net"];
    const packed = packDhcpOptions({ domainSearch: domains });
    expect(packed).toEqual(hex("77 1c 0161 076578616d706c65 036f7267 00 0162 c002 c002 c00a 036e6574 00 ff"));
    expect(unpackDhcpOptions(packed)).toEqual({ domainSearch: domains });
  });
});

describe("values that cannot be written", () => {
  it.each<[what: string, options: DhcpOptions, error: string]>([
    ["a label of 64 bytes", { domainSearch: ["a".repeat(64)] }, "EINVAL"],
    ["a name of 256 bytes", { domainSearch: [Array(64).fill("aaa").join(".")] }, "EINVAL"],
    [
      "a name of 256 bytes that ends as the one before it",
      { domainSearch: [Array(63).fill("aaa").join("."), Array(64).fill("aaa").join(".")] },
      "EINVAL",
    ],
    ["two dots in a row", { domainSearch: ["a..b"] }, "EINVAL"],
    ["a dot at the end of a search domain", { domainSearch: ["a."] }, "EINVAL"],
    ["a space in a name", { clientFqdn: { name: "a b" } }, "EINVAL"],
    ["a route to IPv6", { classlessRoutes: [{ destination: Cidr.parse("fe80::/10") }] }, "EINVAL"],
    ["a user class of 256 bytes", { userClasses: [new Uint8Array(256)] }, "EMSGSIZE"],
    [
      "a vendor with more than 255 bytes",
      {
        vendorOptions: [
          {
            enterprise: 9,
            options: [
              { code: 1, value: new Uint8Array(200) },
              { code: 2, value: new Uint8Array(60) },
            ],
          },
        ],
      },
      "EMSGSIZE",
    ],
  ])("%s", (_what, options, code) => {
    expect(() => packDhcpOptions(options)).toThrow(expect.objectContaining({ code }));
  });
});

describe("limits", () => {
  const area = (code: number, value: Uint8Array): Uint8Array =>
    packDhcpOptions({ others: [{ code, value }] });
  const repeated = (text: string, times: number): Uint8Array => hex(text.repeat(times));

  it.each<[field: DhcpField, element: string, most: number]>([
    ["routers", "0a000001", DHCP_MAX_ELEMENTS],
    ["policyFilters", "0a000000 ff000000", DHCP_MAX_ELEMENTS],
    ["pathMtuPlateaus", "0044", DHCP_MAX_ELEMENTS],
    ["classlessRoutes", "00 0a000001", DHCP_MAX_ELEMENTS],
    ["vendorClasses", "00000009 02 01 61", DHCP_MAX_ELEMENTS],
    ["vendorOptions", "00000009 00", DHCP_MAX_ELEMENTS],
    ["domainSearch", "01 61 00", 32],
  ])("%s has no more elements than a device has memory for", (field, element, most) => {
    const code = DhcpCode[field];
    expect(unpackDhcpOptions(area(code, repeated(element, most)))[field]).toHaveLength(most);
    const tooMany = repeated(element, most + 1);
    expect(unpackDhcpOptions(area(code, tooMany))).toEqual({ others: [{ code, value: tooMany }] });
  });

  it("stops reading after as many options as nobody sends", () => {
    const area = (count: number): Uint8Array =>
      Uint8Array.from([...Array(count).keys()].flatMap((index) => [100 + index, 0]).concat(255));
    const count = (bytes: Uint8Array): number => {
      const { others = [], ...typed } = unpackDhcpOptions(bytes);
      return others.length + Object.keys(typed).length;
    };
    expect(count(area(DHCP_MAX_OPTIONS))).toBe(DHCP_MAX_OPTIONS);
    expect(count(area(DHCP_MAX_OPTIONS + 20))).toBe(DHCP_MAX_OPTIONS);
  });
});

describe("packed options", () => {
  it("are every option at once", () => {
    expect(unpackDhcpOptions(packDhcpOptions(EVERY_OPTION))).toEqual(EVERY_OPTION);
  });

  it("come back, whatever they are", () => {
    fc.assert(
      fc.property(anyOptions, (options) => {
        expect(unpackDhcpOptions(packDhcpOptions(options))).toEqual(options);
      }),
    );
  });

  it("are nothing but END where there is none", () => {
    expect(packDhcpOptions({})).toEqual(hex("ff"));
    expect(unpackDhcpOptions(hex("ff"))).toEqual({});
  });

  it("give what can be read where the rest is lost", () => {
    const packed = packDhcpOptions({
      leaseTime: 60,
      hostName: "device",
      others: [{ code: 200, value: hex("01") }],
    });
    expect(unpackDhcpOptions(packed.subarray(0, 10))).toEqual({ leaseTime: 60 });
    expect(unpackDhcpOptions(packed.subarray(0, 0))).toEqual({});
  });

  it("leave out what belongs to a message", () => {
    expect(unpackDhcpOptions(hex("340103 350101 0c0161 ff"))).toEqual({ hostName: "a" });
  });

  it("are read from any bytes without throwing", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1500 }), (bytes) => void unpackDhcpOptions(bytes)));
  });
});
