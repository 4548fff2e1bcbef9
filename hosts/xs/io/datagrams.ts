import type { Datagram } from "wirelet/host/index";

/** Datagrams that wait to be read; the next are dropped. lwIP keeps them until there is no memory left. */
export const DATAGRAM_LIMIT = 64;

/** Where datagrams come from or go to. */
export interface Remote {
  readonly address: string;
  readonly port: number;
}

/** Datagrams that the platform has received. */
export class Datagrams {
  #waiting: Datagram[] = [];
  #peer: Remote | undefined;

  /** The only one whose datagrams are kept; undefined: everybody's are. */
  get peer(): Remote | undefined {
    return this.#peer;
  }

  set peer(peer: Remote | undefined) {
    this.#peer = peer;
    this.#waiting = this.#waiting.filter((datagram) => this.isWanted(datagram));
  }

  get length(): number {
    return this.#waiting.length;
  }

  get first(): Datagram | undefined {
    return this.#waiting[0];
  }

  /** Drops the first. */
  shift(): void {
    this.#waiting.shift();
  }

  /** Takes all that there is. @returns whether one of them is kept */
  takeFrom(native: { read(): Datagram | undefined }): boolean {
    const before = this.length;
    for (let datagram = native.read(); datagram !== undefined; datagram = native.read()) {
      if (this.length < DATAGRAM_LIMIT && this.isWanted(datagram)) this.#waiting.push(datagram);
    }
    return this.length > before;
  }

  private isWanted({ address, port }: Remote): boolean {
    return this.#peer === undefined || (address === this.#peer.address && port === this.#peer.port);
  }
}
