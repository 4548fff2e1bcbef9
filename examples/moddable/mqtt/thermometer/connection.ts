import config from "mc/config";
import Timer from "timer";
import WiFi from "embedded:network/interface/wifi";

/** How long to wait before the network is looked for again, in ms. */
const RETRY_DELAY = 5_000;

/** Connects again whenever the access point was lost: the platform does not. */
export function keepConnected(): void {
  new WiFi({
    onChanged(this: WiFi): void {
      if (this.connection !== 200) return;
      trace("Wi-Fi is lost\n");
      Timer.set(() => {
        if (this.connection === 200)
          this.connect({ SSID: String(config.ssid), password: String(config.password) });
      }, RETRY_DELAY);
    },
  });
}
