import { Ipv4Address } from "../../../src/address/index.js";
import { loss } from "../../../simulator/index.js";
import { ip, MINUTE, Site, type SiteOptions } from "./site.js";

/**
 * How long a crowd may take, in ms of virtual time. On a client's cable a message gets lost with a probability of 0.2, so
 * that a question and its answer get through with 0.64. With the waits of RFC 2131 §4.1 (4, 8, 16, 32, then 64 s), and a
 * new beginning after four REQUESTs in vain, a client has its ACK after ten minutes with a probability of 1 − 3·10⁻⁶: of a
 * hundred crowds of a thousand none or one takes longer. The probes for the address take 7 s more (RFC 5227 §1.1).
 */
export const CROWD_LIMIT = 10 * MINUTE;

const SERVER = "10.0.0.1";
const FIRST = ip("10.0.0.10");
const PREFIX_LENGTH = 20;
const LOSS = 0.2;

/** How a crowd got its addresses. */
export interface Crowd {
  /** Each client's address at the end, in the order of the clients. */
  readonly addresses: readonly (string | undefined)[];
  /** When each client was bound, in virtual ms. */
  readonly boundAt: readonly number[];
  /** Every address that a client was bound to at any time, with the client. */
  readonly bindings: readonly { readonly client: string; readonly address: string }[];
  /** Frames that reached the switch. */
  readonly frames: number;
}

/**
 * `count` clients boot at one moment, on a LAN that loses 20 % of the frames on each client's cable, each way; the server
 * has exactly so many addresses.
 */
export function bootCrowd(count: number, options: SiteOptions): Crowd {
  const site = new Site(options);
  let frames = 0;
  site.observe(() => frames++);
  site.addServer("server", {
    address: SERVER,
    prefixLength: PREFIX_LENGTH,
    pool: [FIRST.toString(), Ipv4Address.fromValue(FIRST.value + count - 1).toString()],
    leaseSeconds: 86_400,
  });
  const bindings: { client: string; address: string }[] = [];
  const boundAt: number[] = [];
  for (let index = 0; index < count; index++) {
    const name = `client ${index}`;
    const { client } = site.addClient(name, {
      fault: loss(LOSS),
      onDhcp(event) {
        if (event.type !== "changed" || event.current === undefined) return;
        boundAt.push(site.now);
        bindings.push({ client: name, address: event.current.configuration.address.toString() });
      },
    });
    client.start();
  }
  site.simulation.advanceUntil(() => boundAt.length >= count, { within: CROWD_LIMIT });
  const addresses = site.clients.map(({ address }) => address);
  return { addresses, boundAt, bindings, frames };
}
