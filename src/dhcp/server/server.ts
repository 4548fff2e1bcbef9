import type { Ipv4Address } from "../../address/index.js";
import { Deadline, type Clock, type DhcpLink, type Timers, type WallClock } from "../../host/index.js";
import { DHCP_SERVER_PORT } from "../../wire/index.js";
import type { DhcpServerEvent, DhcpServerIgnoreReason } from "./events.js";
import type { ServerLease } from "./lease.js";
import { expiryOf, storedLease, type LeaseStore } from "./lease-store.js";
import { DhcpServerMachine, type DhcpServerMachineOptions } from "./machine.js";
import { DEFAULT_CHECK } from "./options.js";

export type DhcpServerOptions = DhcpServerMachineOptions & {
  readonly link: DhcpLink;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Called once the server's state has settled; any call of the server is legal in it. */
  readonly onEvent?: (event: DhcpServerEvent) => void;
  /** Where leases outlive the server; absent: they live in memory. */
  readonly store?: LeaseStore;
  /** What the store's times are told by; absent: a stored lease lasts as long from the start as it was given for. */
  readonly wallClock?: WallClock;
};

/**
 * Gives out addresses on one link, and on those whose relay agents reach it (RFC 2131). A client that returns gets the
 * address it had.
 *
 * @example
 * const server = new DhcpServer({ link, clock, timers, random, address, prefixLength: 24, pool: { first, last } });
 * server.start();
 */
export class DhcpServer {
  readonly #options: DhcpServerOptions;
  readonly #machine: DhcpServerMachine;
  readonly #deadline: Deadline;
  readonly #events: DhcpServerEvent[] = [];
  /** What stops the checks that are under way, by the checked address. */
  readonly #checks = new Map<number, () => void>();
  #isLoaded = false;
  #close: (() => void) | undefined;

  /** @throws NetworkError EINVAL if an option makes no sense, or two contradict each other */
  constructor(options: DhcpServerOptions) {
    const { link, address, store } = options;
    this.#options = options;
    this.#deadline = new Deadline(options.clock, options.timers, () => {
      this.#machine.poll(this.now);
      this.deliver();
    });
    this.#machine = new DhcpServerMachine(options, {
      send: (message, destination) => link.send(message, destination, address, DHCP_SERVER_PORT),
      event: (event) => this.#events.push(event),
      // What is due while it is stopped waits for the next start.
      wake: (time) => this.#deadline.set(this.#close === undefined ? Infinity : time),
      check: (checked) => this.check(checked),
      record: (lease) => store?.record(storedLease(lease, this.now, this.wallNow)),
      remove: (removed) => store?.remove(removed),
    });
  }

  /** Addresses that somebody has, had or may take, and those in quarantine. */
  get leases(): readonly ServerLease[] {
    return this.#machine.leases;
  }

  /** Monotonic ms, on the leases' clock. */
  get now(): number {
    return this.#options.clock.now();
  }

  /** Messages that got no answer, by reason. */
  get ignored(): Readonly<Partial<Record<DhcpServerIgnoreReason, number>>> {
    return this.#machine.ignored;
  }

  /**
   * Takes up the stored leases, and answers clients from now on. Started already, it does nothing.
   * @throws NetworkError EADDRINUSE if another server has the port; whatever the store throws if it cannot be read
   */
  start(): void {
    if (this.#close !== undefined) return;
    if (!this.#isLoaded) this.load();
    this.#close = this.#options.link.listen(DHCP_SERVER_PORT, (message) => {
      this.#machine.receive(message, this.now);
      this.deliver();
    });
    this.#deadline.set(this.#machine.deadline);
  }

  /** Falls silent; nothing is called any more. Leases are kept, for when it is started again. */
  stop(): void {
    this.#close?.();
    this.#close = undefined;
    for (const cancel of this.#checks.values()) cancel();
    this.#checks.clear();
    this.#machine.cancelChecks();
    this.#events.length = 0;
    this.#deadline.set(Infinity);
  }

  private get wallNow(): number | undefined {
    return this.#options.wallClock?.now();
  }

  private load(): void {
    const { now } = this;
    const wallNow = this.wallNow;
    for (const lease of this.#options.store?.load() ?? [])
      this.#machine.restore({ ...lease, expiresAt: expiryOf(lease, now, wallNow) }, now);
    this.#isLoaded = true;
  }

  private check(address: Ipv4Address): boolean {
    const { link, check = DEFAULT_CHECK } = this.#options;
    if (check === false) return false;
    const cancel = link.check(address, check, (result) => {
      this.#checks.delete(address.value);
      this.#machine.checked(address, result, this.now);
      this.deliver();
    });
    if (cancel !== undefined) this.#checks.set(address.value, cancel);
    return cancel !== undefined;
  }

  /** A handler may call the server; each event comes once, in order, and none after `stop`. */
  private deliver(): void {
    const { onEvent } = this.#options;
    while (this.#close !== undefined) {
      const event = this.#events.shift();
      if (event === undefined) return;
      onEvent?.(event);
    }
  }
}
