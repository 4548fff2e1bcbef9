import type { Cable, SimulatedHost } from "../../../simulator/index.js";
import { Wifi } from "../../hosts/xs/moddable/wifi.js";
import { LwipAddress } from "./lwip-address.js";

/** What associating takes, in ms. */
const ASSOCIATION_TIME = 200;

const ASSOCIATED = 400;
const ADDRESSED = 500;
const OFF = 200;

/** The radio of an ESP32, and the access point that its cable goes to. */
export class Station extends Wifi {
  readonly #host: SimulatedHost;
  readonly #cable: Cable;
  readonly #onNetwork: () => void;
  readonly #ip: LwipAddress;
  #isInReach = true;

  /** @param onNetwork from here on sockets can be made */
  constructor(host: SimulatedHost, cable: Cable, onChanged: () => void, onNetwork: () => void) {
    super({ onChanged }, host.timers, host.mac.toString());
    this.#host = host;
    this.#cable = cable;
    this.#onNetwork = onNetwork;
    this.#ip = new LwipAddress(host, (address) => {
      if (this.connection >= ASSOCIATED && address !== this.address) this.#addressed(address);
    });
    this.onStatic = (address) => this.#ip.set(address);
  }

  /** For `Net.get("DNS")`. */
  get dns(): readonly string[] {
    return this.#ip.dns;
  }

  override connect(options: { SSID: string; password?: string }): void {
    super.connect(options);
    this.#host.timers.set(() => (this.#isInReach ? this.#associated() : this.become(OFF)), ASSOCIATION_TIME);
  }

  /** The access point's power goes off. */
  lose(): void {
    this.#isInReach = false;
    this.#cable.cut();
    this.#ip.stop();
    this.become(OFF);
  }

  /** It is back. */
  find(): void {
    this.#isInReach = true;
    this.#cable.mend();
  }

  #associated(): void {
    this.#onNetwork();
    if (this.#ip.isStatic) return this.#addressed(this.#ip.current);
    this.become(ASSOCIATED);
    this.#ip.lease();
  }

  #addressed(address: string | undefined): void {
    this.become(address === undefined ? ASSOCIATED : ADDRESSED, address);
  }
}
