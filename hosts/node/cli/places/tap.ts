import { setTimeout as delay } from "node:timers/promises";
import type { Host } from "../../../../examples/context.js";
import { Cidr } from "../../../../src/address/index.js";
import { DhcpClient, type DhcpClientEvent } from "../../../../src/dhcp/index.js";
import type { StackInterface } from "../../../../src/stack/index.js";
import { nodeServices } from "../../services.js";
import { openTapStack } from "../tap-stack.js";
import type { TapPlace } from "./options.js";

/** How often and how long, in ms, the end waits for connections to end in order: two seconds in all. */
const GOODBYE_WAITS = 200;
const GOODBYE_WAIT = 10;

/** A host with this project's stack, on a Linux TAP interface. */
export interface TapHost {
  /** The host, once it has an address. */
  readonly ready: Promise<Host>;
  /** Never resolved; rejected when the interface is deleted. */
  readonly lost: Promise<never>;
  /** Gives the connections the time to end, and the address back. */
  close(): Promise<void>;
}

/** @param onTell hears what happens until there is an address @throws NetworkError as `openTap` */
export async function openTapHost(place: TapPlace, onTell: (text: string) => void): Promise<TapHost> {
  const { name, mac, address, gateway } = place;
  const { stack, network, lost, close } = await openTapStack(name, { mac });
  const { clock, timers } = nodeServices;
  onTell(`${name} is ${network.up ? "up" : "down"}, my MAC is ${network.mac}`);
  let dhcp: DhcpClient | undefined;
  const bound = new Promise<void>((resolve) => {
    if (address === undefined) dhcp = lease(network, onTell, resolve);
    else {
      network.configure({ ...address, ...(gateway === undefined ? {} : { gateway }), dns: [] });
      resolve();
    }
  });
  return {
    ready: bound.then(() => {
      const { address: own, prefixLength } = network.ipv4!;
      onTell(`my address is ${own}/${prefixLength}`);
      const cidr = new Cidr(own, prefixLength);
      return {
        sockets: { io: stack.io, timers },
        network: cidr,
        clock,
        wallClock: { now: () => Date.now() },
      };
    }),
    lost,
    async close() {
      for (let i = 0; i < GOODBYE_WAITS && network.up && stack.tcp.connections.length > 0; i++)
        await delay(GOODBYE_WAIT);
      dhcp?.stop();
      await close();
    },
  };
}

/** Asks for an address until there is one. */
function lease(network: StackInterface, onTell: (text: string) => void, onBound: () => void): DhcpClient {
  const onEvent = (event: DhcpClientEvent): void => {
    if (event.type === "sent" && event.message === "DISCOVER") onTell("asking for an address (DHCP)");
    if (event.type === "changed" && event.current !== undefined) onBound();
  };
  const { clock, timers, random } = nodeServices;
  const client = new DhcpClient({ link: network.dhcp, network, clock, timers, random, onEvent });
  client.start();
  return client;
}
