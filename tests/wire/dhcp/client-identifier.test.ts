import { expect, it } from "@jest/globals";
import { MacAddress } from "../../../src/address/index.js";
import {
  duidClientIdentifier,
  ethernetClientIdentifier,
  linkLayerDuid,
  uuidDuid,
} from "../../../src/wire/index.js";
import { hex } from "./bytes.js";

const MAC = MacAddress.parse("02:1a:2b:3c:4d:5e");

it("names a client by its MAC (RFC 2132 §9.14)", () => {
  expect(ethernetClientIdentifier(MAC)).toEqual(hex("01 021a2b3c4d5e"));
});

it("names a client by its MAC as DHCPv6 does (RFC 4361 §6.1, RFC 8415 §11.4)", () => {
  expect(duidClientIdentifier(0xdeadbeef, linkLayerDuid(MAC))).toEqual(
    hex("ff deadbeef 0003 0001 021a2b3c4d5e"),
  );
});

it("names a client by a UUID (RFC 6355 §4)", () => {
  const uuid = hex("00112233445566778899aabbccddeeff");
  expect(duidClientIdentifier(1, uuidDuid(uuid))).toEqual(
    hex("ff 00000001 0004 00112233445566778899aabbccddeeff"),
  );
});
