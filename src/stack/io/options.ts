import { parseIpAddress, type IpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import { checkOption, checkPort } from "../../host/index.js";
import type { Stack } from "../stack.js";

/** The well-known ports end there: those that POSIX systems keep for privileged programs. */
const LAST_PRIVILEGED_PORT = 1023;

/** The octet that carries a DSCP (RFC 2474 §3); its lower two bits are ECN's. @throws NetworkError EINVAL */
export function typeOfServiceOf(dscp: number | undefined): number {
  return (checkOption("dscp", dscp, 0, 63) ?? 0) << 2;
}

/** A port to be bound to, 0 for any. @throws NetworkError EINVAL, EACCES for one that the stack refuses */
export function checkLocalPort(stack: Stack, port: number | undefined, operation: string): number {
  const checked = checkPort(port ?? 0, 0, operation);
  if (stack.privilegedPorts === "allowed" || checked === 0 || checked > LAST_PRIVILEGED_PORT) return checked;
  throw new NetworkError("EACCES", operation, `port ${checked}`, "this stack refuses privileged ports");
}

/** The address to bind to; undefined: any. @throws NetworkError EINVAL, EADDRNOTAVAIL */
export function checkLocalAddress(
  stack: Stack,
  text: string | undefined,
  operation: string,
): IpAddress | undefined {
  if (text === undefined) return undefined;
  const address = parseIpAddress(text);
  if (address.isUnspecified) return undefined;
  if (!stack.isOwnAddress(address)) throw new NetworkError("EADDRNOTAVAIL", operation, text);
  return address;
}
