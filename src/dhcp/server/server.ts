import type { Clock, DhcpLink, TimerHandle, Timers, WallClock } from "../../host/index.js";
import { DHCP_SERVER_PORT } from "../../wire/index.js";
import type { DhcpServerEvent, DhcpServerIgnoreReason } from "./events.js";
import type { ServerLease } from "./lease.js";
import type { LeaseStore } from "./lease-store.js";
import { DhcpServerMachine, type DhcpServerMachineOptions } from "./machine.js";

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
 * Gives out the addresses of one pool on one link (RFC 2131). A client that returns gets the address it had.
 *
 * @example
 * const server = new DhcpServer({ link, clock, timers, random, address, prefixLength: 24, pool: { first, last } });
 * server.start();
 */
export class DhcpServer {
  readonly #options: DhcpServerOptions;
  readonly #machine: DhcpServerMachine;
  readonly #events: DhcpServerEvent[] = [];
  #close: (() => void) | undefined;
  #timer: TimerHandle;

  /** @throws NetworkError EINVAL if the pool is not within the subnet, or another option makes no sense */
  constructor(options: DhcpServerOptions) {
    const { link, address } = options;
    this.#options = options;
    this.#machine = new DhcpServerMachine(options, {
      send: (message, destination) => link.send(message, destination, address, DHCP_SERVER_PORT),
      event: (event) => this.#events.push(event),
      wake: (deadline) => this.#wake(deadline),
      check: () => false,
      record: () => undefined,
      remove: () => undefined,
    });
  }

  /** Every address that was given, in the order in which they were first given. */
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
   * Started already, it does nothing.
   * @throws NetworkError EADDRINUSE if another server has the port
   */
  start(): void {
    if (this.#close !== undefined) return;
    const { link, clock } = this.#options;
    this.#close = link.listen(DHCP_SERVER_PORT, (message) => {
      this.#machine.receive(message, clock.now());
      this.#deliver();
    });
    this.#wake(this.#machine.deadline);
  }

  /** Falls silent; nothing is called any more. Leases are kept, for when it is started again. */
  stop(): void {
    this.#close?.();
    this.#close = undefined;
    this.#events.length = 0;
    this.#wake(Infinity);
  }

  #wake(deadline: number): void {
    const { clock, timers } = this.#options;
    timers.clear(this.#timer);
    this.#timer = undefined;
    if (deadline === Infinity) return;
    this.#timer = timers.set(() => {
      this.#timer = undefined;
      this.#machine.poll(clock.now());
      this.#deliver();
    }, deadline - clock.now());
  }

  /** A handler may call the server; each event comes once, in order, and none after `stop`. */
  #deliver(): void {
    const { onEvent } = this.#options;
    while (this.#close !== undefined) {
      const event = this.#events.shift();
      if (event === undefined) return;
      onEvent?.(event);
    }
  }
}
