import type { Clock } from "../../host/index.js";
import { HttpError } from "../server/http-error.js";
import type { HttpRequest } from "../server/request.js";

/** Failures that a client may have before it has to wait: some for a person's typing errors. */
export const MAX_ATTEMPTS = 5;

/**
 * How long a client waits then, in ms; its failures are forgotten as long after the last. A success does not take them back: who
 * has a password of his own would try out those of others between two logins.
 */
export const ATTEMPT_DELAY = 60_000;

/** Clients whose failures are remembered; for more the oldest failures are forgotten. */
export const MAX_ATTEMPT_CLIENTS = 32;

export interface AttemptLimiterOptions {
  readonly clock: Clock;
  /** Absent: `MAX_ATTEMPTS`. */
  readonly attempts?: number;
  /** In ms; absent: `ATTEMPT_DELAY`. */
  readonly delay?: number;
  /** Absent: `MAX_ATTEMPT_CLIENTS`. */
  readonly clients?: number;
}

interface Failures {
  readonly count: number;
  /** When they are forgotten. */
  readonly until: number;
}

/**
 * Makes whoever tries out passwords wait. Clients are told apart by their IP address; one that has more addresses than are
 * remembered is not held back, so passwords have to be long all the same.
 */
export class AttemptLimiter {
  readonly #options: AttemptLimiterOptions;
  /** By address, in the order of the last failure. */
  readonly #failures = new Map<string, Failures>();

  constructor(options: AttemptLimiterOptions) {
    this.#options = options;
  }

  /** @throws HttpError 429, with the seconds to wait in Retry-After, for a client that has failed too often */
  check(request: HttpRequest): void {
    const { clock, attempts = MAX_ATTEMPTS } = this.#options;
    const failures = this.#failures.get(addressOf(request));
    const wait = failures === undefined ? 0 : failures.until - clock.now();
    if (wait <= 0 || failures!.count < attempts) return;
    throw new HttpError(429, "too many failed logins", { "Retry-After": String(Math.ceil(wait / 1000)) });
  }

  /** Counts a failure. */
  fail(request: HttpRequest): void {
    const { clock, delay = ATTEMPT_DELAY, clients = MAX_ATTEMPT_CLIENTS } = this.#options;
    const address = addressOf(request);
    const now = clock.now();
    const former = this.#failures.get(address);
    this.#failures.delete(address);
    const count = former === undefined || former.until <= now ? 1 : former.count + 1;
    this.#failures.set(address, { count, until: now + delay });
    if (this.#failures.size <= clients) return;
    for (const oldest of this.#failures.keys()) {
      this.#failures.delete(oldest);
      return;
    }
  }
}

/** Those whose address the platform does not know are one client. */
function addressOf(request: HttpRequest): string {
  return request.remoteAddress ?? "";
}
