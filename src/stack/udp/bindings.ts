import type { IpAddress } from "../../address/index.js";
import type { UdpEndpoint } from "./endpoint.js";

/** Which sockets have which port. Those that share one are a chain: the one that was bound last comes first. */
export class UdpBindings {
  readonly #first = new Map<number, UdpEndpoint>();

  all(): UdpEndpoint[] {
    const found: UdpEndpoint[] = [];
    for (const first of this.#first.values()) {
      for (let each: UdpEndpoint | undefined = first; each !== undefined; each = each.nextOnPort)
        found.push(each);
    }
    return found;
  }

  has(port: number): boolean {
    return this.#first.has(port);
  }

  /** The first of those that have `port`; the others follow by `nextOnPort`. */
  first(port: number): UdpEndpoint | undefined {
    return this.#first.get(port);
  }

  /**
   * Whether a socket can be bound there: the others are bound to other addresses, or all agree to share.
   * @param address undefined: any
   */
  isFree(port: number, address: IpAddress | undefined, shared: boolean): boolean {
    for (let each = this.#first.get(port); each !== undefined; each = each.nextOnPort) {
      const overlaps = !address || !each.address || each.address.equals(address);
      if (overlaps && !(shared && each.shared)) return false;
    }
    return true;
  }

  add(endpoint: UdpEndpoint): void {
    endpoint.nextOnPort = this.#first.get(endpoint.port);
    this.#first.set(endpoint.port, endpoint);
  }

  remove(endpoint: UdpEndpoint): void {
    const { port, nextOnPort } = endpoint;
    let each = this.#first.get(port);
    if (each !== endpoint) {
      while (each !== undefined && each.nextOnPort !== endpoint) each = each.nextOnPort;
      if (each !== undefined) each.nextOnPort = nextOnPort;
    } else if (nextOnPort !== undefined) this.#first.set(port, nextOnPort);
    else this.#first.delete(port);
    endpoint.nextOnPort = undefined;
  }
}
