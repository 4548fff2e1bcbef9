import { MacAddress } from "../../../src/address/index.js";
import { partition } from "../../../simulator/index.js";
import type { SiteClient } from "./site-client.js";
import { MINUTE, SECOND, Site, type SiteOptions, type SiteServer } from "./site.js";

/** A client that has its lease of an hour. */
export interface Leased {
  readonly site: Site;
  readonly server: SiteServer;
  readonly client: SiteClient;
}

export function leaseOne(options: SiteOptions = {}): Leased {
  const site = new Site(options);
  const server = site.addServer("server", { address: "10.0.0.1", pool: ["10.0.0.100", "10.0.0.199"] });
  const client = site.addClient("client");
  client.client.start();
  site.run(20 * SECOND);
  return { site, server, client };
}

/** Takes the client's cable out and puts it back, `count` times. @param period ms, half of which it is out */
export function flap({ site, client }: Leased, count: number, period: number): void {
  for (let index = 0; index < count; index++) {
    client.cable.cut();
    site.run(period / 2);
    client.cable.mend();
    site.run(period / 2);
  }
}

/** The same link-local addresses, in the same order, follow from these: what is hashed is their halves' exclusive or. */
const TWINS = [MacAddress.fromValue(0x0200_0000_0001), MacAddress.fromValue(0x0202_0000_0003)] as const;

/** Two devices that want the same link-local address. */
export interface Twins {
  readonly site: Site;
  readonly first: SiteClient;
  readonly second: SiteClient;
}

/**
 * They boot at one moment, without a server.
 * @param apart for so many ms of which they cannot hear each other, though their links are up
 */
export function bootTwins(apart: number, options: SiteOptions = {}): Twins {
  const site = new Site(options);
  const [first, second] = TWINS.map((mac, index) =>
    site.addClient(`twin ${index}`, { mac, linkLocal: true }),
  ) as [SiteClient, SiteClient];
  const join = first.cable.impair(partition());
  first.client.start();
  second.client.start();
  site.run(apart);
  join();
  return { site, first, second };
}

/** Has the first one look for a neighbor, once a second: then the second one hears of it. */
export function talk({ site, first }: Twins, seconds: number): void {
  for (let count = 0; count < seconds; count++) {
    const socket = new first.host.stack.io.UDP({});
    socket.write(new Uint8Array(1), `169.254.9.${count}`, 9);
    socket.close();
    site.run(SECOND);
  }
}

/** A server appears on the twins' link. */
export function addServer({ site }: Twins): void {
  site.addServer("server", { address: "10.0.0.1", pool: ["10.0.0.100", "10.0.0.199"] });
  site.run(3 * MINUTE);
}
