import { createFramesHost, type FramesHost, type Pollable } from "../../hosts/xs/frames/index.js";
import { serve } from "./serve.js";

/** How long the echo keeps a frame, in milliseconds. */
const DELAY = 25;

/**
 * The least that uses everything the host offers: it sends each frame back twice, at once from `poll` and `DELAY`
 * later from a timer, both times with a random number in its first four bytes.
 */
class Echo implements Pollable {
  nextPoll = Infinity;
  onWake?: () => void;
  readonly #host: FramesHost;
  readonly #waiting: Uint8Array[] = [];

  constructor(host: FramesHost) {
    this.#host = host;
    host.link.onReceive = (frame, length) => {
      this.#waiting.push(frame.slice(0, length));
      this.onWake?.();
    };
    host.link.onLinkChange = () => host.log("info", `link ${host.link.up ? "up" : "down"}`);
    host.log("info", `echo at ${host.link.mac.toString()}, mtu ${host.link.mtu} ✓`);
  }

  poll(): void {
    for (const frame of this.#waiting.splice(0)) {
      this.#send(frame);
      this.#host.timers.set(() => this.#send(frame), DELAY);
      // What promises do within a request belongs to its reply.
      void Promise.resolve().then(() => this.#host.log("debug", `${this.#host.memory().used} bytes`));
    }
  }

  #send(frame: Uint8Array): void {
    new DataView(frame.buffer).setUint32(0, this.#host.random.uint32());
    this.#host.link.transmit(frame, frame.length);
  }
}

serve(createFramesHost((host) => new Echo(host)));
