import { isIP } from "node:net";
import { hostname, networkInterfaces } from "node:os";

/** Letters, digits and hyphens between dots, and a first label that may stand for any (RFC 9525 §6.3). */
const DNS_NAME = /^(\*\.)?[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/** What kind of a name that a certificate can be for; undefined for what is none. */
export function kindOfName(name: string): "dns" | "ip" | undefined {
  if (isIP(name) !== 0) return "ip";
  return DNS_NAME.test(name) ? "dns" : undefined;
}

/** What this computer is called by itself and by its neighbors: localhost, its name with and without .local, its addresses. */
export function localNames(): readonly string[] {
  const name = hostname();
  const names = kindOfName(name) === "dns" ? [name, ...(name.includes(".") ? [] : [`${name}.local`])] : [];
  const addresses = Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    // Link-local IPv6 addresses need a zone, for which certificates have no place.
    .filter(({ internal, address }) => !internal && !address.startsWith("fe80:"))
    .map(({ address }) => address);
  return [...new Set(["localhost", ...names, "127.0.0.1", "::1", ...addresses])];
}
