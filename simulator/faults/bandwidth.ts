import { NetworkError } from "../../src/error/index.js";
import { ETHERNET_OVERHEAD } from "../frame.js";
import type { SimulatedRandom } from "../random.js";
import { markCongestion } from "./congestion.js";
import type { FaultRule } from "./fault-rule.js";
import { RandomEarlyDetection } from "./random-early-detection.js";

/** What a narrow place keeps waiting unless told otherwise, in bytes: half a second of a megabit. */
export const DEFAULT_NARROW_QUEUE = 64 * 1024;

export interface BandwidthOptions {
  /** Bytes that may wait; absent: DEFAULT_NARROW_QUEUE. */
  readonly queue?: number;
  /**
   * What happens when frames wait. Absent: "tail-drop", those that find the queue full are lost. "red": some are lost, or
   * marked if their ends understand that, the more the longer the queue has been (RFC 7567 §4).
   */
  readonly discipline?: "tail-drop" | "red";
}

interface Narrow {
  /** When the last of the waiting frames has left, in virtual ms. */
  busyUntil: number;
  readonly red: RandomEarlyDetection | undefined;
}

/**
 * Lets through so many bits a second, each way, with a queue before: a narrow place behind the cable.
 *
 * @throws NetworkError EINVAL if a figure is not positive
 */
export function bandwidth(bitsPerSecond: number, options: BandwidthOptions = {}): FaultRule {
  const { queue = DEFAULT_NARROW_QUEUE, discipline = "tail-drop" } = options;
  for (const figure of [bitsPerSecond, queue]) {
    if (!(figure > 0))
      throw new NetworkError("EINVAL", "make bandwidth rule", String(figure), "want more than 0");
  }
  const places = new WeakMap<SimulatedRandom, Narrow>();
  return {
    name: `bandwidth ${bitsPerSecond / 1000} kbit/s`,
    apply(transit, random) {
      let place = places.get(random);
      if (place === undefined) {
        place = {
          busyUntil: 0,
          red: discipline === "red" ? new RandomEarlyDetection(queue, random) : undefined,
        };
        places.set(random, place);
      }
      const arrival = transit.time + transit.delay;
      const start = Math.max(place.busyUntil, arrival);
      const waiting = ((start - arrival) * bitsPerSecond) / 8000;
      const time = ((transit.length + ETHERNET_OVERHEAD) * 8000) / bitsPerSecond;
      const isEarly = place.red?.notices(waiting, arrival, time) === true;
      if ((waiting > 0 && waiting + transit.length > queue) || (isEarly && !markCongestion(transit))) {
        transit.drop();
        return;
      }
      place.busyUntil = start + time;
      transit.later(place.busyUntil - arrival);
    },
  };
}
