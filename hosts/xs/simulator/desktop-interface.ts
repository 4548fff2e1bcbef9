import { Ipv4Address, MacAddress } from "wirelet/address/index";
import { NetworkError } from "wirelet/error/index";
import type { Ipv4Configuration, NetworkInterface } from "wirelet/host/index";

/** 02:00:57:49 is what all simulated devices have in front: a locally administered address. */
const MAC_PREFIX = 0x0200_5749_0000;

/**
 * The computer's own network, under the desktop simulator: up as it is, and not to be configured from here. Of its
 * configuration the simulator tells the address alone.
 */
export class DesktopInterface implements NetworkInterface {
  readonly name = "desktop";
  readonly mac: MacAddress;
  readonly mtu = 1500;
  readonly up = true;
  readonly #address: () => string | undefined;
  #text: string | undefined;
  #ipv4: Ipv4Configuration | undefined;

  /**
   * @param address asks for the computer's first IPv4 address; it can change
   * @param port where the device serves: simulators that run side by side differ in it, and so in the MAC made from it,
   * since on Linux `Net.get("MAC")` is undefined
   */
  constructor(address: () => string | undefined, port: number) {
    this.#address = address;
    this.mac = MacAddress.fromValue(MAC_PREFIX + port);
  }

  get ipv4(): Ipv4Configuration | undefined {
    const text = this.#address();
    if (text !== this.#text) {
      this.#text = text;
      const address = Ipv4Address.tryParse(text ?? "");
      // Of the mask it says nothing, so the network is taken to be the address alone.
      this.#ipv4 = address && { address, prefixLength: 32, dns: [] };
    }
    return this.#ipv4;
  }

  /** The simulator does not tell of changes. */
  watch(): () => void {
    return () => undefined;
  }

  configure(): void {
    throw new NetworkError("ENOTSUP", "configure", this.name, "the computer's addresses are its own");
  }
}
