import type { IpAddress } from "../../address/index.js";
import type { TcpListener } from "./listener.js";

/**
 * The ports in LISTEN. Several listeners may share a port if each is bound to an address of its own. An old connection
 * of the port keeps nobody from listening, as if every listener had set SO_REUSEADDR: its four-tuple tells it apart.
 */
export class Listeners {
  readonly #byPort = new Map<number, readonly TcpListener[]>();

  all(): TcpListener[] {
    return [...this.#byPort.values()].flat();
  }

  has(port: number): boolean {
    return this.#byPort.has(port);
  }

  /** Whether a listener on `port` would get segments that another one gets. @param address undefined: any */
  isTaken(port: number, address: IpAddress | undefined): boolean {
    const listeners = this.#byPort.get(port);
    if (listeners === undefined) return false;
    return listeners.some((each) => !each.address || !address || each.address.equals(address));
  }

  find(port: number, address: IpAddress): TcpListener | undefined {
    return this.#byPort.get(port)?.find((each) => each.address?.equals(address) ?? true);
  }

  add(listener: TcpListener): void {
    this.#byPort.set(listener.port, [...(this.#byPort.get(listener.port) ?? []), listener]);
  }

  /** @returns false if it was not there */
  remove(listener: TcpListener): boolean {
    const listeners = this.#byPort.get(listener.port) ?? [];
    const others = listeners.filter((each) => each !== listener);
    if (others.length === listeners.length) return false;
    if (others.length > 0) this.#byPort.set(listener.port, others);
    else this.#byPort.delete(listener.port);
    return true;
  }
}
