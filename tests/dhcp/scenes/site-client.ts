import {
  DhcpClient,
  type DhcpChangeReason,
  type DhcpClientEvent,
  type DhcpClientOptions,
} from "../../../src/dhcp/index.js";
import type { Cable, SimulatedHost, Simulation } from "../../../simulator/index.js";

/** A change that a client told of. */
export interface Change {
  /** Virtual ms. */
  readonly time: number;
  readonly reason: DhcpChangeReason;
  /** What it has since then. */
  readonly address: string | undefined;
}

export interface SiteClientOptions extends Partial<DhcpClientOptions> {
  readonly onDhcp?: (event: DhcpClientEvent) => void;
}

/** A DHCP client on a host of its own, not started yet. */
export class SiteClient {
  client: DhcpClient;
  /** Each change of what is configured. */
  readonly changes: Change[] = [];
  /** Messages sent, by type. */
  readonly sent = { DISCOVER: 0, REQUEST: 0, DECLINE: 0, RELEASE: 0, INFORM: 0 };
  /** What it has told people. */
  readonly log: string[] = [];
  readonly #simulation: Simulation;
  readonly #options: SiteClientOptions;

  constructor(
    simulation: Simulation,
    public host: SimulatedHost,
    readonly cable: Cable,
    options: SiteClientOptions,
  ) {
    this.#simulation = simulation;
    this.#options = options;
    this.client = this.#makeClient();
  }

  /** What its interface has at this moment. */
  get address(): string | undefined {
    return this.host.network.ipv4?.address.toString();
  }

  /** "bound 10.0.0.100", "expired": each change. */
  get story(): string[] {
    return this.changes.map(({ reason, address }) =>
      address === undefined ? reason : `${reason} ${address}`,
    );
  }

  /** Cuts the host's power, and starts the client anew on what is left of it: its storage. */
  reboot(): void {
    this.host = this.host.reboot();
    this.client = this.#makeClient();
    this.client.start();
  }

  #makeClient(): DhcpClient {
    const { clock, wallClock, timers, random, storage, network } = this.host;
    const { onDhcp, ...options } = this.#options;
    return new DhcpClient({
      ...{ clock, wallClock, timers, random, storage, network },
      link: network.dhcp,
      log: (_, line) => this.log.push(line),
      onEvent: (event) => {
        if (event.type === "sent") this.sent[event.message]++;
        if (event.type === "changed") {
          const address = event.current?.configuration.address.toString();
          this.changes.push({ time: this.#simulation.now(), reason: event.reason, address });
        }
        onDhcp?.(event);
      },
      ...options,
    });
  }
}
