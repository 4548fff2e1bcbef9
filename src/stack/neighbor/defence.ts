import type { Ipv4Address } from "../../address/index.js";

/** RFC 5227 §1.1, in ms: two conflicts closer together than that mean that the other host will not give way. */
export const DEFEND_INTERVAL = 10_000;

/**
 * What to do about another host that uses an address of this one (RFC 5227 §2.4). "once": defend it, and give it up if that did
 * not help (b). "always": keep it whatever comes, for routers and servers that nobody would find elsewhere (c).
 */
export type DefencePolicy = "once" | "always";

/** The conflicts over the addresses of one interface. */
export class AddressDefence {
  /** When each address was fought over last, by `Ipv4Address.value`; only addresses that the interface has. */
  readonly #conflicts = new Map<number, number>();
  readonly #defended = new Map<number, number>();

  constructor(private readonly policy: DefencePolicy) {}

  /** Another host has used `address` at `now`. */
  conflict(address: Ipv4Address, now: number): "defend" | "ignore" | "give up" {
    const { value } = address;
    const isRepeated = now - (this.#conflicts.get(value) ?? -Infinity) < DEFEND_INTERVAL;
    this.#conflicts.set(value, now);
    if (isRepeated && this.policy === "once") {
      this.forget(address);
      return "give up";
    }
    // Two hosts that both defend always must not flood the link.
    if (now - (this.#defended.get(value) ?? -Infinity) < DEFEND_INTERVAL) return "ignore";
    this.#defended.set(value, now);
    return "defend";
  }

  forget(address: Ipv4Address): void {
    this.#conflicts.delete(address.value);
    this.#defended.delete(address.value);
  }
}
