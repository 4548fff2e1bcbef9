import { NetworkError } from "wirelet/error/index";
import { ReceiveQueue, type TimerHandle, type Timers } from "wirelet/host/index";
import { checkAddress } from "./endpoint.js";
import { networkError } from "./errors.js";
import type { NativeIo, NativeTcp } from "./native.js";

/**
 * Bytes that wait in JavaScript before more are left with the platform, which then slows the peer down. All that
 * comes is taken at once until then: on the Linux simulator a FIN that is met while the platform's buffer holds bytes is
 * never reported, and lwIP answers a `close` with bytes unread by a reset, in which the last answer may be lost.
 */
export const RECEIVE_LIMIT = 4096;

/** How long a connection may take to be made, in ms: where there is no route, lwIP never says a word. */
export const CONNECT_TIME_LIMIT = 30_000;

/** What connections need from their provider. */
export interface ConnectionHost {
  readonly native: NativeIo;
  readonly timers: Timers;
}

/** Who is told what happens to a connection. */
export interface ConnectionUser {
  dataArrived(bytes: number): void;
  roomFreed(bytes: number): void;
  /** Nothing more will come and nothing more can be sent; all that came was read. Without `error` it ended in order. */
  connectionOver(error: NetworkError | undefined): void;
}

/** One of Moddable's TCP sockets, with what it leaves out; it can change its user. */
export class Connection {
  readonly #timers: Timers;
  readonly #received = new ReceiveQueue();
  #native: NativeTcp | undefined;
  #user: ConnectionUser | undefined;
  #connected = false;
  #room = 0;
  /** The platform may hold bytes for which there was no room. */
  #heldBack = false;
  #over = false;
  #overReported = false;
  #failure: NetworkError | undefined;
  /** A report that is still to come, and what is in it besides the end. */
  #report: TimerHandle;
  #readableUnreported = false;
  #writableUnreported = false;
  #connectTimer: TimerHandle;
  /** Read once: after a reset, asking lwIP's socket crashes the device, and the Linux simulator says "0.0.0.0". */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;

  private constructor(timers: Timers, remoteAddress: string | undefined, remotePort: number | undefined) {
    this.#timers = timers;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }

  /**
   * Takes a socket as a native listener gives it. Its callbacks are installed once and for all: Moddable forgets an
   * end that came before a socket is wrapped, so that must not wait until the app gets round to it.
   *
   * @throws NetworkError ECONNRESET if the peer has left already
   */
  static accept({ native, timers }: ConnectionHost, bare: NativeTcp): Connection {
    const connection = new Connection(timers, bare.remoteAddress, bare.remotePort);
    connection.#connected = true;
    try {
      // No Nagle: it can't be switched later, and those who write here fill their writes.
      connection.#native = new native.TCP({ from: bare, nodelay: true, target: connection, ...CALLBACKS });
    } catch (error) {
      bare.close();
      throw networkError(error, "ECONNRESET", "accept");
    }
    return connection;
  }

  /** @throws NetworkError EAFNOSUPPORT, ENETDOWN, ENOBUFS */
  static connect(
    { native, timers }: ConnectionHost,
    address: string | undefined,
    port: number,
    nodelay: boolean,
  ): Connection {
    checkAddress(address, "connect");
    const connection = new Connection(timers, address, port);
    try {
      connection.#native = new native.TCP({ address, port, nodelay, target: connection, ...CALLBACKS });
    } catch (error) {
      throw networkError(error, "ENETUNREACH", "connect", connection.#subject);
    }
    connection.#connectTimer = timers.set(() => connection.#fail("ETIMEDOUT", "connect"), CONNECT_TIME_LIMIT);
    return connection;
  }

  /** Bytes that can be read. */
  get readable(): number {
    return this.#received.available;
  }

  /** Bytes that can be written. */
  get writable(): number {
    return this.#over ? 0 : this.#room;
  }

  /** Gives the connection to another user, who is told later what has happened so far; undefined: to nobody. */
  set user(user: ConnectionUser | undefined) {
    this.#user = user;
    if (user === undefined) return;
    this.#readableUnreported = true;
    this.#writableUnreported = true;
    this.#reportLater();
  }

  /** Fills `target` as far as there are bytes. @returns how many */
  read(target: Uint8Array): number {
    const length = this.#received.read(target);
    if (this.#heldBack && this.readable < RECEIVE_LIMIT) {
      this.#take();
      this.#readableUnreported = true;
      this.#reportLater();
    } else if (this.#over) {
      this.#reportLater();
    }
    return length;
  }

  /** @throws NetworkError EWOULDBLOCK if not all of it fits now, EPIPE or what the failure was if it never will */
  write(bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#over) throw new NetworkError("EPIPE", "write", this.#subject);
    if (bytes.length === 0) return;
    if (bytes.length > this.#room) {
      const detail = `${bytes.length} bytes, and room for ${this.#room}`;
      throw new NetworkError("EWOULDBLOCK", "write", this.#subject, detail);
    }
    let room: number | undefined;
    try {
      room = this.#native?.write(bytes);
    } catch (error) {
      throw networkError(error, "EPIPE", "write", this.#subject);
    }
    // The platforms report a failed write to nobody.
    if (room === undefined) throw this.#fail("ECONNRESET", "write");
    this.#room = room;
  }

  /** Ends the connection; what was written is still sent. */
  close(): void {
    const native = this.#native;
    this.#native = undefined;
    this.#user = undefined;
    this.#timers.clear(this.#report);
    this.#timers.clear(this.#connectTimer);
    if (native === undefined) return;
    if (this.#heldBack) native.read();
    native.close();
  }

  onNativeReadable(): void {
    if (this.#native === undefined) return;
    if (this.readable >= RECEIVE_LIMIT) {
      this.#heldBack = true;
      return;
    }
    this.#take();
    if (this.#user === undefined || this.readable === 0) return;
    this.#readableUnreported = false;
    this.#user.dataArrived(this.readable);
  }

  onNativeWritable(room: number): void {
    if (this.#native === undefined) return;
    this.#connected = true;
    this.#room = room;
    this.#timers.clear(this.#connectTimer);
    this.#connectTimer = undefined;
    if (this.#user === undefined) return;
    this.#writableUnreported = false;
    this.#user.roomFreed(room);
  }

  /** A FIN, a reset and a refused connection are all the same to Moddable; only the last can be told apart. */
  onNativeError(): void {
    if (this.#native === undefined) return;
    this.#take();
    if (this.#connected) this.#over = true;
    else this.#fail("ECONNABORTED", "connect", "failed; the platform does not say why");
    this.#reportNow();
  }

  #take(): void {
    this.#heldBack = false;
    const piece = this.#native?.read();
    if (piece !== undefined) this.#received.push(new Uint8Array(piece));
  }

  #fail(code: "ECONNRESET" | "ETIMEDOUT" | "ECONNABORTED", operation: string, detail?: string): NetworkError {
    this.#over = true;
    this.#failure = new NetworkError(code, operation, this.#subject, detail);
    this.#reportLater();
    return this.#failure;
  }

  #reportLater(): void {
    this.#report ??= this.#timers.set(() => this.#reportNow(), 0);
  }

  #reportNow(): void {
    this.#timers.clear(this.#report);
    this.#report = undefined;
    const user = this.#user;
    if (user === undefined) return;
    const tellWritable = this.#writableUnreported && this.writable > 0;
    const tellReadable = this.#readableUnreported && this.readable > 0;
    this.#writableUnreported = false;
    this.#readableUnreported = false;
    // Each of these may close the connection or give it to somebody else.
    if (tellWritable) user.roomFreed(this.writable);
    if (tellReadable && this.#user === user) user.dataArrived(this.readable);
    if (this.#user !== user || !this.#over || this.readable > 0 || this.#overReported) return;
    this.#overReported = true;
    user.connectionOver(this.#failure);
  }

  get #subject(): string {
    return `${this.remoteAddress ?? "*"}:${this.remotePort ?? "*"}`;
  }
}

/** The same functions for all sockets, so that the collector can't take them away in a callback that closes one. */
const CALLBACKS = Object.freeze({
  onReadable(this: NativeTcp): void {
    (this.target as Connection).onNativeReadable();
  },
  onWritable(this: NativeTcp, room: number): void {
    (this.target as Connection).onNativeWritable(room);
  },
  onError(this: NativeTcp): void {
    (this.target as Connection).onNativeError();
  },
});
