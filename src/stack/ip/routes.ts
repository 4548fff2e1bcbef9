import type { Cidr, IpAddress } from "../../address/index.js";
import type { StackInterface } from "../interface/interface.js";

export interface Route {
  readonly destination: Cidr;
  /** The router to send to; absent where the destination is on the link. */
  readonly gateway?: IpAddress;
  readonly device: StackInterface;
}

/** The routing table, longest prefix first; between equal prefixes the older route wins (RFC 1122 §3.3.1). */
export class Routes {
  readonly #routes: Route[] = [];
  /** Grows with each change, so that a cached path can tell that it is stale. */
  generation = 0;

  [Symbol.iterator](): Iterator<Route> {
    return this.#routes[Symbol.iterator]();
  }

  add(route: Route): void {
    const at = this.#routes.findIndex(
      (other) => other.destination.prefixLength < route.destination.prefixLength,
    );
    this.#routes.splice(at < 0 ? this.#routes.length : at, 0, route);
    this.generation++;
  }

  /** Removes every route through `device`. */
  removeInterface(device: StackInterface): void {
    for (let i = this.#routes.length - 1; i >= 0; i--) {
      if (this.#routes[i]!.device === device) this.#routes.splice(i, 1);
    }
    this.generation++;
  }

  lookup(destination: IpAddress): Route | undefined {
    return this.#routes.find((route) => route.destination.contains(destination));
  }
}
