import type { IpAddress } from "../../../src/address/index.js";
import type { Listener } from "../../../src/host/index.js";
import {
  TcpState,
  markUrgent,
  setKeepAlive,
  setUserTimeout,
  type TcpConnection,
  type TcpTuning,
} from "../../../src/stack/index.js";
import { Errno, NotOffered, errnoOf, errorNumber } from "./errno.js";
import type { Kernel } from "./kernel.js";
import { getTcpOption, setTcpOption } from "./socket-options.js";
import {
  POLLERR,
  POLLHUP,
  POLLIN,
  POLLOUT,
  POLLPRI,
  POLLRDHUP,
  POLLRDNORM,
  POLLWRNORM,
  type OptionValue,
  type Socket,
} from "./socket.js";
import { TCP_STATES, tcpInfo } from "./tcp-info.js";

/** The default segment size (RFC 9293 §3.7.1): what TCP_MAXSEG says before there is a connection. */
const DEFAULT_SEGMENT_SIZE = 536;

/** RFC 9293 §3.8.4: by default not less than two hours, in seconds. */
const KEEP_ALIVE_INTERVAL = 7200;

/** What an option sets before there is a connection, and what an accepted socket has from its listener. */
interface SocketSettings {
  reuseAddress: number;
  noDelay: boolean;
  /** TCP_USER_TIMEOUT in ms; 0: the stack's. */
  userTimeout: number;
  /** Seconds between keep-alive probes, and whether any are sent. */
  keepAliveInterval: number;
  keepAlive: boolean;
  /** SO_LINGER with a time of 0. */
  resetOnClose: boolean;
  /** Bytes that SO_SNDBUF lets wait to be acknowledged; the stack's own buffer is a limit as well. */
  sendLimit: number;
}

/** The stack calls a connection's user back; this one looks by itself, whenever a system call asks. */
const ONLOOKER = { queued: false, runTask: () => undefined };

/** A TCP socket over the stack's connections and listeners. */
export class TcpSocket implements Socket {
  readonly protocol = "tcp";
  nonBlocking = false;
  readonly settings: SocketSettings = {
    reuseAddress: 0,
    noDelay: false,
    userTimeout: 0,
    keepAliveInterval: KEEP_ALIVE_INTERVAL,
    keepAlive: false,
    resetOnClose: false,
    sendLimit: Infinity,
  };
  readonly #kernel: Kernel;
  #binding: { readonly port: number; readonly address: IpAddress | undefined } | undefined;
  #listener: Listener | undefined;
  #connection: TcpConnection | undefined;
  /** `connect` has returned 0, or the connection was accepted. */
  #connectReported = false;
  #errorTaken = false;
  #readShutDown = false;

  constructor(kernel: Kernel, accepted?: { readonly connection: TcpConnection; readonly from: TcpSocket }) {
    this.#kernel = kernel;
    if (accepted === undefined) return;
    this.#connection = accepted.connection;
    this.#connectReported = true;
    this.#connection.adopt(ONLOOKER);
    Object.assign(this.settings, accepted.from.settings);
    this.setNoDelay(this.settings.noDelay);
    this.setUserTimeout(this.settings.userTimeout);
    this.setKeepAlive({});
  }

  get localPort(): number | undefined {
    return this.#connection?.localPort ?? this.#listener?.port ?? this.#binding?.port;
  }

  get remotePort(): number | undefined {
    return this.#connection?.remotePort;
  }

  get isListening(): boolean {
    return this.#listener !== undefined;
  }

  bind(port: number, address: IpAddress | undefined): void {
    if (this.#binding !== undefined) throw new Errno("EINVAL");
    this.#binding = { port, address };
  }

  listen(backlog: number): void {
    if (this.#connection !== undefined) throw new Errno("EINVAL");
    if (this.#listener !== undefined) return;
    const { port = 0, address } = this.#binding ?? {};
    this.#listener = this.#kernel.listen(port, address, Math.max(1, backlog));
  }

  accept(): TcpSocket | undefined {
    if (this.#listener === undefined) throw new Errno("EINVAL");
    const connection = this.#kernel.accept(this.#listener);
    return connection && new TcpSocket(this.#kernel, { connection, from: this });
  }

  connect(address: IpAddress, port: number): void {
    if (this.#listener !== undefined || this.#connectReported) throw new Errno("EISCONN");
    if (this.#isOpening) throw new Errno("EALREADY");
    // The outcome of the first attempt is still to be told; after a failure that was told a new one may begin.
    if (this.#connection !== undefined && (!this.#isClosed || this.#hasError)) return;
    this.#connection = this.#kernel.connect(address, port, ONLOOKER);
    this.#errorTaken = false;
    this.setNoDelay(this.settings.noDelay);
    this.setUserTimeout(this.settings.userTimeout);
    this.setKeepAlive({});
  }

  connected(): true | undefined {
    this.#throwError();
    if (this.#connection === undefined) throw new Errno("ENOTCONN");
    if (this.#isOpening) return undefined;
    if (this.#isClosed) throw new Errno("ECONNABORTED");
    return (this.#connectReported = true);
  }

  receive(count: number): Uint8Array | undefined {
    const connection = this.#connection;
    if (connection === undefined) throw new Errno("ENOTCONN");
    const length = Math.min(count, connection.readable);
    if (length > 0 || count === 0) {
      const bytes = new Uint8Array(length);
      connection.read(bytes);
      return bytes;
    }
    this.#throwError();
    if (connection.peerFinished || this.#readShutDown || this.#isClosed) return new Uint8Array(0);
    return undefined;
  }

  send(bytes: Uint8Array): number | undefined {
    this.#throwError();
    const connection = this.#connection;
    if (connection === undefined) throw new Errno("EPIPE");
    if (this.#isOpening) return undefined;
    if (!this.#canSend) throw new Errno("EPIPE");
    const length = Math.min(bytes.length, this.#room);
    if (length <= 0) return bytes.length === 0 ? 0 : undefined;
    connection.write(bytes.subarray(0, length));
    return length;
  }

  markUrgent(): void {
    if (this.#connection !== undefined) markUrgent(this.#connection);
  }

  shutdown(how: { readonly read: boolean; readonly write: boolean }): void {
    if (this.#listener !== undefined) throw new NotOffered("shutdown of a listening socket");
    if (this.#connection === undefined || this.#isClosed) throw new Errno("ENOTCONN");
    if (how.read) this.#readShutDown = true;
    if (how.write) this.#connection.shutdown();
  }

  close(): void {
    this.#listener?.close();
    if (this.#connection === undefined || this.#isClosed) return;
    if (this.settings.resetOnClose) this.#connection.abort();
    else this.#connection.close();
  }

  get pollEvents(): number {
    const connection = this.#connection;
    if (this.#listener !== undefined) {
      return this.#kernel.hasWaiting(this.#listener) ? POLLIN | POLLRDNORM : 0;
    }
    if (connection === undefined) return POLLOUT | POLLWRNORM | POLLHUP;
    let events = 0;
    const readEnded = connection.peerFinished || this.#readShutDown || this.#isClosed;
    const writeEnded = connection.finQueued || this.#isClosed;
    if (readEnded) events |= POLLIN | POLLRDNORM | POLLRDHUP;
    if (this.#isClosed || (readEnded && writeEnded)) events |= POLLHUP;
    if (connection.urgentBytes > 0) events |= POLLPRI;
    if (connection.readable > 0) events |= POLLIN | POLLRDNORM;
    if (writeEnded || this.#room > 0) events |= POLLOUT | POLLWRNORM;
    if (this.#hasError) events |= POLLERR;
    return events;
  }

  get inputBytes(): number {
    if (this.#listener !== undefined) throw new Errno("EINVAL");
    return this.#connection?.readable ?? 0;
  }

  get outputBytes(): number {
    if (this.#listener !== undefined) throw new Errno("EINVAL");
    return this.#connection?.sendRing?.length ?? 0;
  }

  getOption(level: string, name: string): OptionValue {
    return getTcpOption(this, level, name);
  }

  setOption(level: string, name: string, value: OptionValue): void {
    setTcpOption(this, level, name, value);
  }

  setNoDelay(noDelay: boolean): void {
    this.settings.noDelay = noDelay;
    if (this.#connection !== undefined) this.#connection.noDelay = noDelay;
  }

  setKeepAlive({
    enabled = this.settings.keepAlive,
    interval = this.settings.keepAliveInterval,
  }: {
    readonly enabled?: boolean;
    readonly interval?: number;
  }): void {
    this.settings.keepAlive = enabled;
    this.settings.keepAliveInterval = interval;
    if (this.#connection !== undefined) setKeepAlive(this.#connection, enabled ? interval * 1000 : Infinity);
  }

  setUserTimeout(timeout: number): void {
    this.settings.userTimeout = timeout;
    if (this.#connection !== undefined && timeout > 0) setUserTimeout(this.#connection, timeout);
  }

  get segmentSize(): number {
    return this.#connection?.mss ?? DEFAULT_SEGMENT_SIZE;
  }

  /** SO_ERROR: the error that waits, which is gone then; 0 if there is none. */
  takeErrorNumber(): number {
    try {
      this.#throwError();
      return 0;
    } catch (error) {
      return errorNumber(errnoOf(error)) ?? 0;
    }
  }

  get info(): ReadonlyMap<string, number> {
    if (this.#connection !== undefined) return tcpInfo(this.#connection);
    const state = this.#listener === undefined ? TCP_STATES.TCP_CLOSE : TCP_STATES.TCP_LISTEN;
    return new Map([["tcpi_state", state]]);
  }

  /** TCP's options of the whole stack: a script's connections share them. */
  get tuning(): TcpTuning {
    return this.#kernel.tuning;
  }

  tune(tuning: Partial<TcpTuning>): void {
    this.#kernel.tune(tuning);
  }

  /** @throws NotOffered once there is a connection, for what it was given when it opened */
  requireUnconnected(what: string): void {
    if (this.#connection !== undefined) throw new NotOffered(`${what} of a connection that is open`);
  }

  /** Bytes that can be written now. */
  get #room(): number {
    return Math.min(this.#connection?.writable ?? 0, this.settings.sendLimit - this.outputBytes);
  }

  get #isOpening(): boolean {
    const state = this.#connection?.state;
    return state === TcpState.SYN_SENT || state === TcpState.SYN_RECEIVED;
  }

  get #isClosed(): boolean {
    return this.#connection?.state === TcpState.CLOSED;
  }

  get #canSend(): boolean {
    const { state, finQueued } = this.#connection!;
    return !finQueued && (state === TcpState.ESTABLISHED || state === TcpState.CLOSE_WAIT);
  }

  get #hasError(): boolean {
    return this.#connection?.error !== undefined && !this.#errorTaken;
  }

  /** An error is reported to one call. */
  #throwError(): void {
    const error = this.#connection?.error;
    if (error === undefined || this.#errorTaken) return;
    this.#errorTaken = true;
    throw error;
  }
}
