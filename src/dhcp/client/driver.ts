import type { Ipv4Address, MacAddress } from "../../address/index.js";
import {
  Deadline,
  type Clock,
  type DhcpDestination,
  type DhcpLink,
  type Ipv4Configuration,
  type NetworkInterface,
  type Storage,
} from "../../host/index.js";
import { DHCP_CLIENT_PORT } from "../../wire/index.js";
import type { DhcpClientOptions } from "./client.js";
import type { DhcpClientEvent, DhcpClientSink, DhcpFailure } from "./events.js";
import { DhcpClientMachine } from "./machine.js";
import { TroubleLog } from "./trouble-log.js";

/** Gives the machine its link, interface, clock, timer and storage, and its events to the app. */
export class ClientDriver implements DhcpClientSink {
  readonly machine: DhcpClientMachine;
  readonly #link: DhcpLink;
  readonly #network: NetworkInterface;
  readonly #clock: Clock;
  readonly #deadline: Deadline;
  readonly #storage: Storage | undefined;
  readonly #onEvent: DhcpClientOptions["onEvent"];
  readonly #log: TroubleLog | undefined;
  readonly #events: DhcpClientEvent[] = [];
  #close: (() => void) | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: DhcpClientOptions) {
    const { link, network } = options;
    this.#link = link;
    this.#network = network;
    this.#clock = options.clock;
    this.#deadline = new Deadline(options.clock, options.timers, () => {
      this.machine.poll(this.#clock.now());
      this.deliver();
    });
    this.#storage = options.storage;
    this.#onEvent = options.onEvent;
    this.#log = options.log && new TroubleLog(options.log);
    const broadcast = options.broadcast ?? link.needsBroadcast ?? false;
    const storesLease = options.storage !== undefined;
    this.machine = new DhcpClientMachine(
      { ...options, mac: link.mac, mtu: network.mtu, broadcast, storesLease },
      this,
    );
  }

  start(): void {
    if (this.#close !== undefined) return;
    const network = this.#network;
    network.configure(undefined);
    this.#close = this.#link.listen(DHCP_CLIENT_PORT, (message) => {
      this.machine.receive(message, this.#clock.now());
      this.deliver();
    });
    this.#unwatch = network.watch(() => {
      this.machine.linkChanged(network.up, this.#clock.now());
      this.deliver();
    });
    this.machine.start(this.#clock.now(), network.up, this.recall());
    // Nothing is called from inside `start`: what it has to tell waits for the timer.
    if (!this.#deadline.isSet) this.wake(this.#clock.now());
  }

  stop(keepLease: boolean): void {
    if (this.#close === undefined) return;
    this.machine.stop(this.#clock.now(), keepLease);
    this.#unwatch?.();
    this.#close();
    this.#close = undefined;
    this.deliver();
  }

  send(message: Uint8Array, destination: DhcpDestination, source: Ipv4Address): void {
    this.try("send", () => this.#link.send(message, destination, source, DHCP_CLIENT_PORT));
  }

  configure(configuration: Ipv4Configuration | undefined): void {
    this.try("configure", () => this.#network.configure(configuration));
  }

  probe(address: Ipv4Address): (() => void) | undefined {
    return this.#link.probe(address, (result) => {
      this.machine.probed(address, result, this.#clock.now());
      this.deliver();
    });
  }

  announce(address: Ipv4Address): void {
    this.#link.announce(address, (owner: MacAddress) => {
      this.machine.conflicted(address, owner, this.#clock.now());
      this.deliver();
    });
  }

  store(lease: Uint8Array | undefined): void {
    const key = leaseStorageKey(this.#network.name);
    this.try("storage", () => {
      if (lease === undefined) this.#storage?.delete(key);
      else this.#storage?.set(key, lease);
    });
  }

  event(event: DhcpClientEvent): void {
    this.#events.push(event);
  }

  wake(deadline: number): void {
    this.#deadline.set(deadline);
  }

  private recall(): Uint8Array | undefined {
    let stored: Uint8Array | undefined;
    this.try("storage", () => (stored = this.#storage?.get(leaseStorageKey(this.#network.name))));
    return stored;
  }

  /** A host that fails at one thing shall not keep the client from the rest. */
  private try(reason: DhcpFailure, effect: () => void): void {
    try {
      effect();
    } catch (error) {
      this.event({ type: "failed", reason, detail: error instanceof Error ? error.message : String(error) });
    }
  }

  /** A handler may call the client, which then delivers what is left: each event comes once, in order. */
  private deliver(): void {
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
      this.#log?.tell(event);
      this.#onEvent?.(event);
    }
  }
}

/** Where the lease of an interface is stored. @param name the interface's; of a long one the end tells most */
export function leaseStorageKey(name: string): string {
  return `dhcp.${name.slice(-10)}`;
}
