import type { DhcpLease } from "../../../src/dhcp/index.js";
import type { SiteClient } from "./site-client.js";
import { MINUTE, SECOND, Site, type ServerOptions, type SiteOptions, type SiteServer } from "./site.js";

const LEASE_SECONDS = 600;

/**
 * A server goes away, and comes back with another subnet.
 * @param flap whether the client's cable is taken out and put back when the new server is there
 * @returns the client, half an hour later, and when the new server came
 */
export function renumber(flap: boolean, options: SiteOptions = {}): { client: SiteClient; at: number } {
  const site = new Site(options);
  const former = site.addServer("former server", {
    address: "192.168.7.1",
    pool: ["192.168.7.100", "192.168.7.199"],
    leaseSeconds: LEASE_SECONDS,
  });
  const client = site.addClient("client");
  client.client.start();
  site.run(MINUTE);
  former.cable.cut();
  site.addServer("server", {
    address: "10.1.0.1",
    pool: ["10.1.0.100", "10.1.0.199"],
    leaseSeconds: LEASE_SECONDS,
  });
  if (flap) {
    client.cable.cut();
    site.run(SECOND);
    client.cable.mend();
  }
  const at = site.now;
  site.run(30 * MINUTE);
  return { client, at };
}

/** Two servers with pools of one subnet. The near one answers first. */
export interface TwoServers {
  readonly client: SiteClient;
  readonly near: SiteServer;
  readonly far: SiteServer;
  /** Who has sent an OFFER, in order. */
  readonly offers: readonly string[];
}

/** @param choose the client's policy; absent: the first offer is taken */
export function leaseFromTwo(
  choose?: (offers: readonly DhcpLease[]) => DhcpLease | undefined,
  options: SiteOptions = {},
): TwoServers {
  const site = new Site(options);
  const offers: string[] = [];
  const addServer = (name: string, rest: Pick<ServerOptions, "address" | "pool" | "latency">): SiteServer =>
    site.addServer(name, {
      ...rest,
      onEvent(event) {
        if (event.type === "sent" && event.message === "OFFER") offers.push(name);
      },
    });
  const near = addServer("near", { address: "10.0.0.1", pool: ["10.0.0.100", "10.0.0.149"] });
  const far = addServer("far", { address: "10.0.0.2", pool: ["10.0.0.150", "10.0.0.199"], latency: 300 });
  const client = site.addClient("client", choose === undefined ? {} : { choose });
  client.client.start();
  site.run(MINUTE);
  return { client, near, far, offers };
}
