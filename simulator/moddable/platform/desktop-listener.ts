import type { NativeListener } from "../../../hosts/xs/io/native.js";
import type { Listener } from "../../../src/host/index.js";
import { Descriptor } from "./descriptor.js";
import { bareDesktopTcp, POLL_INTERVAL, type DesktopTcp } from "./desktop-tcp.js";
import type { Machine } from "./machine.js";
import { callbackOf, closedError, formatOf, portOf, type ListenerOptions } from "./options.js";

/** Linux's SOMAXCONN. */
const BACKLOG = 4096;

/** Moddable's Listener in the Linux simulator, as read from and measured on SDK 8.2.3. */
export class DesktopListener implements NativeListener {
  target: unknown;
  readonly #machine: Machine;
  readonly #options: ListenerOptions;
  readonly #pending: Descriptor[] = [];
  #listener: Listener | undefined;
  #stop: (() => void) | undefined;
  #arrived = 0;

  constructor(machine: Machine, options: ListenerOptions) {
    machine.check();
    this.#machine = machine;
    this.#options = options;
    const port = "port" in options ? portOf(options.port) : 0;
    callbackOf(options.onReadable);
    formatOf(options.format, ["socket/tcp"], "socket/tcp");
    try {
      this.#listener = new machine.stack.io.Listener({
        port,
        backlog: BACKLOG,
        onReadable: (count) => void (this.#arrived += count),
      });
    } catch {
      // measured: what is left of it ends the simulator with a segmentation fault soon after.
      machine.after(POLL_INTERVAL, () => machine.die("Listener: segmentation fault after a failed bind"));
      throw new Error("bind socket failed");
    }
    this.#stop = machine.every(POLL_INTERVAL, () => this.#accept());
    this.target = options.target;
  }

  get format(): "socket/tcp" {
    return "socket/tcp";
  }

  get port(): number {
    return this.#open().port;
  }

  /** A bare TCP without callbacks. If nobody waits, one is made nevertheless, and lost. */
  read(): DesktopTcp | undefined {
    this.#open();
    const descriptor = this.#pending.shift();
    if (descriptor === undefined) this.#machine.leaked++;
    return descriptor && bareDesktopTcp(this.#machine, descriptor);
  }

  close(): void {
    this.#machine.check();
    this.#listener?.close();
    this.#listener = undefined;
    this.#stop?.();
    for (const descriptor of this.#pending.splice(0)) descriptor.close();
  }

  #accept(): void {
    const before = this.#pending.length;
    for (; this.#arrived > 0; this.#arrived--) {
      const from = this.#listener?.read();
      if (from !== undefined) this.#pending.push(new Descriptor(this.#machine, { from }));
    }
    const { length } = this.#pending;
    if (length > before) this.#machine.call(() => this.#options.onReadable.call(this, length));
  }

  #open(): Listener {
    this.#machine.check();
    if (this.#listener === undefined) throw closedError();
    return this.#listener;
  }
}
