import { describe } from "@jest/globals";
import { createIo, type Platform } from "../../../hosts/xs/io/index.js";
import {
  BUFFER,
  DEVICE_ADDRESS,
  makeNetwork,
  PEER_ADDRESS,
  type Network,
} from "../../hosts/xs/moddable/network.js";
import { describeSuite } from "./describe-suite.js";
import { stackPeer } from "./simulated.js";
import type { SocketCase } from "./suite/case.js";
import { runCase, type World } from "./suite/run.js";

/** The wrapper of Moddable's classes on one side, and a stack that can do everything on the other. */
function makeWorld({ simulation, native, peer, platform }: Network): World {
  const { timers } = simulation;
  return {
    provider: { io: createIo(native, timers, platform), timers },
    clock: simulation,
    address: DEVICE_ADDRESS,
    peerAddress: PEER_ADDRESS,
    deafAddress: "192.0.2.99",
    unroutedAddress: "203.0.113.1",
    broadcastAddress: "255.255.255.255",
    bulk: 4 * BUFFER,
    flood: 4 * BUFFER,
    quietTime: 5_000,
    patience: 600_000,
    peer: stackPeer(peer.stack),
    close: () => Promise.resolve(),
  };
}

async function play(test: SocketCase, platform: Platform): Promise<void> {
  const network = makeNetwork(platform);
  const world = makeWorld(network);
  let isOver = false;
  const running = runCase(test, world).finally(() => (isOver = true));
  // It is awaited below; until then nobody else handles its failure.
  running.catch(() => undefined);
  const { machine, simulation } = network;
  await simulation.until(() => isOver || machine.crashed !== undefined, { within: 2 * world.patience });
  machine.check();
  await running;
}

describe("Moddable's sockets on ESP32, wrapped, over a double", () => {
  describeSuite("Moddable, ESP32", (test) => play(test, "esp32"));
});

describe("Moddable's sockets in the Linux simulator, wrapped, over a double", () => {
  describeSuite("Moddable, Linux simulator", (test) => play(test, "desktop"));
});
