import type { Tcp, TcpOptions } from "../../../src/host/index.js";
import type { Machine } from "./machine.js";

/** A non-blocking TCP socket of Linux, of which a program has to ask what has happened. */
export class Descriptor {
  /** Undefined if it could not even try. */
  readonly #socket: Tcp | undefined;
  #available = 0;
  #room = 0;
  #hasEnded = false;
  #hasFailed = false;

  constructor(machine: Machine, options: TcpOptions) {
    try {
      this.#socket = new machine.stack.io.TCP({
        ...options,
        onReadable: (bytes) => void (this.#available = bytes),
        onWritable: (room) => void (this.#room = room),
        onEnd: () => void (this.#hasEnded = true),
        onError: () => void (this.#hasFailed = true),
      });
    } catch {
      // connect's result is not looked at: the first read fails.
      this.#hasFailed = true;
    }
  }

  /** getpeername fails after a reset, and the class does not notice. */
  get remoteAddress(): string {
    return (this.#hasFailed ? undefined : this.#socket?.remoteAddress) ?? "0.0.0.0";
  }

  get remotePort(): number {
    return (this.#hasFailed ? undefined : this.#socket?.remotePort) ?? 0;
  }

  /** Something to read, an end, or an error: `select` does not say which. */
  get isReadable(): boolean {
    return this.#available > 0 || this.#hasEnded || this.#hasFailed;
  }

  isWritable(room: number): boolean {
    return this.#room >= room || this.#hasFailed;
  }

  /** @returns undefined at the end and after an error */
  read(limit: number): Uint8Array | undefined {
    if (this.#available === 0) return undefined;
    const target = new Uint8Array(Math.min(limit, this.#available));
    this.#socket?.read(target);
    this.#available -= target.length;
    return target;
  }

  /** @returns whether the system took it */
  write(bytes: Uint8Array): boolean {
    if (this.#hasFailed || this.#socket === undefined) return false;
    this.#room = this.#socket.write(bytes);
    return true;
  }

  close(): void {
    this.#socket?.close();
  }
}
