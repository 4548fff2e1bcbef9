import type { StaticAddress } from "../../../hosts/xs/esp32/lwip-interface.js";
import { Ipv4Address, prefixLengthOfMask } from "../../../src/address/index.js";
import { DhcpClient } from "../../../src/dhcp/index.js";
import type { SimulatedHost } from "../../../simulator/index.js";

/** Where the address of lwIP's interface is from: a person, or lwIP's own DHCP client. */
export class LwipAddress {
  /** The servers that the client has, for `Net.get("DNS")`. */
  dns: readonly string[] = [];
  readonly #host: SimulatedHost;
  readonly #onLeased: (address: string | undefined) => void;
  #client: DhcpClient | undefined;
  #isStatic = false;

  /** @param onLeased the client has another address, or none any more */
  constructor(host: SimulatedHost, onLeased: (address: string | undefined) => void) {
    this.#host = host;
    this.#onLeased = onLeased;
  }

  get current(): string | undefined {
    return this.#host.network.ipv4?.address.toString();
  }

  /** Whether somebody has set an address, be it 0.0.0.0: the client does not run then. */
  get isStatic(): boolean {
    return this.#isStatic;
  }

  set({ address, mask, gateway }: StaticAddress): void {
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

  lease(): void {
    this.#client ??= this.#lwipClient();
    this.#client.start();
  }

  stop(): void {
    this.#client?.stop();
  }

  #lwipClient(): DhcpClient {
    const { network, clock, timers, random } = this.#host;
    const onEvent = (): void => {
      this.dns = network.ipv4?.dns.map(String) ?? [];
      this.#onLeased(this.current);
    };
    return new DhcpClient({ link: network.dhcp!, network, clock, timers, random, onEvent });
  }
}
