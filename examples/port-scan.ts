// A port scanner: which hosts are there, and at which ports do they listen?
//
// What there is to learn: an attempt to connect ends in one of four ways, and each tells something else. Connected: somebody
// listens. ECONNREFUSED: the host is there, but nobody listens at this port. EHOSTUNREACH: nobody has that address, since
// nobody answered the ARP request. ETIMEDOUT: there was no answer at all; a firewall drops packets without a word.
//
// Scan networks that are yours.
import { Cidr, Ipv4Address } from "wirelet/address";
import { NetworkError } from "wirelet/error";
import { TcpSocket, type CancelSignal, type SocketProvider } from "wirelet/socket";
import type { Context } from "./context.js";

/** Of SSH, HTTP, MQTT, the echo and the chat of these examples, HTTP once more, and printers. */
const PORTS = "22,80,1883,7007,7070,8080,9100";
/** How long an answer may take, in ms: longer than ARP goes on asking. */
const PATIENCE = 5_000;
/** Addresses that are looked at at the same time. A device has room for few connections. */
const AT_ONCE = 16;
/** What is scanned unasked has no more than 256 addresses. */
const SMALL_NETWORK = 24;

/** Arguments: [ADDRESS or NETWORK/PREFIX] [PORT,PORT,…] */
export async function scanner({ sockets, network, args, print, signal, clock }: Context): Promise<void> {
  const [where = usualTarget(network), portList = PORTS] = args;
  const addresses = addressesOf(where);
  const ports = portList.split(",");
  print(
    `looking at ${where}, ${counted(addresses.length, "address", "addresses")}, ports ${ports.join(", ")}`,
  );
  const begin = clock.now();
  let found = 0;
  // All workers take from the same iterator, so that each address is looked at by one of them.
  const queue = addresses[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (const address of queue) {
      const states = await look(sockets, address, ports, signal);
      if (states === undefined) continue;
      found++;
      print(`${address}  ${states.join("  ")}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  print(`${found} ${found === 1 ? "host" : "hosts"} found in ${((clock.now() - begin) / 1000).toFixed(1)} s`);
}

/** What becomes of a try to connect to each port. @returns undefined if there is no such host */
async function look(
  sockets: SocketProvider,
  address: string,
  ports: readonly string[],
  signal: CancelSignal,
): Promise<string[] | undefined> {
  const states: string[] = [];
  for (const port of ports) {
    const socket = new TcpSocket(sockets);
    try {
      await socket.connect(`${address}:${port}`, { signal, timeout: PATIENCE });
      states.push(`${port} open`);
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      if (error.code === "EHOSTUNREACH") return undefined;
      if (error.code === "ETIMEDOUT") states.push(`${port} silent`);
      else if (error.code !== "ECONNREFUSED") throw error;
    } finally {
      await socket.close();
    }
  }
  return states.length === 0 ? ["all closed"] : states;
}

/** The host's network, unless that is a large one: then the host alone. */
function usualTarget(network: Cidr): string {
  const { address, prefixLength } = network;
  return prefixLength < SMALL_NETWORK ? address.toString() : `${network.network}/${prefixLength}`;
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** All hosts of a network in CIDR notation, or one address. */
function addressesOf(where: string): readonly string[] {
  if (!where.includes("/")) return [where];
  const { prefixLength, network } = Cidr.parse(where);
  if (network.family !== 4) throw new NetworkError("EAFNOSUPPORT", "scan", where);
  const size = 2 ** (32 - prefixLength);
  // The first address names the network and the last one is for broadcasts, unless it is no bigger than that.
  const [first, last] = size > 2 ? [1, size - 2] : [0, size - 1];
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Ipv4Address.fromValue(network.value + first + index).toString(),
  );
}

/** A host to be found. Arguments: [PORT…] */
export async function host({ sockets, args, print, signal }: Context): Promise<void> {
  print(args.length === 0 ? "listening nowhere" : `listening on port ${args.join(", ")}`);
  await Promise.all(args.map((port) => listen(sockets, port, signal)));
}

async function listen(sockets: SocketProvider, port: string, signal: CancelSignal): Promise<void> {
  const listener = new TcpSocket(sockets);
  try {
    await listener.bind(`0.0.0.0:${port}`);
    await listener.listen();
    for await (const socket of listener.connections({ signal })) await socket.close();
  } finally {
    await listener.close();
  }
}
