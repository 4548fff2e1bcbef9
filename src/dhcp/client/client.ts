import type {
  Clock,
  DhcpLink,
  Log,
  NetworkInterface,
  Random,
  Storage,
  Timers,
  WallClock,
} from "../../host/index.js";
import type { DhcpBinding } from "./binding.js";
import { ClientDriver } from "./driver.js";
import type { DhcpClientEvent, DhcpIgnoreReason } from "./events.js";
import type { DhcpLease } from "./lease.js";
import type { DhcpClientPolicy, DhcpRequestOptions } from "./options.js";
import type { DhcpClientState } from "./states.js";

export interface DhcpClientOptions extends DhcpRequestOptions, DhcpClientPolicy {
  readonly link: DhcpLink;
  /** The interface that gets the address. */
  readonly network: NetworkInterface;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Where the lease survives a reboot, under the key `leaseStorageKey(network.name)`. */
  readonly storage?: Storage;
  /** Tells whether a stored lease still runs; without it, a server has to confirm the lease. */
  readonly wallClock?: WallClock;
  /** Told what goes wrong: once, and what then goes wrong again as what is for debugging. */
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
  readonly #driver: ClientDriver;

  /** @throws NetworkError as `DhcpClientMachine` */
  constructor(options: DhcpClientOptions) {
    this.#driver = new ClientDriver(options);
  }

  get state(): DhcpClientState {
    return this.#driver.machine.state;
  }

  /** The lease in use, if there is one. */
  get lease(): DhcpLease | undefined {
    return this.#driver.machine.lease;
  }

  /** What is configured, and why. */
  get binding(): DhcpBinding | undefined {
    return this.#driver.machine.binding;
  }

  /** Messages dropped, by reason. */
  get ignored(): Readonly<Partial<Record<DhcpIgnoreReason, number>>> {
    return this.#driver.machine.ignored;
  }

  /**
   * Takes the interface over, and asks for an address until it has one. Started already, it does nothing.
   * @throws NetworkError ENOTSUP where the platform owns the address, EADDRINUSE if another client runs
   */
  start(): void {
    this.#driver.start();
  }

  /**
   * Takes the address off the interface, and gives it back to the server; with `keepLease` it is not given back, so that
   * the next start, or the one after a reboot, can have it again. The last events are delivered before this returns; then
   * nothing is called any more.
   */
  stop({ keepLease = false }: { readonly keepLease?: boolean } = {}): void {
    this.#driver.stop(keepLease);
  }
}
