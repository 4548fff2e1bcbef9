import {
  readableOptions,
  type DhcpChangeReason,
  type DhcpClient,
  type DhcpClientState,
  type DhcpLease,
} from "../dhcp/index.js";

/** Options shown at most: each is a row of the page, which is made in memory. Servers send about ten. */
export const MAX_SHOWN_OPTIONS = 40;
/** Characters of an option's value shown at most. */
export const MAX_SHOWN_VALUE = 120;

/** Where the address comes from, as the DHCP client has it; null where it does not know. */
export interface DhcpStatus {
  /** The client's state; null where the platform gets the address. */
  readonly state: DhcpClientState | null;
  /** "link-local" is the device's own choice (RFC 3927), "static" a person's; null while there is no address. */
  readonly source: "dhcp" | "link-local" | "static" | null;
  /** Whether the link was asked for another owner of the address. */
  readonly probed: boolean | null;
  readonly server: string | null;
  /** The times are null also for a lease that never ends. */
  readonly leaseSeconds: number | null;
  readonly leaseSecondsLeft: number | null;
  /** Until the server is asked to extend the lease (T1). */
  readonly renewalSecondsLeft: number | null;
  /** Until any server is asked to (T2). */
  readonly rebindingSecondsLeft: number | null;
  /** What came with the lease: in order, at most `MAX_SHOWN_OPTIONS`. */
  readonly options: readonly DhcpOptionStatus[];
  readonly lastChange: { readonly reason: DhcpChangeReason; readonly secondsAgo: number } | null;
}

export interface DhcpOptionStatus {
  readonly code: number;
  /** Null for one that has no name here. */
  readonly name: string | null;
  /** For a person: addresses dotted, durations with their unit, text as it is, else hexadecimal. */
  readonly value: string;
}

/** A change that the client has told of. */
export interface DhcpChange {
  readonly reason: DhcpChangeReason;
  /** Monotonic ms. */
  readonly time: number;
}

const NO_OPTIONS: readonly never[] = Object.freeze([]);

/** A lease as it is shown, for as long as it lasts: to describe its options is most of the work of a status. */
export class ShownLease {
  server: string | null = null;
  /** Code, name and value of each option: one array takes a fifth of what as many objects take. */
  #options: readonly (number | string | null)[] = NO_OPTIONS;
  #lease: DhcpLease | undefined;

  of(lease: DhcpLease | undefined): this {
    if (lease !== this.#lease) {
      this.#lease = lease;
      this.server = lease?.server.toString() ?? null;
      this.#options = lease === undefined ? NO_OPTIONS : readOptions(lease);
    }
    return this;
  }

  get options(): readonly DhcpOptionStatus[] {
    const shown = this.#options;
    const options: DhcpOptionStatus[] = [];
    for (let at = 0; at < shown.length; at += 3)
      options.push({
        code: shown[at] as number,
        name: shown[at + 1] as string | null,
        value: shown[at + 2] as string,
      });
    return options;
  }
}

/** @param now monotonic ms */
export function readDhcpStatus(
  client: DhcpClient | undefined,
  change: DhcpChange | undefined,
  shownLease: ShownLease,
  now: number,
  isStatic: boolean,
): DhcpStatus {
  const binding = client?.binding;
  const lease = binding?.lease;
  const { server, options } = shownLease.of(lease);
  const leaseSeconds = lease === undefined || lease.leaseSeconds === Infinity ? null : lease.leaseSeconds;
  return {
    state: client?.state ?? null,
    source: binding?.source ?? (isStatic ? "static" : null),
    probed: binding?.probed ?? null,
    server,
    leaseSeconds,
    leaseSecondsLeft: secondsLeft(lease?.expiresAt, now),
    renewalSecondsLeft: secondsLeft(lease?.renewsAt, now),
    rebindingSecondsLeft: secondsLeft(lease?.rebindsAt, now),
    options,
    lastChange:
      change === undefined
        ? null
        : { reason: change.reason, secondsAgo: Math.floor((now - change.time) / 1000) },
  };
}

function secondsLeft(time: number | undefined, now: number): number | null {
  return time === undefined || time === Infinity ? null : Math.max(0, Math.ceil((time - now) / 1000));
}

function readOptions(lease: DhcpLease): (number | string | null)[] {
  const options = readableOptions(lease, MAX_SHOWN_OPTIONS);
  return options.flatMap(({ code, name = null, value }) => [code, name, shorten(value)]);
}

function shorten(text: string): string {
  return text.length <= MAX_SHOWN_VALUE ? text : `${text.slice(0, MAX_SHOWN_VALUE)}...`;
}
