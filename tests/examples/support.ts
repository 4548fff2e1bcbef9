import { EXAMPLES } from "../../examples/examples.js";
import { playSimulated } from "../../hosts/node/cli/places/simulated.js";

export interface Conditions {
  readonly seed?: number;
  readonly loss?: number;
  readonly latency?: number;
  /** The file to capture to. */
  readonly pcap?: string;
}

/** Plays an example on a simulated LAN. @returns its story, a line each */
export async function storyOf(name: string, conditions: Conditions = {}): Promise<string[]> {
  const lines: string[] = [];
  const place = { seed: undefined, loss: undefined, latency: undefined, pcap: undefined, ...conditions };
  await playSimulated(EXAMPLES[name]!, place, (line) => lines.push(line));
  return lines;
}

/** Who said what, without the times and with # for each port that was drawn. */
export function gist(story: readonly string[]): string[] {
  return story.map((line) =>
    line.replace(/^ *[\d.]+ s {2}(\S+) +\S+ +/, "$1: ").replace(/:[3456]\d{4}\b/g, ":#"),
  );
}
