import { NetworkError } from "wirelet/error/index";
import type { TimerHandle } from "wirelet/host/index";
import { LINKED, LwipInterface, type LwipInterfaceOptions, type NativeInterface } from "../lwip-interface.js";

/**
 * `embedded:network/interface/ethernet`. It starts with the driver: `connect` only has lwIP's DHCP client run, and without
 * that client makes a link and an address believed in that may not be there.
 */
export interface NativeEthernet extends NativeInterface {
  connect(): void;
}

/** How long the cable may be out after the start until the log says so, in ms: to agree on a speed takes about two seconds. */
export const LINK_TIME_LIMIT = 10_000;

export interface EthernetInterfaceOptions extends LwipInterfaceOptions {
  readonly ethernet: new (options: { onChanged: () => void }) => NativeEthernet;
}

/** ESP32's Ethernet, on boards that have a PHY. lwIP's client begins anew whenever the cable is plugged in. */
export class EthernetInterface extends LwipInterface {
  readonly name = "eth0";
  readonly #ethernet: NativeEthernet;
  #isLinked = false;
  #timer: TimerHandle;

  /** @throws NetworkError EINVAL if it has no MAC address */
  constructor(options: EthernetInterfaceOptions) {
    const ethernet = new options.ethernet({ onChanged: () => this.onChange() });
    super(ethernet, options);
    this.#ethernet = ethernet;
  }

  /**
   * @param hostName what the network's DHCP server is told
   * @throws NetworkError ENETDOWN if the board's Ethernet chip does not answer
   */
  connect(hostName: string): void {
    const { addressing, log, timers } = this.options;
    try {
      // Measured in the SDK's C: this is the first call that fails when the driver is not there.
      this.#ethernet.configure({ hostname: hostName });
    } catch (error) {
      const detail = `the board's chip does not answer: ${error instanceof Error ? error.message : String(error)}`;
      throw new NetworkError("ENETDOWN", "start Ethernet", this.name, detail);
    }
    if (addressing === "platform") this.#ethernet.connect();
    this.#timer = timers.set(() => log("warn", "Ethernet: no link; is the cable in?"), LINK_TIME_LIMIT);
    this.onChange();
  }

  protected get label(): string {
    return "Ethernet: the network";
  }

  private onChange(): void {
    // While lwIP's client asks for an address, the platform says "connecting" (300) with the cable in or out.
    const isLinked = this.#ethernet.connection >= LINKED;
    if (isLinked !== this.#isLinked) {
      const { log, timers } = this.options;
      timers.clear(this.#timer);
      this.#isLinked = isLinked;
      log(isLinked ? "info" : "warn", isLinked ? "Ethernet: linked" : "Ethernet: the link is lost");
    }
    this.changed();
  }
}
