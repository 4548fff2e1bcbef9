import { Ipv4Address } from "../../../src/address/index.js";
import { Cable, SimulatedHost, Simulation, loss } from "../../../simulator/index.js";

/** What a transfer goes through. */
export interface PathSpec {
  /** Round trip in ms, without the time that bits take on the link. */
  readonly rtt: number;
  /** Part of the frames that is lost, either way. */
  readonly loss: number;
  /** Bytes of send buffer, and of receive buffer. */
  readonly buffer: number;
}

export const LINK_RATE = 1e9;
/** Bytes that the link may hold back: no window overflows it, so that all loss is the loss of the cell. */
export const QUEUE = 1024 * 1024;
/** Ethernet's, IPv4's and TCP's headers with time stamps, FCS, preamble and gap. */
const OVERHEAD = 14 + 20 + 32 + 4 + 8 + 12;
const MSS = 1448;

/** After so many round trips, and so many ms at least, slow start and what it has overshot are past. */
const WARM_UP_ROUNDS = 100;
const WARM_UP = 300;
/** A figure is that of so many bytes, or of so many ms if they last longer. */
const MEASURED_BYTES = 30_000 * MSS;
const MEASURED_TIME = 120_000;

/** Sends without end from one host to another. @returns bits a second of user data, on virtual time */
export function measureThroughput(path: PathSpec, seed = 1): number {
  const simulation = new Simulation({ seed });
  const cable = new Cable(simulation, {
    name: "cable",
    latency: path.rtt / 2,
    bandwidth: LINK_RATE,
    queueLimit: QUEUE,
  });
  const tcp = { receiveBuffer: path.buffer, sendBuffer: path.buffer };
  const [sender, receiver] = ["sender", "receiver"].map((name, i) => {
    const host = new SimulatedHost(simulation, { name, cable, stack: { tcp } });
    const address = Ipv4Address.parse(`10.0.0.${i + 1}`);
    host.network.configure({ address, prefixLength: 24, dns: [] });
    return host;
  }) as [SimulatedHost, SimulatedHost];

  let received = 0;
  const chunk = new Uint8Array(16 * 1024);
  const { Listener, TCP: ReceiverTcp } = receiver.stack.io;
  new Listener({
    port: 80,
    onReadable() {
      new ReceiverTcp({
        from: this.read()!,
        onReadable() {
          received += (this.read() as ArrayBuffer).byteLength;
        },
      });
    },
  });
  new sender.stack.io.TCP({
    address: "10.0.0.2",
    port: 80,
    onWritable(room) {
      for (let left = room; left > 0;) left = this.write(chunk.subarray(0, Math.min(left, chunk.length)))!;
    },
  });
  // The neighbors have found each other before frames are lost.
  simulation.advance(2 * path.rtt + 1);
  if (path.loss > 0) cable.impair(loss(path.loss));
  simulation.advance(Math.max(WARM_UP, WARM_UP_ROUNDS * path.rtt));
  const [before, begin] = [received, simulation.now()];
  simulation.advanceUntil(() => received - before >= MEASURED_BYTES, { within: MEASURED_TIME });
  return ((received - before) * 8000) / (simulation.now() - begin);
}

/** The least of what link, window and loss allow, in bits a second; the last by Mathis, Semke, Mahdavi and Ott (1997). */
export function throughputBound({ rtt, loss: p, buffer }: PathSpec): number {
  const link = (LINK_RATE * MSS) / (MSS + OVERHEAD);
  const window = (buffer * 8000) / rtt;
  return Math.min(link, window, p === 0 ? Infinity : (1.22 * MSS * 8000) / (rtt * Math.sqrt(p)));
}
