import type { IpAddress } from "../../../src/address/index.js";
import { Errno } from "../kernel/errno.js";
import type { Kernel } from "../kernel/kernel.js";
import type { Socket } from "../kernel/socket.js";

/** The lowest descriptor that a new socket gets: 0 to 2 are standard input, output and error. */
const FIRST_DESCRIPTOR = 3;

/** A socket that the script holds, with the places in its streams of the bytes that come next. */
export interface OpenSocket {
  readonly socket: Socket;
  sent: number;
  received: number;
}

export interface Endpoint {
  readonly address: IpAddress;
  readonly port: number;
}

/** Hears what sockets do: it decides whose packets a script's lines are about. */
export interface SocketObserver {
  opened(socket: Socket): void;
  connecting(socket: Socket, remote: Endpoint): void;
  accepted(socket: Socket): void;
}

/** What `...` stands for where an address is due. */
export interface DefaultAddresses {
  readonly bindPort: number;
  readonly remote: Endpoint;
}

/** The process that makes a script's system calls: its descriptors. */
export class ScriptProcess {
  readonly #sockets = new Map<number, OpenSocket>();

  constructor(
    readonly kernel: Kernel,
    readonly observer: SocketObserver,
    readonly addresses: DefaultAddresses,
    /** Virtual ms. */
    readonly now: () => number,
  ) {}

  /** @throws Errno EBADF */
  get(descriptor: number): OpenSocket {
    const open = this.#sockets.get(descriptor);
    if (open === undefined) throw new Errno("EBADF");
    return open;
  }

  /**
   * Gives a socket a descriptor: the one that the script names, if it is free.
   * @param wanted what the script says the call returns
   */
  install(socket: Socket, wanted: number): number {
    let descriptor = wanted;
    if (descriptor < 0 || this.#sockets.has(descriptor)) {
      descriptor = FIRST_DESCRIPTOR;
      while (this.#sockets.has(descriptor)) descriptor++;
    }
    this.#sockets.set(descriptor, { socket, sent: 0, received: 0 });
    return descriptor;
  }

  /** @throws Errno EBADF */
  close(descriptor: number): void {
    const { socket } = this.get(descriptor);
    this.#sockets.delete(descriptor);
    socket.close();
  }
}
