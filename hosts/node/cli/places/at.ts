import type { Host } from "../../../../examples/context.js";
import { thisComputer } from "./here.js";
import { Neighborhood } from "./neighborhood.js";
import type { Place } from "./options.js";
import { openTapHost } from "./tap.js";

/**
 * Makes the host, has it used, and leaves it in order.
 *
 * @param tell hears what happens meanwhile
 * @param action gets the host, and standard input as it comes there
 * @param prepare where the place is a simulated LAN, is done with it first
 */
export async function at<T>(
  place: Place,
  tell: (line: string) => void,
  action: (host: Host, input: AsyncIterable<Uint8Array>) => Promise<T>,
  prepare?: (neighborhood: Neighborhood) => void,
): Promise<T> {
  if (place.on === "node") return action(thisComputer(), process.stdin);
  if (place.on === "sim") {
    const neighborhood = new Neighborhood(place, tell);
    prepare?.(neighborhood);
    try {
      return await action(neighborhood.host, neighborhood.paced(process.stdin));
    } finally {
      await neighborhood.close();
    }
  }
  const { ready, lost, close } = await openTapHost(place, tell);
  try {
    return await Promise.race([ready.then((host) => action(host, process.stdin)), lost]);
  } finally {
    await close();
  }
}
