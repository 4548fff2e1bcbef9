import type { IpAddress } from "../../address/index.js";
import type { NetworkError } from "../../error/index.js";

/** Datagrams that wait to be read at most, and bytes: what comes on top is dropped, as UDP may. */
export const MAX_WAITING_DATAGRAMS = 16;
export const MAX_WAITING_BYTES = 16 * 1024;

export interface ReceivedDatagram {
  readonly data: Uint8Array;
  readonly address: IpAddress;
  readonly port: number;
}

/** A bound UDP port, as the stack sees it. */
export class UdpEndpoint {
  readonly #waiting: ReceivedDatagram[] = [];
  #bytes = 0;

  constructor(
    readonly port: number,
    /** The only local address it receives for, if it is bound to one. */
    readonly address: IpAddress | undefined,
    private readonly events: {
      datagramArrived(): void;
      failed(error: NetworkError): void;
    },
  ) {}

  get count(): number {
    return this.#waiting.length;
  }

  /** @returns false if the queue is full */
  deliver(datagram: ReceivedDatagram): boolean {
    if (
      this.#waiting.length >= MAX_WAITING_DATAGRAMS ||
      this.#bytes + datagram.data.length > MAX_WAITING_BYTES
    ) {
      return false;
    }
    this.#waiting.push(datagram);
    this.#bytes += datagram.data.length;
    this.events.datagramArrived();
    return true;
  }

  fail(error: NetworkError): void {
    this.events.failed(error);
  }

  read(): ReceivedDatagram | undefined {
    const datagram = this.#waiting.shift();
    if (datagram !== undefined) this.#bytes -= datagram.data.length;
    return datagram;
  }
}
