import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { formatLease, parseLease, type LeaseChange } from "../../../hosts/node/leases/lease-lines.js";
import { Ipv4Address, MacAddress } from "../../../src/address/index.js";

const address = Ipv4Address.parse("10.77.0.100");
const mac = MacAddress.parse("02:00:00:12:34:56");

/** A table, since files outlive versions: how each is written must not change. */
const LINES: readonly [LeaseChange, string][] = [
  [
    {
      address,
      mac,
      clientIdentifier: Uint8Array.of(1, 2, 0xab),
      hostName: 'a "lamp"\n',
      state: "bound",
      duration: 3_600_000,
      expiresAt: 1_790_000_000_000,
    },
    '{"address":"10.77.0.100","mac":"02:00:00:12:34:56","id":"0102ab","name":"a \\"lamp\\"\\n","state":"bound","lasts":3600000,"until":1790000000000}',
  ],
  [
    { address, mac, state: "bound", duration: Infinity, expiresAt: Infinity },
    '{"address":"10.77.0.100","mac":"02:00:00:12:34:56","state":"bound","lasts":null,"until":null}',
  ],
  [
    { address, mac, state: "declined", duration: 600_000 },
    '{"address":"10.77.0.100","mac":"02:00:00:12:34:56","state":"declined","lasts":600000}',
  ],
  [{ address, state: "removed" }, '{"removed":"10.77.0.100"}'],
];

const NOT_WRITTEN: readonly string[] = [
  "",
  "{",
  "null",
  "[]",
  "1",
  '"text"',
  "{}",
  '{"removed":"10.77.0.256"}',
  '{"address":"10.77.0.100","mac":"02:00:00:12:34:56","state":"bound"}',
  '{"address":"10.77.0.100","mac":"02:00:00:12:34:56","state":"offered","lasts":1}',
  '{"address":"10.77.0.100","mac":"02:00:00:12:34:56","state":"bound","lasts":-1}',
  '{"address":"10.77.0.100","mac":"02:00:00:12:34:56","state":"bound","lasts":"1"}',
  '{"address":"10.77.0.100","mac":"02:00:00:12:34:56","state":"bound","lasts":1,"until":"soon"}',
  '{"address":"10.77.0.100","mac":"02:00:00:12:34:56","state":"bound","lasts":1,"id":"0"}',
  '{"address":"10.77.0.100","mac":"02:00:00:12:34:56","state":"bound","lasts":1,"name":1}',
  '{"address":"10.77.0.100","mac":7,"state":"bound","lasts":1}',
  '{"mac":"02:00:00:12:34:56","state":"bound","lasts":1}',
];

const anyTime = fc.oneof(fc.maxSafeNat(), fc.constant(Infinity));
const anyLease: fc.Arbitrary<LeaseChange> = fc.record(
  {
    address: fc.nat(0xffff_ffff).map((value) => Ipv4Address.fromValue(value)),
    mac: fc.nat(2 ** 48 - 1).map((value) => MacAddress.fromValue(value)),
    clientIdentifier: fc.uint8Array({ minLength: 1, maxLength: 255 }),
    // Whatever a client may call itself, halves of surrogate pairs included.
    hostName: fc.string({ unit: "binary" }),
    state: fc.constantFrom("bound", "free", "declined"),
    duration: anyTime,
    expiresAt: anyTime,
  },
  { requiredKeys: ["address", "mac", "state", "duration"] },
);

describe("a lease as a line", () => {
  it.each(LINES)("is written so: %#", (change, line) => {
    expect(formatLease(change)).toBe(line);
    expect(parseLease(line)).toEqual(change);
  });

  it("is read as it was written, and has no line breaks", () => {
    fc.assert(
      fc.property(anyLease, (lease) => {
        const line = formatLease(lease);
        expect(parseLease(line)).toEqual(lease);
        expect(line).not.toContain("\n");
      }),
    );
  });

  it("has whole milliseconds", () => {
    const line = formatLease({ address, mac, state: "bound", duration: 999.6, expiresAt: 0.2 });
    expect(parseLease(line)).toMatchObject({ duration: 1_000, expiresAt: 0 });
  });

  it.each(NOT_WRITTEN)("is not made of %j", (text) => expect(parseLease(text)).toBeUndefined());
});
