import type { StaticAddress } from "../../../hosts/xs/esp32/lwip-interface.js";
import { Ipv4Address, prefixLengthOfMask } from "../../../src/address/index.js";
import { DhcpClient } from "../../../src/dhcp/index.js";
import type { Cable, SimulatedHost } from "../../../simulator/index.js";
import { Wifi } from "../../hosts/xs/moddable/wifi.js";

/** What associating takes, in ms. */
const ASSOCIATION_TIME = 200;

const ASSOCIATED = 400;
const ADDRESSED = 500;
const OFF = 200;

/**
 * The radio of an ESP32 and the access point that its cable goes to, with lwIP's DHCP client where nobody has given a static
 * address.
 */
export class Station extends Wifi {
  /** The servers that lwIP's client has, for `Net.get("DNS")`. */
  dns: readonly string[] = [];
  readonly #host: SimulatedHost;
  readonly #cable: Cable;
  readonly #onNetwork: () => void;
  #client: DhcpClient | undefined;
  #isStatic = false;
  #isInReach = true;

  /** @param onNetwork from here on sockets can be made */
  constructor(host: SimulatedHost, cable: Cable, onChanged: () => void, onNetwork: () => void) {
    super({ onChanged }, host.timers, host.mac.toString());
    this.#host = host;
    this.#cable = cable;
    this.#onNetwork = onNetwork;
    this.onStatic = (address) => this.#setStatic(address);
  }

  override connect(options: { SSID: string; password?: string }): void {
    super.connect(options);
    this.#host.timers.set(() => (this.#isInReach ? this.#associated() : this.become(OFF)), ASSOCIATION_TIME);
  }

  /** The access point's power goes off. */
  lose(): void {
    this.#isInReach = false;
    this.#cable.cut();
    this.#client?.stop();
    this.become(OFF);
  }

  /** It is back. */
  find(): void {
    this.#isInReach = true;
    this.#cable.mend();
  }

  #associated(): void {
    this.#onNetwork();
    const { ipv4 } = this.#host.network;
    if (this.#isStatic) {
      this.become(ipv4 === undefined ? ASSOCIATED : ADDRESSED, ipv4?.address.toString());
      return;
    }
    this.become(ASSOCIATED);
    this.#client ??= this.#lwipClient();
    this.#client.start();
  }

  #setStatic({ address, mask, gateway }: StaticAddress): void {
    this.#isStatic = true;
    this.#client?.stop();
    const [own, router] = [Ipv4Address.parse(address), Ipv4Address.parse(gateway)];
    this.#host.network.configure(
      own.isUnspecified
        ? undefined
        : {
            address: own,
            prefixLength: prefixLengthOfMask(Ipv4Address.parse(mask))!,
            dns: [],
            ...(!router.isUnspecified && { gateway: router }),
          },
    );
  }

  #lwipClient(): DhcpClient {
    const { network, clock, timers, random } = this.#host;
    const onEvent = (): void => {
      const { ipv4 } = network;
      this.dns = ipv4?.dns.map(String) ?? [];
      if (this.connection < ASSOCIATED || ipv4?.address.toString() === this.address) return;
      this.become(ipv4 === undefined ? ASSOCIATED : ADDRESSED, ipv4?.address.toString());
    };
    return new DhcpClient({ link: network.dhcp!, network, clock, timers, random, onEvent });
  }
}
