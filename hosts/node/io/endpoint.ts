import { isIP } from "node:net";
import { NetworkError } from "../../../src/error/index.js";

const MAPPED = "::ffff:";

/** An address as ECMA-419 gives it: a dual-stack socket's "::ffff:10.0.0.1" is "10.0.0.1". */
export function plainAddress(address: string | undefined): string | undefined {
  const isMapped = address !== undefined && address.startsWith(MAPPED) && address.includes(".");
  return isMapped ? address.slice(MAPPED.length) : address;
}

/** "10.0.0.1:80", "[::1]:80". */
export function formatEndpoint(address: string | undefined, port: number | undefined): string {
  const host = address === undefined ? "*" : address.includes(":") ? `[${address}]` : address;
  return `${host}:${port ?? "*"}`;
}

/** @throws NetworkError EINVAL if the address is no literal IP address: Node would ask DNS for it */
export function checkAddress(address: string | undefined, operation: string): string {
  if (address !== undefined && isIP(address) !== 0) return address;
  throw new NetworkError("EINVAL", operation, address, "not an IP address");
}
