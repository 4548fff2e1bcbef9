import type { StaticAddress } from "../../../hosts/xs/esp32/lwip-interface.js";
import type { TimerHandle } from "../../../src/host/index.js";
import type { Cable, SimulatedHost } from "../../../simulator/index.js";
import { LwipAddress } from "./lwip-address.js";

/** What agreeing on a speed takes, in ms. */
const NEGOTIATION_TIME = 2_000;

const UNLINKED = 200;
const CONNECTING = 300;
const LINKED = 400;
const ADDRESSED = 500;

/** `embedded:network/interface/ethernet` on ESP32, as read from SDK 8.2.3: its driver starts when it is made. */
export class EthernetPort {
  connection = UNLINKED;
  address: string | undefined;
  readonly MAC: string;
  readonly #host: SimulatedHost;
  readonly #cable: Cable;
  readonly #onChanged: () => void;
  readonly #onNetwork: () => void;
  readonly #ip: LwipAddress;
  #isPlugged = false;
  #negotiation: TimerHandle;

  /** @param onNetwork from here on sockets can be made */
  constructor(host: SimulatedHost, cable: Cable, onChanged: () => void, onNetwork: () => void) {
    this.MAC = host.mac.toString();
    this.#host = host;
    this.#cable = cable;
    this.#onChanged = onChanged;
    this.#onNetwork = onNetwork;
    this.#ip = new LwipAddress(host, (address) => {
      if (this.#isPlugged) this.#addressed(address);
    });
    this.plug();
  }

  /** For `Net.get("DNS")`. */
  get dns(): readonly string[] {
    return this.#ip.dns;
  }

  /** Has lwIP's client run. */
  connect(): void {
    this.#become(CONNECTING);
  }

  configure(options: { hostname: string } | { static: StaticAddress }): void {
    if (!("static" in options)) return;
    this.#ip.set(options.static);
    if (this.#isPlugged) this.#host.timers.set(() => this.#addressed(this.#ip.current), 0);
  }

  plug(): void {
    this.#cable.mend();
    this.#negotiation = this.#host.timers.set(() => this.#linked(), NEGOTIATION_TIME);
  }

  unplug(): void {
    this.#isPlugged = false;
    this.#host.timers.clear(this.#negotiation);
    this.#cable.cut();
    this.#ip.stop();
    this.#become(UNLINKED);
  }

  #linked(): void {
    this.#isPlugged = true;
    this.#onNetwork();
    this.#addressed(this.#ip.isStatic ? this.#ip.current : undefined);
    if (!this.#ip.isStatic) this.#ip.lease();
  }

  #addressed(address: string | undefined): void {
    this.#become(address === undefined ? LINKED : ADDRESSED, address);
  }

  #become(connection: number, address?: string): void {
    this.connection = connection;
    this.address = address;
    this.#onChanged();
  }
}
