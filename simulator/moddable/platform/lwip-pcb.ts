import { NetworkError } from "../../../src/error/index.js";
import type { Tcp, TcpOptions } from "../../../src/host/index.js";
import type { TcpConnection } from "../../../src/stack/index.js";
import type { Machine } from "./machine.js";

/** How often lwIP offers again what a program would not take, in ms (TCP_TMR_INTERVAL). */
const REFUSED_DATA_INTERVAL = 250;

/** lwIP's TCP_SND_BUF of plain `esp32`. */
export const SEND_BUFFER = 8192;

/** lwIP's TCP_MSS. */
export const MSS = 1436;

/** Pieces of data that wait to be acknowledged at most (TCP_SND_QUEUELEN): four for each segment that fits the buffer. */
export const MAX_PIECES = Math.ceil((4 * SEND_BUFFER) / MSS);

/** What was written and is not acknowledged: lwIP keeps a piece of memory for each segment, however short. */
interface Piece {
  length: number;
  isSent: boolean;
}

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
  /** A FIN without data came while nobody listened to it: lwIP tells it once. */
  #isEndLost = false;
  #room = 0;
  readonly #pieces: Piece[] = [];

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
      onEnd: () => {
        if (this.owner === undefined) this.#isEndLost = true;
        else this.owner.finished();
      },
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

  /** The owner knows of the peer's FIN, be all before it read or not. One behind refused data is refused as well. */
  get isFinished(): boolean {
    if (this.#isEndLost || this.#arrived > this.unread) return false;
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

  /** tcp_write. @returns false (ERR_MEM) if there are too many pieces already, though there is room for more bytes */
  write(bytes: Uint8Array): boolean {
    this.#dropAcknowledged();
    if (this.#pieces.length >= MAX_PIECES) return false;
    let left = bytes.length;
    while (left > 0) {
      const last = this.#pieces.at(-1);
      const space = last === undefined || last.isSent ? 0 : MSS - last.length;
      const length = Math.min(left, space > 0 ? space : MSS);
      if (last !== undefined && space > 0) last.length += length;
      else this.#pieces.push({ length, isSent: false });
      left -= length;
    }
    this.#room = this.#socket?.write(bytes) ?? 0;
    return true;
  }

  /** tcp_output: from now on what is written is another segment. */
  output(): void {
    for (const piece of this.#pieces) piece.isSent = true;
  }

  /** A reset if something is unread, as in lwIP; a FIN otherwise. */
  close(): void {
    this.owner = undefined;
    this.#socket?.close();
  }

  #dropAcknowledged(): void {
    let written = this.#pieces.reduce((sum, { length }) => sum + length, 0);
    for (let first = this.#pieces[0]; first !== undefined; first = this.#pieces[0]) {
      written -= first.length;
      // The stack has sent everything at once.
      if (written < SEND_BUFFER - this.room) return;
      this.#pieces.shift();
    }
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
