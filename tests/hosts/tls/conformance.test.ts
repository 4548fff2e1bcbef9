import { describe } from "@jest/globals";
import { SEND_LIMIT } from "../../../hosts/node/io/index.js";
import { secureIo, secureSockets } from "../../../hosts/node/tls/index.js";
import type { Simulation } from "../../../simulator/simulation.js";
import type { Io, TcpOptions } from "../../../src/host/index.js";
import { describeSuite } from "../../conformance/sockets/describe-suite.js";
import { lanWorld, play } from "../../conformance/sockets/simulated.js";
import { certificate } from "../../support/certificates/index.js";

const local = certificate("local");

/** Bytes that are more than the buffers of TLS at both ends, and those below. */
const FLOOD = 4 * SEND_LIMIT;

/** Both sides of TLS in one provider. */
function secured(io: Io, simulation: Simulation): Io {
  const options = { timers: simulation.timers, task: (work: Promise<void>) => simulation.task(work) };
  const server = secureIo(io, { ...local, ...options });
  const client = secureSockets(io, { ca: local.ca, ...options }).connect("localhost");
  function TCP(tcpOptions: TcpOptions): unknown {
    return new (tcpOptions.from instanceof server.TCP ? server : client).TCP(tcpOptions);
  }
  return { ...server, TCP: TCP as unknown as Io["TCP"] };
}

describe("TLS between two stacks", () => {
  describeSuite("TLS over the stack", (test) => {
    const { simulation, world } = lanWorld({ layer: secured });
    return play(test, { simulation, world: { ...world, flood: world.flood + FLOOD } });
  });
});
