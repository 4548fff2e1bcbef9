import { Cable } from "../../../simulator/cable.js";
import { jitter, loss, when, type Transit } from "../../../simulator/faults/index.js";
import { SimulatedHost } from "../../../simulator/host.js";
import { Simulation } from "../../../simulator/simulation.js";
import { Ipv4Address } from "../../../src/address/index.js";
import type { Io } from "../../../src/host/index.js";
import type { Stack } from "../../../src/stack/index.js";
import type { SocketCase } from "./suite/case.js";
import { IoPeer } from "./suite/io-peer.js";
import { runCase, type World } from "./suite/run.js";

const OWN_ADDRESS = "10.0.0.1";
const PEER_ADDRESS = "10.0.0.2";
const PREFIX_LENGTH = 24;
const KIB = 1024;
/** Bytes of a connection's buffers, each way: they do not grow, so that what is held up is so soon. */
const BUFFER_SIZE = 64 * KIB;

/** What all simulated worlds have besides hosts. There is no gateway, and nobody else on the link. */
const SURROUNDINGS = Object.freeze({
  deafAddress: "10.0.0.99",
  unroutedAddress: "203.0.113.1",
  broadcastAddress: "10.0.0.255",
  // More than any retransmission, and less than the minute of TIME-WAIT.
  quietTime: 20_000,
  patience: 600_000,
});

/** Where an Ethernet frame with IPv4 says what it carries, and TCP's header in it what it is. */
const PROTOCOL_OFFSET = 23;
const FLAGS_OFFSET = 47;
const TCP = 6;
const RST = 4;

/** A world on virtual time, which moves when somebody moves the simulation's. */
export interface SimulatedWorld {
  readonly simulation: Simulation;
  readonly world: World;
}

/** Lets virtual time pass until a case is over. @throws what the case throws */
export async function play(test: SocketCase, { simulation, world }: SimulatedWorld): Promise<void> {
  let isOver = false;
  const running = runCase(test, world).finally(() => (isOver = true));
  // It is awaited below; until then nobody else handles its failure.
  running.catch(() => undefined);
  await simulation.until(() => isOver, { within: 2 * world.patience });
  await running;
}

/** One stack, and the peer on the same: all over its own loopback interface. */
export function loopbackWorld(seed = 1): SimulatedWorld {
  const simulation = new Simulation({ seed });
  const cable = new Cable(simulation, { name: "cable" });
  const { stack } = addHost(simulation, cable, OWN_ADDRESS, BUFFER_SIZE);
  cable.plug({ name: "nobody" });
  const addresses = { address: "127.0.0.1", peerAddress: "127.0.0.1" };
  return { simulation, world: makeWorld(simulation, stack, stack, addresses, BUFFER_SIZE) };
}

/** What stands between a stack's sockets and those who use them. */
export type Layer = (io: Io, simulation: Simulation) => Io;

export interface LanOptions {
  readonly seed?: number;
  /** The part of the TCP segments that the cable loses, each way; what nobody would send again is spared. */
  readonly lossRate?: number;
  readonly bufferSize?: number;
  /** Absent: nothing. */
  readonly layer?: Layer;
}

/** Two stacks on a cable. */
export function lanWorld({
  seed = 1,
  lossRate = 0,
  bufferSize = BUFFER_SIZE,
  layer = (io) => io,
}: LanOptions = {}): SimulatedWorld {
  const simulation = new Simulation({ seed });
  const cable = new Cable(simulation, { name: "cable", latency: 1 });
  const own = addHost(simulation, cable, OWN_ADDRESS, bufferSize);
  const peer = addHost(simulation, cable, PEER_ADDRESS, bufferSize);
  if (lossRate > 0) {
    cable.impair(when(isSentAgain, loss(lossRate)));
    cable.impair(when(isSentAgain, jitter(3)));
  }
  const addresses = { address: OWN_ADDRESS, peerAddress: PEER_ADDRESS };
  return { simulation, world: makeWorld(simulation, own.stack, peer.stack, addresses, bufferSize, layer) };
}

function addHost(simulation: Simulation, cable: Cable, address: string, bufferSize: number): SimulatedHost {
  const tcp = { receiveBuffer: bufferSize, sendBuffer: bufferSize };
  const host = new SimulatedHost(simulation, {
    name: address,
    cable,
    stack: { tcp, privilegedPorts: "refused" },
  });
  host.network.configure({ address: Ipv4Address.parse(address), prefixLength: PREFIX_LENGTH, dns: [] });
  return host;
}

function makeWorld(
  simulation: Simulation,
  own: Stack,
  peer: Stack,
  addresses: Pick<World, "address" | "peerAddress">,
  bufferSize: number,
  layer: Layer = (io) => io,
): World {
  return {
    ...SURROUNDINGS,
    ...addresses,
    bulk: 4 * bufferSize,
    // Twice what the buffers at both ends take.
    flood: 4 * bufferSize,
    provider: { io: layer(own.io, simulation), timers: simulation.timers },
    clock: simulation,
    peer: stackPeer(peer, layer(peer.io, simulation)),
    close: () => Promise.resolve(),
  };
}

/** A peer that can do all that a stack can. @param io what it does it with; absent: the stack's own */
export function stackPeer({ io: own, tcp }: Stack, io = own): IoPeer {
  return new IoPeer({
    io,
    abort: ({ localPort, remotePort }) => {
      const ours = tcp.connections.filter((each) => each.localPort === localPort);
      ours.find((each) => each.remotePort === remotePort)?.abort();
    },
  });
}

/** True for what a sender repeats until it has arrived: not for datagrams, nor for resets. */
function isSentAgain({ bytes }: Transit): boolean {
  return bytes[PROTOCOL_OFFSET] === TCP && (bytes[FLAGS_OFFSET]! & RST) === 0;
}
