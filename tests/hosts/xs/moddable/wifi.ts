import type { StaticAddress } from "../../../../hosts/xs/esp32/lwip-interface.js";
import type { FoundNetwork } from "../../../../hosts/xs/esp32/wifi-diagnosis.js";
import type { NativeWifi } from "../../../../hosts/xs/esp32/wifi-interface.js";
import type { Timers } from "../../../../src/host/index.js";

/** How long a scan takes, in ms. */
export const SCAN_TIME = 2_000;

/** `embedded:network/interface/wifi` on ESP32, as read from SDK 8.2.3; the radio is the test. */
export class Wifi implements NativeWifi {
  connection = 200;
  address: string | undefined;
  readonly MAC: string;
  readonly calls: unknown[] = [];
  refuses = false;
  /** Which networks a scan finds; undefined for a scan that never ends. */
  air: readonly FoundNetwork[] | undefined = [];
  /** What the platform does with a static address. */
  onStatic: (address: StaticAddress) => void = () => undefined;

  constructor(
    readonly options: { onChanged: () => void },
    private readonly timers: Timers,
    mac = "a4:d1:8c:db:c0:20",
  ) {
    this.MAC = mac;
  }

  connect(options: { SSID: string; password?: string }): void {
    if (this.refuses) throw new Error("connect failed");
    if (this.connection === 300) throw new Error("already connecting");
    this.calls.push(options);
    this.connection = 300;
  }

  /** The platform tells of it only later, if it was connected: the state is another one at once. */
  disconnect(): void {
    this.calls.push("disconnect");
    this.connection = 200;
    this.address = undefined;
  }

  scan({ onFound, onComplete }: Parameters<NativeWifi["scan"]>[0]): void {
    if (this.refuses) throw new Error("scan failed");
    this.timers.set(() => {
      if (this.air === undefined) return;
      this.air.forEach(onFound);
      onComplete();
    }, SCAN_TIME);
  }

  configure(options: { hostname: string } | { static: StaticAddress }): void {
    this.calls.push(options);
    if (!("static" in options)) return;
    const { address } = options.static;
    this.address = address === "0.0.0.0" ? undefined : address;
    this.onStatic(options.static);
    // It takes any static address for one, and tells from the event loop.
    if (this.connection >= 400) this.timers.set(() => this.become(500, this.address), 0);
  }

  become(connection: number, address?: string): void {
    this.connection = connection;
    this.address = address;
    this.options.onChanged();
  }
}
