import { describe, expect, it } from "@jest/globals";
import { readDhcpOptions } from "../../hosts/node/cli/dhcp/option-value.js";
import { UsageError } from "../../hosts/node/cli/options.js";
import { Cidr, Ipv4Address } from "../../src/address/index.js";
import type { DhcpOptions } from "../../src/wire/index.js";

const A = Ipv4Address.parse("10.77.0.1");
const B = Ipv4Address.parse("10.77.0.2");

/** Each kind of value that an option may have. */
const VALUES: readonly [text: string, options: DhcpOptions][] = [
  ["42=10.77.0.1", { ntpServers: [A] }],
  ["42=10.77.0.1,10.77.0.2", { ntpServers: [A, B] }],
  ["16=10.77.0.1", { swapServer: A }],
  ["33=10.77.0.1,10.77.0.2", { staticRoutes: [[A, B]] }],
  ["23=64", { defaultTtl: 64 }],
  ["26=1400", { interfaceMtu: 1400 }],
  ["35=86400", { arpCacheTimeout: 86_400 }],
  ["2=-3600", { timeOffset: -3_600 }],
  ["25=576,1500", { pathMtuPlateaus: [576, 1500] }],
  ["19=true", { ipForwarding: true }],
  ["19=false", { ipForwarding: false }],
  ["12=lamp", { hostName: "lamp" }],
  ["12=42", { hostName: "42" }],
  ["66=10.77.0.1", { tftpServerName: "10.77.0.1" }],
  ["114=https://a.example/portal?x=1", { captivePortal: "https://a.example/portal?x=1" }],
  ["119=a.example,b.example", { domainSearch: ["a.example", "b.example"] }],
  [
    "121=10.1.0.0/16,10.77.0.1,10.2.0.0/16,10.77.0.2",
    {
      classlessRoutes: [
        { destination: Cidr.parse("10.1.0.0/16"), gateway: A },
        { destination: Cidr.parse("10.2.0.0/16"), gateway: B },
      ],
    },
  ],
  ["43=0x0104AB", { vendorInformation: Uint8Array.of(1, 4, 0xab) }],
  ["26=0x0578", { interfaceMtu: 1400 }],
  [
    "252=http://a.example/wpad.dat",
    { others: [{ code: 252, value: new Uint8Array(Buffer.from("http://a.example/wpad.dat")) }] },
  ],
  ["224=10.77.0.1", { others: [{ code: 224, value: Uint8Array.of(10, 77, 0, 1) }] }],
  ["224=0x01", { others: [{ code: 224, value: Uint8Array.of(1) }] }],
];

const WRONG: readonly string[] = [
  "",
  "42",
  "42=",
  "=10.77.0.1",
  "1000=1",
  "x=1",
  "42=here",
  "42=10.77.0.256",
  "26=70000",
  "26=0x05",
  "23=256",
  "19=yes",
  "119=a..example",
  "121=10.1.0.0/16",
  "121=10.1.0.0,10.77.0.1",
  "224=7",
  `252=${"x".repeat(256)}`,
];

const NOT_TO_BE_SET: readonly [string, string][] = [
  ["1=255.255.255.0", "--address"],
  ["3=10.77.0.1", "--gateway"],
  ["6=10.77.0.1", "--dns"],
  ["15=example", "--domain"],
  ["51=60", "--lease"],
  ["53=0x02", "53 is no option to set"],
  ["255=0x01", "255 is no option to set"],
];

describe("--option CODE=VALUE", () => {
  it.each(VALUES)("takes %s", (text, options) => expect(readDhcpOptions([text])).toEqual(options));

  it("may be repeated, for the same option too", () => {
    expect(readDhcpOptions(["42=10.77.0.1", "26=1400", "42=10.77.0.2"])).toEqual({
      ntpServers: [A, B],
      interfaceMtu: 1400,
    });
    expect(readDhcpOptions([])).toEqual({});
  });

  it.each(WRONG)("does not take %j", (text) => expect(() => readDhcpOptions([text])).toThrow(UsageError));

  it.each(NOT_TO_BE_SET)("does not take %s: %s", (text, named) =>
    expect(() => readDhcpOptions([text])).toThrow(named),
  );
});
