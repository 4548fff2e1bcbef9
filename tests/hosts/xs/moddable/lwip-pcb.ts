import { NetworkError } from "../../../../src/error/index.js";
import type { Tcp, TcpOptions } from "../../../../src/host/index.js";
import type { TcpConnection } from "../../../../src/stack/index.js";
import type { Machine } from "./machine.js";

/** How often lwIP offers again what a program would not take, in ms (TCP_TMR_INTERVAL). */
const REFUSED_DATA_INTERVAL = 250;

/** What lwIP calls back: tcp_recv, tcp_sent, tcp_connected and tcp_err. */
export interface PcbOwner {
  received(): void;
  sent(): void;
  connected(): void;
  finished(): void;
  failed(): void;
}

/** lwIP's protocol control block of a connection. */
export class Pcb {
  /** Nobody while a listener keeps it, and after a FIN: what happens then is lost. */
  owner: PcbOwner | undefined;
  /** It was reset, and its memory is somebody else's now. */
  freed = false;
  /** Bytes that have been given to the owner and not read yet. */
  unread = 0;
  readonly #machine: Machine;
  /** Undefined where there is no route: lwIP refuses in its own task, whose answer nobody waits for. */
  readonly #socket: Tcp | undefined;
  #isConnecting: boolean;
  #arrived = 0;
  #room = 0;

  /** @throws RangeError if there are as many as there can be */
  constructor(machine: Machine, options: TcpOptions) {
    this.#machine = machine;
    this.#isConnecting = options.from === undefined;
    try {
      this.#socket = this.#make(options);
    } catch (error) {
      if (error instanceof NetworkError && error.code === "ENOBUFS")
        throw new RangeError("no socket", { cause: error });
    }
  }

  #make(options: TcpOptions): Tcp {
    return new this.#machine.stack.io.TCP({
      ...options,
      onReadable: (bytes) => {
        this.#arrived = bytes;
        this.#offer();
      },
      onWritable: (room) => {
        this.#room = room;
        if (this.#isConnecting) this.owner?.connected();
        else this.owner?.sent();
        this.#isConnecting = false;
      },
      onEnd: () => this.owner?.finished(),
      onError: (error) => {
        // lwIP goes on asking for the neighbor for as long as it repeats its SYN, and where there is no route it says nothing.
        if (this.#isConnecting && /EHOSTUNREACH|ENETUNREACH/.test(String(error))) return;
        this.freed = true;
        this.owner?.failed();
      },
    });
  }

  /** A program takes the connection over from a listener, which let lwIP keep the data. */
  adopt(owner: PcbOwner): void {
    this.owner = owner;
    if (this.#arrived > 0) this.#machine.timers.set(() => this.#offer(), REFUSED_DATA_INTERVAL);
  }

  get remoteAddress(): string {
    return this.#socket?.remoteAddress ?? "0.0.0.0";
  }

  get remotePort(): number {
    return this.#socket?.remotePort ?? 0;
  }

  /** The peer's FIN has come, read or not. */
  get isFinished(): boolean {
    return this.#connection?.peerFinished ?? false;
  }

  /** tcp_sndbuf */
  get room(): number {
    return this.#connection?.writable ?? this.#room;
  }

  read(target: Uint8Array): void {
    this.#socket?.read(target);
    this.#arrived -= target.length;
    this.unread -= target.length;
  }

  write(bytes: Uint8Array): void {
    this.#room = this.#socket?.write(bytes) ?? 0;
  }

  /** A reset if something is unread, as in lwIP; a FIN otherwise. */
  close(): void {
    this.owner = undefined;
    this.#socket?.close();
  }

  /** tcp_recv, with what is new and what was refused before. */
  #offer(): void {
    if (this.owner === undefined || this.#arrived === this.unread) return;
    this.unread = this.#arrived;
    this.owner.received();
  }

  get #connection(): TcpConnection | undefined {
    const { localPort, remotePort } = this.#socket ?? {};
    return this.#machine.stack.tcp.connections.find(
      (each) => each.localPort === localPort && each.remotePort === remotePort,
    );
  }
}
