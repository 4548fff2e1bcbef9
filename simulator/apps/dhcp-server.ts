import { Cidr, Ipv4Address } from "../../src/address/index.js";
import { DhcpServer, type DhcpServerOptions } from "../../src/dhcp/index.js";
import { NetworkError } from "../../src/error/index.js";
import type { App } from "../lan/lan-host.js";
import { tellServerEvent } from "../story.js";

/** Host numbers of the pool that home routers are sold with. */
const FIRST_LEASED = 100;
const LAST_LEASED = 199;
const LEASE_SECONDS = 3600;

/**
 * A DHCP server on the host's first interface, whose address is fixed. Absent options: it leases the host numbers 100 to 199
 * of its network for an hour, and says that itself is router and DNS server.
 *
 * @throws NetworkError ENETDOWN, when the host is switched on, if it has no fixed address
 */
export function dhcpServer(options: Partial<DhcpServerOptions> = {}): App<DhcpServer> {
  return ({ clock, wallClock, timers, random, network }, host) => {
    const { ipv4 } = network;
    if (ipv4 === undefined)
      throw new NetworkError("ENETDOWN", "start DHCP server", host.name, "a server's address is fixed");
    const { address, prefixLength } = ipv4;
    const base = (new Cidr(address, prefixLength).network as Ipv4Address).value;
    const server = new DhcpServer({
      ...{ clock, wallClock, timers, random, address, prefixLength },
      link: network.dhcp,
      pool: {
        first: Ipv4Address.fromValue(base + FIRST_LEASED),
        last: Ipv4Address.fromValue(base + LAST_LEASED),
      },
      gateway: address,
      dns: [address],
      leaseSeconds: LEASE_SECONDS,
      ...options,
      onEvent: (event) => {
        options.onEvent?.(event);
        host.tell(tellServerEvent(event));
      },
    });
    server.start();
    return server;
  };
}
