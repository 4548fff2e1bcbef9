import { ReceiveQueue } from "../../../src/host/index.js";
import type { Socket } from "node:net";
import { NetworkError } from "../../../src/error/index.js";
import { formatEndpoint } from "./endpoint.js";
import { SendBuffers } from "./send-buffers.js";
import { TurnEnd } from "./turn-end.js";
import type { Endpoints, StreamSocket } from "./stream-socket.js";

/** Bytes that wait to be read before Node is told to read no more from the kernel; a read by Node brings 64 KiB. */
export const RECEIVE_LIMIT = 64 * 1024;

/**
 * Bytes that are written and not taken by the kernel yet: several of the usual writes of 64 KiB for each turn of the event loop.
 * Measured: a page of 1 MiB goes out faster in two pieces than in four, and slower in one with a rest.
 */
export const SEND_LIMIT = 512 * 1024;

/** How long a closed connection may take to get rid of what was written, without any progress, in ms. */
export const CLOSE_TIME_LIMIT = 30_000;

/** Bytes of a write that the kernel nearly always takes at once: answers and heads. */
const SHORT_WRITE = 8 * 1024;

const NOTHING = new Uint8Array(0);

const sendBuffers = new SendBuffers();

/**
 * Those of which the kernel has taken something. Their users are told in a turn of the event loop of its own: Node reports what
 * the kernel took at once before it looks for anything else, and a user who writes whenever it may would keep it from that.
 */
const flushed = new TurnEnd<NodeConnection>((connection) => connection.onTurnEnd());

/** Who is told what happens to a connection. */
export interface ConnectionUser {
  dataArrived(bytes: number): void;
  roomFreed(bytes: number): void;
  /** All was read, and no more will come. */
  peerEnded(): void;
  connectionFailed(error: NetworkError): void;
}

/** A socket of Node's with bounded buffers on both sides; it can change its user. */
export class NodeConnection {
  readonly #kind: StreamSocket;
  readonly #socket: Socket;
  readonly #received = new ReceiveQueue();
  /** True while `flushed` has it, to tell its user of the room. */
  #isFlushed = false;
  /** Bytes that take room: those that the kernel does not have yet, and those that it took at once in this turn. */
  #unsent = 0;
  /** Of those, the latter: who went on to write until there is no room would keep the event loop from turning. */
  #sentAtOnce = 0;
  #user: ConnectionUser | undefined;
  #connected: boolean;
  #closed = false;
  #ended = false;
  #endReported = false;
  #failure: NetworkError | undefined;
  #endpoints: Endpoints;

  constructor(kind: StreamSocket) {
    const { socket } = kind;
    this.#kind = kind;
    this.#socket = socket;
    this.#connected = kind.ready;
    this.#endpoints = kind.endpoints;
    if (!this.#connected) socket.on(kind.readyEvent, () => this.#onConnect());
    socket.on("data", (piece: Buffer) => this.#onData(piece));
    socket.on("end", () => this.#onEnd());
    socket.on("error", (error) => this.#onFailure(error));
  }

  get endpoints(): Endpoints {
    return this.#endpoints;
  }

  /** Bytes that can be read. */
  get readable(): number {
    return this.#received.available;
  }

  /** Bytes that can be written. */
  get writable(): number {
    return this.#connected ? SEND_LIMIT - this.#unsent : 0;
  }

  /** Gives the connection to another user, who is told later what has happened so far; undefined: to nobody. */
  set user(user: ConnectionUser | undefined) {
    this.#user = user;
    if (user !== undefined) queueMicrotask(() => this.#tellAll(user));
  }

  setNoDelay(noDelay: boolean): void {
    this.#socket.setNoDelay(noDelay);
  }

  setKeepAlive(interval: number): void {
    this.#socket.setKeepAlive(true, interval);
  }

  /** Fills `target` as far as there are bytes. @returns how many */
  read(target: Uint8Array): number {
    const length = this.#received.read(target);
    if (this.#socket.isPaused() && this.readable < RECEIVE_LIMIT / 2) this.#socket.resume();
    if (this.#ended && this.readable === 0) queueMicrotask(() => this.#reportEnd());
    return length;
  }

  /**
   * @param more others follow in this turn: Node holds them together until it is over
   * @param stable `bytes` will not change any more: they need no copy
   * @throws NetworkError EWOULDBLOCK if not all of it fits, EPIPE or the failure if it can never be sent
   */
  write(bytes: Uint8Array, more: boolean, stable: boolean): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#connected && !this.#socket.writable) throw new NetworkError("EPIPE", "write to", this.#subject);
    if (bytes.length > this.writable) throw new NetworkError("EWOULDBLOCK", "write to", this.#subject);
    if (more) {
      this.#socket.cork();
      queueMicrotask(() => this.#socket.uncork());
    }
    const { length } = bytes;
    this.#unsent += length;
    if (stable && !more && length <= SHORT_WRITE && this.#kind.writesAtOnce && this.#writeAtOnce(bytes))
      return;
    const copy = stable ? undefined : sendBuffers.copy(bytes);
    this.#socket.write(copy ?? bytes, () => {
      if (copy !== undefined) sendBuffers.release(copy);
      this.#onSent(length);
    });
  }

  /** Sends what was written, then a FIN. @throws NetworkError ENOTCONN while it is not connected yet */
  shutdown(): void {
    if (!this.#connected && this.#failure === undefined)
      throw new NetworkError("ENOTCONN", "shut down", this.#subject);
    this.#socket.end();
  }

  /** Sends what was written, then ends the connection; with a reset if not all was read (RFC 2525 §2.17), as Linux does. */
  close(): void {
    this.#user = undefined;
    if (this.#closed) return;
    this.#closed = true;
    const socket = this.#socket;
    if (!this.#connected) {
      socket.destroy();
      return;
    }
    const isEnding = socket.writableEnded && !socket.writableFinished;
    if (this.readable > 0 && !isEnding) {
      this.#kind.reset();
      return;
    }
    this.#kind.limitClose(CLOSE_TIME_LIMIT);
    if (this.readable > 0) {
      // Node leaks a socket that is reset while its end is on its way out.
      socket.once("finish", () => this.#kind.reset());
    } else {
      socket.destroySoon();
      socket.resume();
    }
  }

  /** The turn of the event loop in which something was sent is over. */
  onTurnEnd(): void {
    this.#isFlushed = false;
    this.#unsent -= this.#sentAtOnce;
    this.#sentAtOnce = 0;
    this.#reportWritable();
  }

  /** Writes without Node's own machinery for those who wait, which costs as much as the rest. @returns false if others wait */
  #writeAtOnce(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (socket.writableLength > 0) return false;
    socket.write(bytes);
    if (socket.writableLength === 0) this.#sentAtOnce += bytes.length;
    else socket.write(NOTHING, () => this.#onSent(bytes.length));
    this.#tellOfRoom();
    return true;
  }

  /** The kernel has bytes that waited for it. */
  #onSent(length: number): void {
    this.#unsent -= length;
    this.#tellOfRoom();
  }

  #tellOfRoom(): void {
    if (!this.#isFlushed) flushed.add(this);
    this.#isFlushed = true;
  }

  #onConnect(): void {
    this.#connected = true;
    this.#endpoints = this.#kind.endpoints;
    this.#reportWritable();
  }

  #onData(piece: Buffer): void {
    if (this.#closed) return;
    this.#received.push(piece);
    if (this.readable >= RECEIVE_LIMIT) this.#socket.pause();
    this.#user?.dataArrived(this.readable);
  }

  #onEnd(): void {
    // In a handshake it is a failure, which follows.
    if (!this.#connected) return;
    this.#ended = true;
    this.#reportEnd();
  }

  #onFailure(error: Error): void {
    this.#failure = this.#kind.explain(error, this.#connected ? "TCP connection" : "connect", this.#subject);
    this.#user?.connectionFailed(this.#failure);
  }

  #reportWritable(): void {
    const { writable } = this;
    if (this.#failure === undefined && this.#socket.writable && writable > 0) this.#user?.roomFreed(writable);
  }

  #reportEnd(): void {
    if (!this.#ended || this.#endReported || this.readable > 0 || this.#user === undefined) return;
    this.#endReported = true;
    this.#user.peerEnded();
  }

  #tellAll(user: ConnectionUser): void {
    if (this.#user === user && this.#failure !== undefined) {
      user.connectionFailed(this.#failure);
      return;
    }
    // Each of these may close the connection or give it to somebody else.
    if (this.#user === user) this.#reportWritable();
    if (this.#user === user && this.readable > 0) user.dataArrived(this.readable);
    if (this.#user === user) this.#reportEnd();
  }

  get #subject(): string {
    return formatEndpoint(this.#endpoints.remoteAddress, this.#endpoints.remotePort);
  }
}
