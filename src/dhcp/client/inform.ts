import { NetworkError } from "../../error/index.js";
import {
  Deadline,
  type Clock,
  type DhcpLink,
  type NetworkInterface,
  type Random,
  type Timers,
} from "../../host/index.js";
import { DHCP_CLIENT_PORT } from "../../wire/index.js";
import type { DhcpIgnoreReason } from "./events.js";
import {
  DhcpInformMachine,
  type DhcpInformEvent,
  type DhcpInformSink,
  type DhcpInformState,
} from "./inform-machine.js";
import type { DhcpRequestOptions } from "./options.js";

export interface DhcpInformOptions extends DhcpRequestOptions {
  readonly link: DhcpLink;
  /** The interface, which has an address from elsewhere. */
  readonly network: NetworkInterface;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Any call is legal in it. */
  readonly onEvent: (event: DhcpInformEvent) => void;
}

/**
 * Fetches options, such as name and time servers, for an interface whose address was set by hand or by another client
 * (RFC 2131 §3.4). The interface is left as it is: what is done with the options is up to the app.
 *
 * @example
 * const inform = new DhcpInform({ link, network, clock, timers, random, onEvent: (event) => {
 *   if (event.type === "informed") use(event.options.ntpServers);
 * } });
 * inform.start();
 */
export class DhcpInform {
  readonly #options: DhcpInformOptions;
  readonly #machine: DhcpInformMachine;
  readonly #events: DhcpInformEvent[] = [];
  #close: (() => void) | undefined;

  /** @throws NetworkError EINVAL or EMSGSIZE for options that cannot be sent */
  constructor(options: DhcpInformOptions) {
    const { link, network } = options;
    this.#options = options;
    const deadline = new Deadline(options.clock, options.timers, () => {
      this.#machine.poll(options.clock.now());
      this.deliver();
    });
    this.#machine = new DhcpInformMachine(
      { ...options, mac: link.mac, mtu: network.mtu },
      {
        send: (...message) => this.send(...message),
        event: (event) => this.#events.push(event),
        wake: (time) => deadline.set(time),
      },
    );
  }

  get state(): DhcpInformState {
    return this.#machine.state;
  }

  /** Messages dropped, by reason. */
  get ignored(): Readonly<Partial<Record<DhcpIgnoreReason, number>>> {
    return this.#machine.ignored;
  }

  /**
   * Asks, up to a minute long. It may be called again afterwards.
   * @throws NetworkError EADDRNOTAVAIL if the interface has no address, EADDRINUSE if a DHCP client has the port
   */
  start(): void {
    const { link, network, clock } = this.#options;
    const address = network.ipv4?.address;
    if (address === undefined)
      throw new NetworkError("EADDRNOTAVAIL", "ask for DHCP options", network.name, "it has no address");
    this.#close ??= link.listen(DHCP_CLIENT_PORT, (message) => {
      this.#machine.receive(message, clock.now());
      this.deliver();
    });
    this.#machine.start(address, clock.now());
  }

  /** Nothing is called any more. */
  stop(): void {
    this.#machine.stop();
    this.#events.length = 0;
    this.#close?.();
    this.#close = undefined;
  }

  /** A link that fails once shall not keep the machine from asking again. */
  private send(...[message, destination, source]: Parameters<DhcpInformSink["send"]>): void {
    try {
      this.#options.link.send(message, destination, source, DHCP_CLIENT_PORT);
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#events.push({ type: "failed", reason: "send", detail });
    }
  }

  private deliver(): void {
    // Who has an answer, or none, needs the port no longer.
    if (this.state !== "INFORMING") {
      this.#close?.();
      this.#close = undefined;
    }
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift())
      this.#options.onEvent(event);
  }
}
