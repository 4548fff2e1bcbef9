import type { Cidr, IpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import type { StackInterface } from "../interface/interface.js";

export interface Route {
  readonly destination: Cidr;
  /** The router to send to; absent where the destination is on the link. */
  readonly gateway?: IpAddress | undefined;
  readonly device: StackInterface;
  /** Among routes to the same prefix the smallest is taken; absent: 0. */
  readonly metric?: number;
}

/** A route, and what is known of its gateway. */
interface Entry {
  readonly route: Route;
  /** Counts the gateways that have failed, up to this one; 0: it has not. */
  failure: number;
}

/**
 * The routing table: the longest prefix decides, then the metric, then age (RFC 1122 §3.3.1). Between routes to the same
 * prefix, one whose interface is down or whose gateway did not answer gives way to the others (§3.3.1.4 and §3.3.1.5).
 *
 * @example
 * stack.routes.add({ destination: Cidr.parse("10.1.0.0/16"), gateway: Ipv4Address.parse("10.0.0.7"), device: eth0 });
 */
export class Routes {
  readonly #entries: Entry[] = [];
  #failures = 0;
  /** Grows with each change, so that a cached path can tell that it is stale. */
  generation = 0;

  /** All routes, in the order in which they are tried. */
  [Symbol.iterator](): Iterator<Route> {
    return this.#entries.map(({ route }) => route)[Symbol.iterator]();
  }

  /** @throws NetworkError EINVAL for a metric below 0 or a gateway of another family */
  add(route: Route): void {
    const { destination, gateway, metric = 0 } = route;
    if (!(metric >= 0))
      throw new NetworkError("EINVAL", "add route to", destination.toString(), `metric ${metric}`);
    if (gateway !== undefined && gateway.family !== destination.address.family)
      throw new NetworkError(
        "EINVAL",
        "add route to",
        destination.toString(),
        "its gateway is of another family",
      );
    const at = this.#entries.findIndex(({ route: other }) => isBefore(route, other));
    this.#entries.splice(at < 0 ? this.#entries.length : at, 0, { route, failure: 0 });
    this.changed();
  }

  /** Removes `route` itself, else one to the same destination the same way. @returns false if there is none */
  remove(route: Route): boolean {
    let at = this.#entries.findIndex((entry) => entry.route === route);
    if (at < 0) at = this.#entries.findIndex((entry) => isSameWay(entry.route, route));
    if (at < 0) return false;
    this.#entries.splice(at, 1);
    this.changed();
    return true;
  }

  /** Removes every route through `device`. */
  removeInterface(device: StackInterface): void {
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      if (this.#entries[i]!.route.device === device) this.#entries.splice(i, 1);
    }
    this.changed();
  }

  /** @param device the only interface to leave through, where it matters */
  lookup(destination: IpAddress, device?: StackInterface): Route | undefined {
    let best: Entry | undefined;
    for (const entry of this.#entries) {
      const { route } = entry;
      if (best !== undefined && route.destination.prefixLength < best.route.destination.prefixLength) break;
      if (device !== undefined && route.device !== device) continue;
      if (!route.destination.contains(destination)) continue;
      if (best === undefined || isHealthier(entry, best)) best = entry;
    }
    return best?.route;
  }

  /** Nobody answers for `gateway`: other ways come first, until they fail as well. */
  gatewayFailed(gateway: IpAddress): void {
    for (const entry of this.#entries) {
      if (!(entry.route.gateway?.equals(gateway) ?? false)) continue;
      entry.failure = ++this.#failures;
      this.changed();
    }
  }

  /** Something that paths depend on is not as it was. */
  changed(): void {
    this.generation++;
  }
}

function isBefore(route: Route, other: Route): boolean {
  const longer = route.destination.prefixLength - other.destination.prefixLength;
  return longer > 0 || (longer === 0 && (route.metric ?? 0) < (other.metric ?? 0));
}

function isSameWay(one: Route, other: Route): boolean {
  if (one.device !== other.device || one.destination.prefixLength !== other.destination.prefixLength)
    return false;
  if (!one.destination.network.equals(other.destination.network)) return false;
  if (one.gateway === undefined || other.gateway === undefined) return one.gateway === other.gateway;
  return one.gateway.equals(other.gateway);
}

function isHealthier(entry: Entry, other: Entry): boolean {
  if (entry.route.device.up !== other.route.device.up) return entry.route.device.up;
  return entry.failure < other.failure;
}
