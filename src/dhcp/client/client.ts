import type { Ipv4Address, MacAddress } from "../../address/index.js";
import type {
  Clock,
  DhcpLink,
  Log,
  NetworkInterface,
  Random,
  Storage,
  TimerHandle,
  Timers,
  WallClock,
} from "../../host/index.js";
import { DHCP_CLIENT_PORT } from "../../wire/index.js";
import type { DhcpBinding } from "./binding.js";
import type { DhcpClientEvent, DhcpIgnoreReason } from "./events.js";
import type { DhcpLease } from "./lease.js";
import { DhcpClientMachine } from "./machine.js";
import type { DhcpClientPolicy, DhcpRequestOptions } from "./options.js";
import type { DhcpClientState } from "./states.js";

export interface DhcpClientOptions extends DhcpRequestOptions, DhcpClientPolicy {
  readonly link: DhcpLink;
  /** The interface that gets the address. */
  readonly network: NetworkInterface;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Where the lease survives a reboot, under the key `DHCP_STORAGE_KEY`. */
  readonly storage?: Storage;
  /** Tells whether a stored lease still runs; without it, a server has to confirm the lease. */
  readonly wallClock?: WallClock;
  /** Told what goes wrong: each kind of bad message once. */
  readonly log?: Log;
  /** Called once the client's state has settled; any call of the client is legal in it. */
  readonly onEvent?: (event: DhcpClientEvent) => void;
}

/**
 * Gets an IPv4 address for an interface and keeps it (RFC 2131): leases, probes, renews, and gives it back.
 *
 * @example
 * const client = new DhcpClient({ link, network, clock, timers, random, onEvent: (event) => log(event.type) });
 * client.start();
 */
export class DhcpClient {
  readonly #options: DhcpClientOptions;
  readonly #machine: DhcpClientMachine;
  readonly #events: DhcpClientEvent[] = [];
  #close: (() => void) | undefined;
  #timer: TimerHandle;

  /** @throws NetworkError EINVAL if the host name cannot be sent */
  constructor(options: DhcpClientOptions) {
    const { link, network, random, hostName, broadcast } = options;
    this.#options = options;
    this.#machine = new DhcpClientMachine(
      { mac: link.mac, mtu: network.mtu, random, hostName, broadcast },
      {
        send: (message, destination, source) => link.send(message, destination, source, DHCP_CLIENT_PORT),
        configure: (configuration) => network.configure(configuration),
        probe: (address) => this.#probe(address),
        announce: (address) => link.announce(address, (owner) => this.#conflicted(address, owner)),
        event: (event) => this.#events.push(event),
        wake: (deadline) => this.#wake(deadline),
      },
    );
  }

  get state(): DhcpClientState {
    return this.#machine.state;
  }

  /** The lease in use, if there is one. */
  get lease(): DhcpLease | undefined {
    return this.#machine.lease;
  }

  /** What is configured, and why. */
  get binding(): DhcpBinding | undefined {
    return this.#machine.binding;
  }

  /** Messages dropped, by reason. */
  get ignored(): Readonly<Partial<Record<DhcpIgnoreReason, number>>> {
    return this.#machine.ignored;
  }

  /**
   * Takes the interface over, and asks for an address until it has one. Started already, it does nothing.
   * @throws NetworkError ENOTSUP where the platform owns the address, EADDRINUSE if another client runs
   */
  start(): void {
    if (this.#close !== undefined) return;
    const { link, network, clock } = this.#options;
    network.configure(undefined);
    this.#close = link.listen(DHCP_CLIENT_PORT, (message) => {
      this.#machine.receive(message, clock.now());
      this.#deliver();
    });
    this.#machine.start(clock.now());
    // Its events wait for the timer: nothing is called from inside `start`.
  }

  /** Gives the address back. The last events are delivered before this returns; then nothing is called any more. */
  stop(): void {
    if (this.#close === undefined) return;
    this.#machine.stop();
    this.#close();
    this.#close = undefined;
    this.#deliver();
  }

  #probe(address: Ipv4Address): (() => void) | undefined {
    const { link, clock } = this.#options;
    return link.probe(address, (result) => {
      this.#machine.probed(result, clock.now());
      this.#deliver();
    });
  }

  #conflicted(address: Ipv4Address, owner: MacAddress): void {
    this.#machine.conflicted(address, owner, this.#options.clock.now());
    this.#deliver();
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

  /** A handler may call the client, which then delivers what is left: each event comes once, in order. */
  #deliver(): void {
    const { onEvent } = this.#options;
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift())
      onEvent?.(event);
  }
}
