import { lookup } from "node:dns/promises";
import type { Host } from "../../../../examples/context.js";
import { Cidr, parseIpAddress, type IpAddress } from "../../../../src/address/index.js";
import { NetworkError } from "../../../../src/error/index.js";
import { nodeIo } from "../../io/index.js";
import { machineInterface } from "../../machine-interface.js";
import { nodeServices } from "../../services.js";

const LOOPBACK = Cidr.parse("127.0.0.1/8");

const { clock, timers } = nodeServices;
const wallClock = Object.freeze({ now: () => Date.now() });

/** This computer, with Node's own sockets and the system's resolver. */
export function thisComputer(): Host {
  const { ipv4 } = machineInterface();
  const network = ipv4 === undefined ? LOOPBACK : new Cidr(ipv4.address, ipv4.prefixLength);
  return { sockets: { io: nodeIo, timers, resolve }, network, clock, wallClock };
}

/** Several hosts that are all this computer: whatever the name, it is at 127.0.0.1. */
export function loopbackHost(): Host {
  const sockets = { io: nodeIo, timers, resolve: () => [LOOPBACK.address] };
  return { sockets, network: LOOPBACK, clock, wallClock };
}

async function resolve(name: string): Promise<readonly IpAddress[]> {
  try {
    const found = await lookup(name, { all: true, family: 4 });
    return found.map(({ address }) => parseIpAddress(address));
  } catch (error) {
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new NetworkError("EHOSTUNREACH", "resolve", name, `the name has no address, says DNS (${code})`);
  }
}
