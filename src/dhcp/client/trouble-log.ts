import type { Log } from "../../host/index.js";
import type { DhcpClientEvent } from "./events.js";

/** Lines remembered at most; there are about as many kinds of failures that come again and again. */
const MAX_TOLD = 8;

const STORAGE = "DHCP: storage";

/**
 * What goes wrong, one line each, as a warning the first time: a client never gives up, and what fails again and again shall
 * not bury the rest of the log. Repetitions are for debugging.
 */
export class TroubleLog {
  readonly #log: Log;
  #told: readonly string[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  tell(event: DhcpClientEvent): void {
    switch (event.type) {
      case "changed":
        // Whatever it was is over; but flash that is worn out fails with each lease.
        this.#told = this.#told.filter((line) => line.startsWith(STORAGE));
        return;
      case "ignored":
        return this.warnOnce(`DHCP: messages are ignored: ${event.reason}`);
      case "conflict":
        return this.warnOnce(`DHCP: ${event.address} is in use by ${event.owner}`);
      case "failed":
        return this.warnOnce(
          `DHCP: ${event.reason.replaceAll("-", " ")}${event.detail === undefined ? "" : `: ${event.detail}`}`,
        );
      default:
    }
  }

  private warnOnce(line: string): void {
    const isNews = !this.#told.includes(line);
    if (isNews) this.#told = [line, ...this.#told.slice(0, MAX_TOLD - 1)];
    this.#log(isNews ? "warn" : "debug", line);
  }
}
