import type { NativeListener } from "../../../hosts/xs/io/native.js";
import type { Listener } from "../../../src/host/index.js";
import { Pcb } from "./lwip-pcb.js";
import { bareLwipTcp, type LwipTcp } from "./lwip-tcp.js";
import type { Machine } from "./machine.js";
import { callbackOf, closedError, formatOf, portOf, type ListenerOptions } from "./options.js";

/** CONFIG_LWIP_MAX_LISTENING_TCP. */
export const MAX_LISTENERS = 4;

/** Moddable's Listener over lwIP's raw API, as read from SDK 8.2.3. */
export class LwipListener implements NativeListener {
  target: unknown;
  readonly #machine: Machine;
  readonly #listeners: Set<LwipListener>;
  readonly #options: ListenerOptions;
  readonly #pending: Pcb[] = [];
  #listener: Listener | undefined;
  #isPosted = false;

  /** @param listeners all there are on the machine */
  constructor(machine: Machine, listeners: Set<LwipListener>, options: ListenerOptions) {
    machine.check();
    if (!machine.hasNetwork) throw new Error("no network");
    this.#machine = machine;
    this.#listeners = listeners;
    this.#options = options;
    const port = "port" in options ? portOf(options.port) : 0;
    callbackOf(options.onReadable);
    formatOf(options.format, ["socket/tcp"], "socket/tcp");
    // As read: bind lets a second one pass (SO_REUSEADDR), and listen then fails as it does at the limit.
    const isTaken = port !== 0 && [...listeners].some((each) => each.port === port);
    if (isTaken || listeners.size === MAX_LISTENERS) throw new RangeError("no memory");
    this.#listener = new machine.stack.io.Listener({ port, onReadable: (count) => this.#accept(count) });
    this.target = options.target;
    listeners.add(this);
  }

  get format(): "socket/tcp" {
    return "socket/tcp";
  }

  get port(): number {
    return this.#open().port;
  }

  /** A bare TCP without callbacks. If nobody waits, one is made nevertheless, and lost. */
  read(): LwipTcp | undefined {
    this.#open();
    const pcb = this.#pending.shift();
    if (pcb === undefined) this.#machine.leaked++;
    if (pcb?.freed === true) this.#machine.crash("Listener.read: lwIP has freed the connection");
    return pcb && bareLwipTcp(this.#machine, pcb);
  }

  close(): void {
    this.#machine.check();
    const listener = this.#listener;
    if (listener === undefined) return;
    this.#listener = undefined;
    this.#listeners.delete(this);
    listener.close();
    for (const pcb of this.#pending.splice(0)) pcb.close();
  }

  #accept(count: number): void {
    for (let left = count; left > 0; left--) {
      const from = this.#listener?.read();
      if (from !== undefined) this.#pending.push(new Pcb(this.#machine, { from }));
    }
    if (this.#isPosted) return;
    this.#isPosted = true;
    this.#machine.post(() => {
      this.#isPosted = false;
      const { length } = this.#pending;
      if (this.#listener !== undefined && length > 0) {
        this.#machine.call(() => this.#options.onReadable.call(this, length));
      }
    });
  }

  #open(): Listener {
    this.#machine.check();
    if (this.#listener === undefined) throw closedError();
    return this.#listener;
  }
}
