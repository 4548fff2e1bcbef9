import type { NativeWifi, StaticAddress } from "../../../../hosts/xs/esp32/wifi-interface.js";
import type { Timers } from "../../../../src/host/index.js";

/** `embedded:network/interface/wifi` on ESP32, as read from SDK 8.2.3; the radio is the test. */
export class Wifi implements NativeWifi {
  connection = 200;
  address: string | undefined;
  readonly MAC: string;
  readonly calls: unknown[] = [];
  refuses = false;
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
    this.calls.push(options);
    this.connection = 300;
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
