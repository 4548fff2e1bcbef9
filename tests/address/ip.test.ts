import { describe, expect, it } from "@jest/globals";
import { parseIpAddress, tryParseIpAddress } from "../../src/address/index.js";
import { anyText, expectTotal, refusal } from "./helpers.js";

describe("parseIpAddress", () => {
  it.each([
    ["192.168.0.1", 4, "192.168.0.1"],
    ["::1", 6, "::1"],
    ["::ffff:192.0.2.1", 6, "::ffff:192.0.2.1"],
    ["FE80::1%eth0", 6, "fe80::1%eth0"],
  ])("tells the family of %s", (text, family, printed) => {
    const address = parseIpAddress(text);
    expect(address.family).toBe(family);
    expect(address.toString()).toBe(printed);
  });

  it.each([
    ["", "1 of 4 octets"],
    ["wirelet.local", "2 of 4 octets"],
    ["1.2.3.256", "octet 256 is over 255"],
    ["1:2", "2 of 8 groups"],
    ["1.2.3.4:80", "group has more than 4 digits"],
  ])("refuses %j: %s", (text, reason) => {
    expect(refusal(parseIpAddress, text)).toContain(`: ${reason} (EINVAL)`);
    expect(tryParseIpAddress(text)).toBeUndefined();
  });

  it("never fails otherwise than with EINVAL", () => {
    expectTotal({ parse: parseIpAddress, tryParse: tryParseIpAddress }, anyText, (a, b) => a.equals(b));
  });
});
