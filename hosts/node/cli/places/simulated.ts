import { play } from "../../../../examples/play.js";
import type { Host } from "../../../../examples/context.js";
import type { Example } from "../../../../examples/examples.js";
import { captureLan } from "../open-capture.js";
import type { SimulatedPlace } from "./options.js";
import { CAPTURE_EPOCH, formatStoryLine, neighbors, type Lan } from "../../../../simulator/index.js";

/** Virtual time for an example on the worst LAN that still works. */
const TIME_LIMIT = "2h";

/**
 * Plays all roles of an example on a simulated LAN, each on a host of its own, on virtual time.
 * @throws NetworkError what a role has failed with, or ETIMEDOUT
 */
export async function playSimulated(
  example: Example,
  { pcap, ...lanOptions }: SimulatedPlace,
  onLine: (line: string) => void,
): Promise<void> {
  const lan = neighbors(
    example.cast.map(({ name }) => name),
    lanOptions,
  );
  const capture = pcap === undefined ? undefined : captureLan(pcap, lan);
  try {
    const { simulation } = lan;
    const tell = (who: string, text: string): void =>
      onLine(formatStoryLine({ time: simulation.now(), who, topic: example.topic, text }));
    let isOver = false;
    const played = play(example, {
      timers: simulation.timers,
      host: (name) => simulatedHost(lan, name),
      tell,
    }).finally(() => (isOver = true));
    await Promise.all([played, simulation.until(() => isOver, { within: TIME_LIMIT })]);
  } finally {
    capture?.close();
  }
}

/** What a program gets of a host on a LAN. */
export function simulatedHost(lan: Lan, name: string): Host {
  const { simulation } = lan;
  return {
    sockets: lan.find(name).sockets,
    network: lan.find(name).subnet,
    clock: simulation,
    // Captures begin at the same moment.
    wallClock: { now: () => CAPTURE_EPOCH * 1000 + simulation.now() },
  };
}
