import { Cidr, Ipv4Address } from "../../src/address/index.js";
import { DhcpServer, type DhcpServerOptions } from "../../src/dhcp/index.js";
import { NetworkError } from "../../src/error/index.js";
import type { StackInterface } from "../../src/stack/index.js";
import type { SimulatedHost } from "../host.js";
import type { App, LanHost } from "../lan/lan-host.js";
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
  return (machine, host) => serveDhcp(machine, host, machine.network, options);
}

/**
 * Starts the server that `dhcpServer` is about on any interface of a host: a router serves each of its networks.
 *
 * @throws NetworkError ENETDOWN if the interface has no fixed address
 */
export function serveDhcp(
  { clock, wallClock, timers, random }: SimulatedHost,
  host: LanHost,
  { ipv4, dhcp, name }: StackInterface,
  options: Partial<DhcpServerOptions> = {},
): DhcpServer {
  if (ipv4 === undefined)
    throw new NetworkError(
      "ENETDOWN",
      "start DHCP server",
      `${host.name} ${name}`,
      "a server's address is fixed",
    );
  const { address, prefixLength } = ipv4;
  const base = (new Cidr(address, prefixLength).network as Ipv4Address).value;
  const server = new DhcpServer({
    ...{ clock, wallClock, timers, random, address, prefixLength },
    link: dhcp,
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
}
