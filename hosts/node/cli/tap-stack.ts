import { setTimeout as delay } from "node:timers/promises";
import { MacAddress } from "../../../src/address/index.js";
import { NetworkError } from "../../../src/error/index.js";
import { Stack, type StackInterface } from "../../../src/stack/index.js";
import { nodeServices } from "../services.js";
import { StackDriver } from "../stack-driver.js";
import { openTap } from "../tap/index.js";
import { UsageError } from "./options.js";

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

/** @param mac the stack's; absent: made from the interface's name @throws NetworkError as `openTap` */
export async function openTapStack(name: string, mac: MacAddress | undefined): Promise<TapStack> {
  const link = await openTap({ interface: name, ...(mac === undefined ? {} : { mac }) });
  const stack = new Stack({ random: nodeServices.random });
  const network = stack.attach(link, { name });
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
    },
  };
}

/** @throws UsageError if it is not the MAC of one device */
export function macOption(text: string | undefined): MacAddress | undefined {
  if (text === undefined) return undefined;
  const mac = MacAddress.tryParse(text);
  if (mac === undefined || mac.isMulticast || mac.value === 0) {
    throw new UsageError(`--mac takes the MAC of one device, such as 02:00:00:12:34:56, not "${text}".`);
  }
  return mac;
}
