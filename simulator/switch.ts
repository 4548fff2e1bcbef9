import type { Cable, CableEnd } from "./cable.js";
import { milliseconds, type Duration } from "./duration.js";
import type { Frame } from "./frame.js";
import { Observers, type Observable, type Observer } from "./sighting.js";

/** How many addresses a switch knows; the least recently seen gives way. What small switches are sold with. */
export const DEFAULT_TABLE_LIMIT = 8192;

/** How long an address is remembered after its last frame (IEEE 802.1Q table 8-6, the default). */
export const DEFAULT_AGEING: Duration = "300s";

const ADDRESSES_LENGTH = 12;

/** 01-80-C2-00-00-00 to -0F: for the next device only, never forwarded (IEEE 802.1Q table 8-1). */
const LINK_CONSTRAINED = 0x0180c2000000 / 16;

export interface SwitchOptions {
  readonly name: string;
  /** Absent: DEFAULT_TABLE_LIMIT. */
  readonly tableLimit?: number;
  /** Absent: DEFAULT_AGEING. */
  readonly ageing?: Duration;
}

interface TableEntry {
  readonly port: CableEnd;
  readonly seen: number;
}

/**
 * A learning Ethernet switch. A frame to a known address goes to the port where that address was last seen; to an
 * unknown one, or to a group, to all ports but its own: one frame in memory, whatever their number.
 */
export class Switch implements Observable {
  readonly name: string;
  readonly #tableLimit: number;
  readonly #ageing: number;
  readonly #ports: CableEnd[] = [];
  /** In the order in which the addresses were last seen. */
  readonly #table = new Map<number, TableEntry>();
  readonly #observers = new Observers();

  constructor(options: SwitchOptions) {
    this.name = options.name;
    this.#tableLimit = options.tableLimit ?? DEFAULT_TABLE_LIMIT;
    this.#ageing = milliseconds(options.ageing ?? DEFAULT_AGEING);
  }

  /** Plugs a cable into the next port, which takes the cable's name. @throws NetworkError as `Cable.plug` does */
  connect(cable: Cable): void {
    this.attach(cable.plug({ name: cable.name }));
  }

  /** Makes a port of the end of a cable, for one that is now here, now elsewhere. */
  attach(port: CableEnd): void {
    port.onFrame = (frame, now) => this.#forward(frame, port, now);
    port.onLinkChange = () => {
      if (!port.up) this.#forget(port);
    };
    this.#ports.push(port);
  }

  /** Takes it away again: what arrives there goes nowhere. */
  detach(port: CableEnd): void {
    const index = this.#ports.indexOf(port);
    if (index < 0) return;
    this.#ports.splice(index, 1);
    this.#forget(port);
    delete port.onFrame;
    delete port.onLinkChange;
  }

  /** Its ends of the cables that were connected, in their order. */
  get ports(): readonly CableEnd[] {
    return this.#ports;
  }

  /** Addresses in the table; those too old to be used may still be among them. */
  get tableSize(): number {
    return this.#table.size;
  }

  /** Shows each frame once, as it reached the switch. */
  observe(observer: Observer): () => void {
    return this.#observers.add(observer);
  }

  #forward(frame: Frame, from: CableEnd, now: number): void {
    if (this.#observers.any) {
      const { bytes, length } = frame;
      this.#observers.notify({ time: now, port: from.name, bytes, length, comment: undefined });
    }
    if (frame.length < ADDRESSES_LENGTH) return;
    const destination = addressAt(frame.bytes, 0);
    this.#learn(addressAt(frame.bytes, 6), from, now);
    if (Math.floor(destination / 16) === LINK_CONSTRAINED) return;
    const to = isGroup(destination) ? undefined : this.#portOf(destination, now);
    for (const port of to === undefined ? this.#ports : [to]) {
      if (port !== from && port.up) port.send(frame);
    }
  }

  #learn(source: number, port: CableEnd, now: number): void {
    if (isGroup(source)) return;
    // Out and in again: the table's order is that of last sight.
    if (!this.#table.delete(source) && this.#table.size >= this.#tableLimit) {
      const [oldest] = this.#table.keys();
      if (oldest !== undefined) this.#table.delete(oldest);
    }
    this.#table.set(source, { port, seen: now });
  }

  #portOf(address: number, now: number): CableEnd | undefined {
    const entry = this.#table.get(address);
    if (entry === undefined || now - entry.seen <= this.#ageing) return entry?.port;
    this.#table.delete(address);
    return undefined;
  }

  #forget(port: CableEnd): void {
    for (const [address, entry] of this.#table) {
      if (entry.port === port) this.#table.delete(address);
    }
  }
}

/** The 48 bits at `offset` as a number, the first octet highest. */
function addressAt(bytes: Uint8Array, offset: number): number {
  let address = 0;
  for (let index = offset; index < offset + 6; index++) address = address * 256 + (bytes[index] ?? 0);
  return address;
}

/** The group bit, lowest of the first octet: multicast, and broadcast with it. */
function isGroup(address: number): boolean {
  return (Math.floor(address / 2 ** 40) & 1) !== 0;
}
