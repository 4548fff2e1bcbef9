import type { IpAddress } from "../../../src/address/index.js";
import type { Datagram, Udp } from "../../../src/host/index.js";
import { Errno, NotOffered, errnoOf, errorNumber } from "./errno.js";
import type { Kernel } from "./kernel.js";
import { absentOption } from "./socket-options.js";
import { POLLERR, POLLIN, POLLOUT, POLLRDNORM, POLLWRNORM, type OptionValue, type Socket } from "./socket.js";

interface Peer {
  readonly address: IpAddress;
  readonly port: number;
}

/** A UDP socket over the stack's. */
export class UdpSocket implements Socket {
  readonly protocol = "udp";
  nonBlocking = false;
  readonly #kernel: Kernel;
  #udp: Udp | undefined;
  #peer: Peer | undefined;
  #waiting: Datagram | undefined;
  #error: Error | undefined;
  #reuseAddress = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  get localPort(): number | undefined {
    return this.#udp?.port;
  }

  get remotePort(): number | undefined {
    return this.#peer?.port;
  }

  bind(port: number, address: IpAddress | undefined): void {
    if (this.#udp !== undefined) throw new Errno("EINVAL");
    this.#open(port, address);
  }

  listen(): never {
    throw new Errno("EOPNOTSUPP");
  }

  accept(): never {
    throw new Errno("EOPNOTSUPP");
  }

  connect(address: IpAddress, port: number): void {
    this.#peer = { address, port };
    this.#open(0, undefined);
  }

  connected(): true {
    return true;
  }

  receive(count: number): Uint8Array | undefined {
    this.#throwError();
    const datagram = this.#next();
    this.#waiting = undefined;
    return datagram && new Uint8Array(datagram, 0, Math.min(count, datagram.byteLength));
  }

  send(bytes: Uint8Array, to = this.#peer): number {
    this.#throwError();
    if (to === undefined) throw new Errno("EDESTADDRREQ");
    this.#open(0, undefined).write(bytes, to.address.toString(), to.port);
    return bytes.length;
  }

  markUrgent(): never {
    throw new Errno("EOPNOTSUPP");
  }

  shutdown(): never {
    throw new NotOffered("shutdown of a UDP socket");
  }

  close(): void {
    this.#udp?.close();
  }

  get pollEvents(): number {
    const readable = this.#next() === undefined ? 0 : POLLIN | POLLRDNORM;
    return POLLOUT | POLLWRNORM | readable | (this.#error === undefined ? 0 : POLLERR);
  }

  get inputBytes(): number {
    return this.#next()?.byteLength ?? 0;
  }

  get outputBytes(): number {
    return 0;
  }

  getOption(level: string, name: string): OptionValue {
    if (level === "SOL_SOCKET" && name === "SO_REUSEADDR") return this.#reuseAddress;
    if (level === "SOL_SOCKET" && name === "SO_ERROR") return this.#takeErrorNumber();
    throw absentOption(level, name);
  }

  setOption(level: string, name: string, value: OptionValue): void {
    if (level !== "SOL_SOCKET" || name !== "SO_REUSEADDR") throw absentOption(level, name);
    this.#reuseAddress = Number(value);
  }

  get info(): never {
    throw new NotOffered("tcp_info of a UDP socket");
  }

  #open(port: number, address: IpAddress | undefined): Udp {
    return (this.#udp ??= this.#kernel.openUdp(port, address, (error) => (this.#error = error)));
  }

  /** The datagram that is read next; a connected socket takes none but its peer's. */
  #next(): Datagram | undefined {
    while (this.#waiting === undefined) {
      const datagram = this.#udp?.read();
      if (datagram === undefined) return undefined;
      const { address, port } = datagram;
      const peer = this.#peer;
      if (peer === undefined || (peer.port === port && peer.address.toString() === address)) {
        this.#waiting = datagram;
      }
    }
    return this.#waiting;
  }

  #throwError(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
  }

  #takeErrorNumber(): number {
    try {
      this.#throwError();
      return 0;
    } catch (error) {
      return errorNumber(errnoOf(error)) ?? 0;
    }
  }
}
