/**
 * An address of the client's own choice, 169.254.0.0/16 (RFC 3927): chosen, probed by the link, and given up for another one
 * when somebody else has it. It may be used as long as nobody gives a better one.
 */
import { Ipv4Address, type MacAddress } from "../../address/index.js";
import type { ProbeResult } from "../../host/index.js";
import { PROBE_LIMIT } from "./timing.js";

export const LINK_LOCAL_PREFIX_LENGTH = 16;
/** After so many conflicts, addresses are chosen one in so many ms: a large or hostile link must not be flooded (§2.2.1). */
export const MAX_CONFLICTS = 10;
export const RATE_LIMIT_INTERVAL = 60_000;

/** 169.254.1.0 to 169.254.254.255: the first and last 256 are reserved (§2.1). */
const FIRST_ADDRESS = 0xa9fe0100;
const ADDRESSES = 254 * 256;

export interface LinkLocalSink {
  /** As `DhcpClientSink.probe`. */
  probe(address: Ipv4Address): (() => void) | undefined;
  /** The address is free, and to be used from now on. */
  claim(address: Ipv4Address, now: number): void;
  /** Another host has it. */
  conflict(address: Ipv4Address, owner: MacAddress): void;
  /** The link cannot probe; without that no address may be used (§2.2.1). */
  cannotProbe(): void;
}

export class LinkLocalMachine {
  /** Monotonic ms at which it wants to be polled; Infinity: never. */
  deadline: number;
  /** The address that is probed or used. */
  address: Ipv4Address;
  #state: "waiting" | "probing" | "claimed" | "unable" = "waiting";
  #conflicts = 0;
  #cancel: (() => void) | undefined;

  /** @param now monotonic ms */
  constructor(
    private readonly mac: MacAddress,
    private readonly sink: LinkLocalSink,
    now: number,
  ) {
    this.address = candidate(mac, 0);
    this.deadline = now;
  }

  poll(now: number): void {
    if (now < this.deadline) return;
    if (this.#state === "probing") {
      this.#cancel?.();
      return this.giveUp();
    }
    this.#state = "probing";
    this.deadline = now + PROBE_LIMIT;
    this.#cancel = this.sink.probe(this.address);
    if (this.#cancel === undefined) this.giveUp();
  }

  /** Takes the result of the probe that the sink was asked for. */
  probed(result: ProbeResult, now: number): void {
    if (this.#state !== "probing") return;
    this.#cancel = undefined;
    if (!result.free) return this.conflicted(result.owner, now);
    this.#state = "claimed";
    this.deadline = Infinity;
    this.sink.claim(this.address, now);
  }

  /** `owner` has the address: another one is chosen. */
  conflicted(owner: MacAddress, now: number): void {
    this.sink.conflict(this.address, owner);
    this.#conflicts++;
    this.address = candidate(this.mac, this.#conflicts);
    this.#state = "waiting";
    this.deadline = this.#conflicts > MAX_CONFLICTS ? now + RATE_LIMIT_INTERVAL : now;
  }

  /** Stops probing; the next poll begins anew. An address in use stays. */
  pause(now: number): void {
    if (this.#state !== "probing") return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#state = "waiting";
    this.deadline = now;
  }

  private giveUp(): void {
    this.#cancel = undefined;
    this.#state = "unable";
    this.deadline = Infinity;
    this.sink.cannotProbe();
  }
}

/**
 * Of a sequence that is each interface's own and always the same, so that it mostly gets the address that it had (§2.1).
 * @param index how many of them were taken
 */
function candidate(mac: MacAddress, index: number): Ipv4Address {
  // The finalizer of MurmurHash3: each bit of the MAC and the index moves half of the bits.
  let hash = ((mac.value % 2 ** 32) ^ Math.floor(mac.value / 2 ** 32)) + Math.imul(index, 0x9e3779b9);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  hash ^= hash >>> 16;
  return Ipv4Address.fromValue(FIRST_ADDRESS + ((hash >>> 0) % ADDRESSES));
}
