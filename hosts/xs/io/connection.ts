import { NetworkError } from "wirelet/error/index";
import { ReceiveQueue, type TimerHandle, type Timers } from "wirelet/host/index";
import { checkAddress } from "./endpoint.js";
import { networkError } from "./errors.js";
import type { NativeIo, NativeTcp, Platform } from "./native.js";
import { Pieces } from "./pieces.js";

/**
 * Bytes that wait in JavaScript before more are left with the platform, which then slows the peer down. All that
 * comes is taken at once until then: lwIP answers a `close` with bytes unread by a reset, in which the last answer may be lost.
 */
export const RECEIVE_LIMIT = 4096;

/** How long the simulator may take to call a socket back that it looks at every 20 ms, in ms. */
export const SIGN_OF_LIFE_LIMIT = 200;

/** How long a connection may take to be made, in ms: where there is no route, lwIP never says a word. */
export const CONNECT_TIME_LIMIT = 30_000;

/** What the Linux simulator gives as the remote address of a connection that was reset. */
const NOWHERE = "0.0.0.0";

const UNSAID = "refused, or there is no way there: the platform does not say which";

/** What connections need from their provider. */
export interface ConnectionHost {
  readonly native: NativeIo;
  readonly timers: Timers;
  readonly platform: Platform;
}

/** "over": nothing more will come, and nothing can be sent; "reported": its user knows. */
type Phase = "connecting" | "connected" | "over" | "reported";

/** Who is told what happens to a connection. */
export interface ConnectionUser {
  dataArrived(bytes: number): void;
  roomFreed(bytes: number): void;
  /** Nothing more will come and nothing more can be sent; all that came was read. Without `error` it ended in order. */
  connectionOver(error: NetworkError | undefined): void;
}

/** One of Moddable's TCP sockets, with what it leaves out; it can change its user. */
export class Connection {
  readonly #host: ConnectionHost;
  readonly #received = new ReceiveQueue();
  #native: NativeTcp | undefined;
  #user: ConnectionUser | undefined;
  #phase: Phase = "connecting";
  #room = 0;
  /** The platform may hold bytes for which there was no room. */
  #heldBack = false;
  #failure: NetworkError | undefined;
  /** A report that is still to come, and what is in it besides the end. */
  #report: TimerHandle;
  #readableUnreported = false;
  #writableUnreported = false;
  /** What ends it if the platform stays silent. */
  #silenceTimer: TimerHandle;
  /** Undefined while nothing is on its way, and where it does not matter in how many pieces bytes are written. */
  #pieces: Pieces | undefined;
  /** Read once: after a reset, asking lwIP's socket crashes the device, and the Linux simulator says "0.0.0.0". */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;

  private constructor(
    host: ConnectionHost,
    remoteAddress: string | undefined,
    remotePort: number | undefined,
  ) {
    this.#host = host;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }

  /**
   * Takes a socket as a native listener gives it. Its callbacks are installed once and for all: Moddable forgets an
   * end that came before a socket is wrapped, so that must not wait until the app gets round to it.
   *
   * @throws NetworkError ECONNRESET if the peer has left already
   */
  static accept(host: ConnectionHost, bare: NativeTcp): Connection {
    const connection = new Connection(host, bare.remoteAddress, bare.remotePort);
    connection.#phase = "connected";
    try {
      // No Nagle: it can't be switched later, and those who write here fill their writes.
      connection.#native = new host.native.TCP({
        from: bare,
        nodelay: true,
        target: connection,
        ...CALLBACKS,
      });
    } catch (error) {
      bare.close();
      throw networkError(error, "ECONNRESET", "accept");
    }
    return connection;
  }

  /** @throws NetworkError EINVAL, EAFNOSUPPORT, ENOBUFS */
  static connect(
    host: ConnectionHost,
    address: string | undefined,
    port: number,
    nodelay: boolean,
  ): Connection {
    const { native, timers } = host;
    checkAddress(address, "connect");
    const connection = new Connection(host, address, port);
    try {
      connection.#native = new native.TCP({ address, port, nodelay, target: connection, ...CALLBACKS });
    } catch (error) {
      const reason = networkError(error, "ENETUNREACH", "connect", connection.subject);
      // ESP32 before Wi-Fi is up: a failure of the network, which is not known to those who make a socket.
      if (reason.code !== "ENETDOWN") throw reason;
      connection.fail(reason);
      return connection;
    }
    connection.#silenceTimer = timers.set(() => {
      connection.#native?.close();
      connection.#native = undefined;
      connection.fail(new NetworkError("ETIMEDOUT", "connect", connection.subject));
    }, CONNECT_TIME_LIMIT);
    return connection;
  }

  /** Bytes that can be read. */
  get readable(): number {
    return this.#received.available;
  }

  /** Bytes that can be written. */
  get writable(): number {
    return this.isOver || this.#pieces?.areMany === true ? 0 : this.#room;
  }

  /** Gives the connection to another user, who is told later what has happened so far; undefined: to nobody. */
  set user(user: ConnectionUser | undefined) {
    this.#user = user;
    if (user === undefined) return;
    this.#readableUnreported = true;
    this.#writableUnreported = true;
    this.reportLater();
  }

  /** Fills `target` as far as there are bytes. @returns how many */
  read(target: Uint8Array): number {
    const length = this.#received.read(target);
    if (this.isOver || this.mayResume) this.reportLater();
    return length;
  }

  /** Takes what the platform has given at a time. */
  readPiece(): Uint8Array | undefined {
    const piece = this.#received.shift();
    if (this.isOver || this.mayResume) this.reportLater();
    return piece;
  }

  /** @throws NetworkError EWOULDBLOCK if not all of it fits now, EPIPE or what the failure was if it never will */
  write(bytes: Uint8Array): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.isOver) throw new NetworkError("EPIPE", "write", this.subject);
    if (bytes.length === 0) return;
    if (bytes.length > this.writable) {
      const detail = `${bytes.length} bytes, and room for ${this.writable}`;
      throw new NetworkError("EWOULDBLOCK", "write", this.subject, detail);
    }
    let room: number | undefined;
    try {
      room = this.#native?.write(bytes);
    } catch (error) {
      throw networkError(error, "EPIPE", "write", this.subject);
    }
    // The platforms report a failed write to nobody.
    if (room === undefined) throw this.fail(new NetworkError("ECONNRESET", "write", this.subject));
    if (this.#host.platform === "esp32") {
      this.#pieces ??= new Pieces(this.#room);
      this.#pieces.add(bytes.length);
    }
    this.#room = room;
  }

  /** Ends the connection; what was written is still sent. */
  close(): void {
    const native = this.#native;
    this.#native = undefined;
    this.#user = undefined;
    this.#host.timers.clear(this.#report);
    this.heard();
    if (native === undefined) return;
    if (this.#heldBack) native.read();
    native.close();
  }

  onNativeReadable(): void {
    if (this.#native === undefined) return;
    this.heard();
    if (this.readable >= RECEIVE_LIMIT) {
      this.#heldBack = true;
      return;
    }
    this.take();
    if (this.#user === undefined || this.readable === 0) return;
    this.#readableUnreported = false;
    this.#user.dataArrived(this.readable);
  }

  onNativeWritable(room: number): void {
    if (this.#native === undefined) return;
    if (this.#phase === "connecting") this.#phase = "connected";
    this.#room = room;
    this.#pieces?.acknowledge(room);
    if (this.#pieces?.isEmpty === true) this.#pieces = undefined;
    this.heard();
    if (this.#user === undefined || this.writable === 0) return;
    this.#writableUnreported = false;
    this.#user.roomFreed(this.writable);
  }

  /** A FIN, a reset and a refused connection are all the same to Moddable. */
  onNativeError(): void {
    if (this.#native === undefined) return;
    this.heard();
    this.take();
    const isReset = !this.leave();
    if (this.#phase === "connecting")
      this.fail(new NetworkError("ECONNREFUSED", "connect", this.subject, UNSAID));
    else if (isReset) this.fail(new NetworkError("ECONNRESET", "connection to", this.subject));
    else this.#phase = "over";
    this.reportNow();
  }

  /**
   * Closes the platform's socket, to which nothing can be written any more: it takes one of eight on ESP32, where a reset that
   * follows a FIN would leave it with memory that lwIP has freed. What was written is still sent.
   *
   * @returns whether there was a connection to close: a FIN leaves one, a reset does not
   */
  private leave(): boolean {
    const { TCP } = this.#host.native;
    const from = this.#native!;
    this.#native = undefined;
    try {
      // To move a connection is the one thing that all platforms allow now, and lwIP refuses it after a reset; to look for the
      // remote address, which is how the Linux simulator tells, would be the end of an ESP32 that has none.
      const rest = new TCP({ from });
      const { remoteAddress } = rest;
      rest.close();
      return remoteAddress !== NOWHERE;
    } catch {
      from.close();
      return false;
    }
  }

  /** The platform has been heard of. */
  private heard(): void {
    this.#host.timers.clear(this.#silenceTimer);
    this.#silenceTimer = undefined;
  }

  private get isOver(): boolean {
    return this.#phase === "over" || this.#phase === "reported";
  }

  private get mayResume(): boolean {
    return this.#heldBack && this.readable < RECEIVE_LIMIT;
  }

  /** Takes what was left with the platform. Not to be called from its callbacks: those of a socket that is moved go on. */
  private resume(): void {
    this.take();
    this.#readableUnreported = true;
    if (this.#host.platform !== "desktop" || this.#native === undefined) return;
    // The simulator forgets an end that it met while its buffer held bytes, and looks at the socket no more. One that is moved, and
    // has room, calls onWritable at the next look if it is alive.
    this.#native = new this.#host.native.TCP({ from: this.#native, target: this, ...CALLBACKS });
    if (this.#room === 0) return;
    this.#silenceTimer ??= this.#host.timers.set(() => this.onNativeError(), SIGN_OF_LIFE_LIMIT);
  }

  private take(): void {
    this.#heldBack = false;
    const piece = this.#native?.read();
    if (piece !== undefined) this.#received.push(new Uint8Array(piece));
  }

  private fail(reason: NetworkError): NetworkError {
    if (this.#phase !== "reported") this.#phase = "over";
    this.#failure = reason;
    this.reportLater();
    return reason;
  }

  private reportLater(): void {
    this.#report ??= this.#host.timers.set(() => this.reportNow(), 0);
  }

  private reportNow(): void {
    this.#host.timers.clear(this.#report);
    this.#report = undefined;
    if (this.mayResume) this.resume();
    const user = this.#user;
    if (user === undefined) return;
    const tellWritable = this.#writableUnreported && this.writable > 0;
    const tellReadable = this.#readableUnreported && this.readable > 0;
    this.#writableUnreported = false;
    this.#readableUnreported = false;
    // Each of these may close the connection or give it to somebody else.
    if (tellWritable) user.roomFreed(this.writable);
    if (tellReadable && this.#user === user) user.dataArrived(this.readable);
    if (this.#user !== user || this.#phase !== "over" || this.readable > 0) return;
    this.#phase = "reported";
    user.connectionOver(this.#failure);
  }

  private get subject(): string {
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
