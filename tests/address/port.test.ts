import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { MAX_PORT, parsePort, tryParsePort } from "../../src/address/index.js";
import { anyText, expectTotal, refusal } from "./helpers.js";

describe("parsePort", () => {
  it.each([
    ["0", 0],
    ["80", 80],
    ["8080", 8080],
    ["65535", 65535],
  ])("reads %s", (text, port) => {
    expect(parsePort(text)).toBe(port);
  });

  it.each([
    ["65536", "port 65536 is over 65535"],
    ["99999", "port 99999 is over 65535"],
    ["100000", "port has more than 5 digits"],
    ["-1", 'port "-1" is not a decimal number'],
    ["+80", 'port "+80" is not a decimal number'],
    ["080x", 'port "080x" is not a decimal number'],
    ["0x50", 'port "0x50" is not a decimal number'],
    ["8e1", 'port "8e1" is not a decimal number'],
    ["80.0", 'port "80.0" is not a decimal number'],
    [" 80", 'port " 80" is not a decimal number'],
    ["80 ", 'port "80 " is not a decimal number'],
    ["٨٠", 'port "٨٠" is not a decimal number'],
    ["080", "port 080 has a leading zero"],
    ["", "port is empty"],
  ])("refuses %j: %s", (text, reason) => {
    expect(refusal(parsePort, text)).toContain(`: ${reason} (EINVAL)`);
    expect(tryParsePort(text)).toBeUndefined();
  });

  it("reads every port that is printed", () => {
    fc.assert(fc.property(fc.nat(MAX_PORT), (port) => parsePort(String(port)) === port));
  });

  it("never fails otherwise than with EINVAL", () => {
    const texts = fc.oneof(anyText, fc.maxSafeInteger().map(String), fc.nat(70000).map(String));
    expectTotal({ parse: parsePort, tryParse: tryParsePort }, texts, (a, b) => a === b);
  });
});
