import { maskOfPrefixLength } from "../address/index.js";
import type { Ipv4Configuration, NetworkInterface } from "../host/index.js";

/** What a status says of the interface; null where it has none of it. */
export interface NetworkStatus {
  readonly mac: string;
  readonly ip: string | null;
  readonly mask: string | null;
  readonly prefixLength: number | null;
  readonly gateway: string | null;
  readonly dns: readonly string[];
}

/** The interface's configuration as it is shown, for as long as it is the same: each address takes 80 instructions of XS. */
export class ShownNetwork {
  readonly #mac: string;
  #configuration: Ipv4Configuration | undefined;
  #status: NetworkStatus | undefined;

  constructor({ mac }: NetworkInterface) {
    this.#mac = mac.toString();
  }

  of(configuration: Ipv4Configuration | undefined): NetworkStatus {
    if (this.#status === undefined || configuration !== this.#configuration) {
      this.#configuration = configuration;
      this.#status = describe(this.#mac, configuration);
    }
    return this.#status;
  }
}

function describe(mac: string, configuration: Ipv4Configuration | undefined): NetworkStatus {
  return {
    mac,
    ip: configuration?.address.toString() ?? null,
    mask: configuration === undefined ? null : maskOfPrefixLength(configuration.prefixLength).toString(),
    prefixLength: configuration?.prefixLength ?? null,
    gateway: configuration?.gateway?.toString() ?? null,
    dns: (configuration?.dns ?? []).map((address) => address.toString()),
  };
}
