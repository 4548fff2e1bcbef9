import type { Ipv4Configuration } from "../../host/index.js";
import type { DhcpLease } from "./lease.js";

/** What the client has given the interface, and why it may. */
export interface DhcpBinding {
  readonly configuration: Ipv4Configuration;
  /** Where the configuration is from; "link-local" is the client's own choice (RFC 3927). */
  readonly source: "dhcp" | "link-local";
  /** Absent for a link-local address. */
  readonly lease?: DhcpLease;
  /** Whether the link was asked for another owner of the address; false where it cannot be. */
  readonly probed: boolean;
}

/** Whether two configurations do the same to an interface. */
export function sameConfiguration(a: Ipv4Configuration, b: Ipv4Configuration): boolean {
  return describe(a) === describe(b);
}

/** Addresses, networks and domain names hold no character that parts are joined with here. */
function describe({
  address,
  prefixLength,
  gateway,
  routes,
  dns,
  domain,
  search,
}: Ipv4Configuration): string {
  const ways = routes?.map((route) => `${route.destination}>${route.gateway}`).join();
  return [`${address}/${prefixLength}`, gateway, ways, dns.join(), domain, search?.join()].join(" ");
}
