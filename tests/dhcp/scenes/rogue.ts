import type { Ipv4Address } from "../../../src/address/index.js";
import {
  parseDhcp,
  type DhcpMessage,
  type DhcpMessageType,
  type DhcpOptions,
} from "../../../src/wire/index.js";
import { bytesOf } from "../messages.js";
import type { SiteClient } from "./site-client.js";
import { ip, Site, type SiteOptions } from "./site.js";

export const ROGUE = ip("10.0.0.66");
const PREY = ip("10.0.0.200");

/** What makes an answer of the rogue: nothing is missing from it, nothing is wrong, but what these change. */
export interface Answer {
  readonly type: DhcpMessageType;
  readonly fields?: Partial<DhcpMessage>;
  readonly options?: DhcpOptions;
}

/** What the rogue says to a message of a client, an answer each millisecond. */
export type Malice = (request: DhcpMessage) => readonly Answer[];

/** A LAN with a rogue on it: a host that answers at once, and as it likes. */
export interface RogueLan {
  readonly site: Site;
  readonly client: SiteClient;
  /** Answers that the rogue has sent. */
  readonly answers: () => number;
  /** From now on it is silent. */
  readonly silence: () => void;
  /** A server that does what a server should appears. */
  readonly addServer: () => void;
}

export function bootWithRogue(malice: Malice, options: SiteOptions = {}): RogueLan {
  const site = new Site(options);
  const { host } = site.addHost("rogue");
  host.network.configure({ address: ROGUE, prefixLength: 24, dns: [] });
  const link = host.network.dhcp;
  let answers = 0;
  const silence = link.listen(67, (bytes) => {
    const request = parseDhcp(bytes);
    if (typeof request === "string") return;
    for (const [index, answer] of malice(request).entries()) {
      const send = (): void => {
        link.send(answerBytes(request, answer), { address: ip("255.255.255.255"), port: 68 }, ROGUE, 67);
        answers++;
      };
      // The first one is on its way before any server's.
      if (index === 0) send();
      else site.simulation.schedule(index, send);
    }
  });
  const client = site.addClient("client");
  client.client.start();
  const addServer = (): void => {
    site.addServer("server", { address: "10.0.0.1", pool: ["10.0.0.100", "10.0.0.149"] });
  };
  return { site, client, answers: () => answers, silence, addServer };
}

/** A good answer, but for what is said. */
function answerBytes(request: DhcpMessage, { type, fields, options }: Answer): Uint8Array {
  const { xid, chaddr } = request;
  const yiaddr: Ipv4Address | undefined = type === "NAK" ? undefined : PREY;
  const lease = type === "NAK" ? {} : { leaseTime: 3600, subnetMask: ip("255.255.255.0") };
  return bytesOf(
    type,
    { xid, chaddr, ...(yiaddr === undefined ? {} : { yiaddr }), ...fields },
    { serverIdentifier: ROGUE, ...lease, ...options },
  );
}

/** OFFER to DISCOVER, and ACK to REQUEST, with these options. */
export function lend(options: DhcpOptions): Malice {
  return ({ type }) => {
    if (type === "DISCOVER") return [{ type: "OFFER", options }];
    return type === "REQUEST" ? [{ type: "ACK", options }] : [];
  };
}
