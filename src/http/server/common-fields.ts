import type { WallClock } from "../../host/index.js";
import { formatHttpDate } from "../message/http-date.js";

/** The fields that all responses have: Server, if there is a name, and Date, while somebody knows it. */
export class CommonFields {
  readonly #server: string;
  readonly #wallClock: WallClock | undefined;
  #second = -1;
  #lines: string;

  constructor(serverName: string | undefined, wallClock: WallClock | undefined) {
    this.#server = serverName === undefined ? "" : `Server: ${serverName}\r\n`;
    this.#wallClock = wallClock;
    this.#lines = this.#server;
  }

  /** As lines of a head. A clock is wanted for Date, and one that is not set is none (RFC 9110 §6.6.1). */
  get lines(): string {
    if (this.#wallClock === undefined) return this.#lines;
    const now = this.#wallClock.now();
    const second = now === undefined ? -1 : Math.floor(now / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#lines = now === undefined ? this.#server : `${this.#server}Date: ${formatHttpDate(now)}\r\n`;
    }
    return this.#lines;
  }
}
