import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { describeDhcpOption, DhcpCode, dhcpOptionName, type DhcpField } from "../../../src/wire/index.js";
import { ascii, hex } from "./bytes.js";
import { EXAMPLES, FIELDS } from "./examples.js";

it.each(FIELDS)("%s is described", (field) => {
  const [bytes, , description] = EXAMPLES[field];
  expect(describeDhcpOption(DhcpCode[field], bytes)).toBe(description);
});

it.each<[what: string, code: number, bytes: Uint8Array, description: string]>([
  ["one without a type", 224, hex("00ff10"), "00:ff:10"],
  ["one without a type or value", 224, hex(""), ""],
  ["a malformed one", DhcpCode.leaseTime, hex("0001"), "00:01"],
  ["text that would move a cursor", DhcpCode.hostName, hex("1b5b4a"), "?[J"],
  ["a client identifier in words", DhcpCode.clientIdentifier, hex("00 70756d70"), '"pump"'],
  [
    "a client identifier of RFC 4361",
    DhcpCode.clientIdentifier,
    hex("ff00000001 0004 00"),
    "ff:00:00:00:01:00:04:00",
  ],
  ["vendor information without sub-options", DhcpCode.vendorInformation, hex("0109"), "01:09"],
  ["a relay's information that is malformed", DhcpCode.relayAgentInformation, hex("0109"), "01:09"],
  ["a machine identifier of another type", DhcpCode.clientMachineId, hex("0102"), "01:02"],
  ["a name that asks for one", DhcpCode.clientFqdn, hex("050000"), "any name, the server updates DNS"],
  [
    "a name that the server decided about",
    DhcpCode.clientFqdn,
    Uint8Array.of(0x0a, 255, 255, ...ascii("a")),
    "a, the server does not update DNS against the client's wish",
  ],
])("%s is described", (_what, code, bytes, description) => {
  expect(describeDhcpOption(code, bytes)).toBe(description);
});

it("describes any bytes on one line of ASCII", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 254 }), fc.uint8Array({ maxLength: 255 }), (code, bytes) => {
      expect(describeDhcpOption(code, bytes)).toMatch(/^[ -~]*$/);
    }),
    { numRuns: 1000 },
  );
});

describe("names", () => {
  it.each<[DhcpField, string]>([
    ["subnetMask", "Subnet Mask"],
    ["routers", "Router"],
    ["classlessRoutes", "Classless Static Route"],
  ])("%s is %s", (field, name) => {
    expect(dhcpOptionName(DhcpCode[field])).toBe(name);
  });

  it("differ from each other", () => {
    const names = FIELDS.map((field) => dhcpOptionName(DhcpCode[field]));
    expect(new Set(names).size).toBe(FIELDS.length);
    expect(names).not.toContain(undefined);
  });

  it("are those of typed options", () => {
    expect([0, 52, 53, 78, 224, 255, 1000].map(dhcpOptionName)).toEqual(Array(7).fill(undefined));
  });
});
