import type { MacAddress } from "../../../src/address/index.js";
import type { Clock, LinkDevice } from "../../../src/host/index.js";
import type { Observable, Observer } from "../../../simulator/index.js";

/** A link device that lets a capture see what it carries, either way. */
export class ObservedLink implements LinkDevice, Observable {
  onReceive?: (frame: Uint8Array, length: number, now: number) => void;
  onLinkChange?: () => void;
  readonly #link: LinkDevice;
  readonly #name: string;
  readonly #clock: Clock;
  readonly #observers = new Set<Observer>();

  /** @param clock what the frames are stamped with */
  constructor(link: LinkDevice, name: string, clock: Clock) {
    this.#link = link;
    this.#name = name;
    this.#clock = clock;
    link.onReceive = (frame, length, now) => {
      this.#show(frame, length);
      this.onReceive?.(frame, length, now);
    };
    link.onLinkChange = () => this.onLinkChange?.();
  }

  get mac(): MacAddress {
    return this.#link.mac;
  }

  get mtu(): number {
    return this.#link.mtu;
  }

  get up(): boolean {
    return this.#link.up;
  }

  transmit(frame: Uint8Array, length: number): void {
    this.#show(frame, length);
    this.#link.transmit(frame, length);
  }

  observe(observer: Observer): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  #show(bytes: Uint8Array, length: number): void {
    const time = this.#clock.now();
    for (const observer of this.#observers)
      observer({ time, port: this.#name, bytes, length, comment: undefined });
  }
}
