import { MacAddress } from "../../src/address/index.js";

/**
 * A locally administered unicast address that is the same each time for the same name: octets 02:00, then 32 bits of
 * FNV-1a over the name.
 */
export function macFromName(name: string): MacAddress {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index++) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  }
  return MacAddress.fromValue(0x0200_0000_0000 + hash);
}
