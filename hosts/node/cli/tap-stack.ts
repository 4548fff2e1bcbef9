import { setTimeout as delay } from "node:timers/promises";
import type { MacAddress } from "../../../src/address/index.js";
import { NetworkError } from "../../../src/error/index.js";
import type { LiveCapture } from "../../../simulator/index.js";
import type { LinkDevice } from "../../../src/host/index.js";
import { Stack, type StackInterface } from "../../../src/stack/index.js";
import { processClock } from "../process-clock.js";
import { nodeServices } from "../services.js";
import { StackDriver } from "../stack-driver.js";
import { openTap } from "../tap/index.js";
import { ObservedLink } from "./observed-link.js";
import { captureAt } from "./open-capture.js";

/** How often and how long, in ms, the end waits for a neighbor to answer: half a second in all. */
const LAST_WORDS_WAITS = 50;
const LAST_WORDS_WAIT = 10;

/** This project's stack on a Linux TAP interface, driven by Node's event loop. */
export interface TapStack {
  readonly stack: Stack;
  /** It has no address yet. */
  readonly network: StackInterface;
  /** Never resolved; rejected when the interface is deleted. */
  readonly lost: Promise<never>;
  /** Waits, but not for long, until what was to be sent last has left, and leaves the interface. */
  close(): Promise<void>;
}

export interface TapStackOptions {
  /** The stack's; absent: made from the interface's name. */
  readonly mac: MacAddress | undefined;
  /** The file to write all frames to, as pcapng. */
  readonly capture?: string | undefined;
}

/** @throws NetworkError as `openTap`, or if the capture cannot be written */
export async function openTapStack(name: string, { mac, capture }: TapStackOptions): Promise<TapStack> {
  const link = await openTap({ interface: name, ...(mac === undefined ? {} : { mac }) });
  const stack = new Stack({ random: nodeServices.random });
  const observed = capture === undefined ? undefined : observe(link, name, capture);
  const network = stack.attach(observed?.link ?? link, { name });
  const lost = new Promise<never>((_, reject) => {
    network.watch(() => {
      if (link.deleted) reject(new NetworkError("ENETDOWN", "use TAP device", name, "it was deleted"));
    });
  });
  // Whether somebody waits for it or not.
  lost.catch(() => undefined);
  const driver = new StackDriver(stack);
  return {
    stack,
    network,
    lost,
    async close() {
      // It leaves with this poll, or once a neighbor has told its MAC.
      stack.poll(nodeServices.clock.now());
      for (let i = 0; i < LAST_WORDS_WAITS && network.neighbors.waitingFrames > 0; i++)
        await delay(LAST_WORDS_WAIT);
      driver.stop();
      link.close();
      observed?.capture.close();
    },
  };
}

function observe(link: LinkDevice, name: string, path: string): { link: LinkDevice; capture: LiveCapture } {
  const { timeOrigin } = performance;
  const epoch = Math.floor(timeOrigin / 1000);
  const sinceEpoch = { now: () => processClock.now() + timeOrigin - 1000 * epoch };
  const observed = new ObservedLink(link, name, sinceEpoch);
  return { link: observed, capture: captureAt(path, observed, epoch) };
}
