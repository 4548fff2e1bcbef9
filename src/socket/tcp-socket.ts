import { SocketAddress } from "../address/index.js";
import { NetworkError } from "../error/index.js";
import type { ByteBuffer, Tcp, TcpOptions } from "../host/index.js";
import { parseAddress, type AddressLike } from "./address.js";
import { Connecting } from "./connecting.js";
import { iterate } from "./iterate.js";
import { Listening } from "./listening.js";
import type { SocketProvider } from "./provider.js";
import { TcpStream } from "./stream.js";
import { cancellation, timeoutError, usualLimits, type Limits, type WaitOptions } from "./wait.js";

/** Bytes that one step of `for await` over a socket gives at most. */
export const ITERATION_SIZE = 64 * 1024;

/** What a listening socket passes on to those it accepts, and how it listens. */
export interface TcpSocketOptions extends Pick<
  TcpOptions,
  "noDelay" | "keepAlive" | "userTimeout" | "timeToLive" | "dscp"
> {
  /** False refuses to listen on a port on which old connections linger; absent: true. See `ListenerOptions`. */
  readonly reuseAddress?: boolean;
}

/** A connection that was accepted, and the address it comes from. */
export interface AcceptedConnection {
  readonly socket: TcpSocket;
  readonly address: SocketAddress;
}

/** What a socket and all that it accepts have in common: one object, since each of them costs memory. */
interface Settings {
  readonly provider: SocketProvider;
  readonly options: TcpSocketOptions;
  readonly limits: Limits;
}

const CLOSED = "closed";

/** What a socket is: nothing yet, bound, about to connect, connected, listening, or closed. */
type Role =
  undefined | SocketAddress | Connecting | TcpStream | Listening<AcceptedConnection> | typeof CLOSED;

/**
 * A TCP socket with the classic calls, each of which returns a promise. They mean the same on every provider.
 *
 * A call that fails rejects with a NetworkError that names the operation and the address. On a closed socket that is
 * EBADF, on one that is not connected ENOTCONN. `close` rejects calls that still wait with EBADF. Calls of one kind that
 * wait at the same time are served in the order in which they were made.
 *
 * @example
 * const socket = new TcpSocket(provider);
 * await socket.connect("192.168.1.1:7");
 * await socket.sendAll(encodeUtf8("hello"));
 * const answer = decodeUtf8(await socket.recv(100), "lossy");
 * await socket.close();
 */
export class TcpSocket implements AsyncIterable<Uint8Array> {
  private settings: Settings;
  private role: Role;

  constructor(provider: SocketProvider, options: TcpSocketOptions = {}) {
    this.settings = { provider, options, limits: usualLimits(provider.timers, Infinity) };
  }

  /** Where it is bound, or what this end of its connection is, where the provider knows; undefined before that. */
  get localAddress(): SocketAddress | undefined {
    const role = this.role;
    if (role instanceof SocketAddress) return role;
    return role === undefined || role === CLOSED ? undefined : role.localAddress;
  }

  /** The peer of its connection, also after that has failed; undefined without one. */
  get remoteAddress(): SocketAddress | undefined {
    return this.stream?.remoteAddress;
  }

  /**
   * Sets the time limit in ms of all calls that wait and name none; Infinity: none. Sockets that are accepted begin with that
   * of the socket that listens.
   *
   * @throws NetworkError EINVAL
   */
  setTimeout(timeout: number): void {
    this.settings = { ...this.settings, limits: usualLimits(this.settings.provider.timers, timeout) };
  }

  /**
   * Says where to listen, or where a connection is to start; port 0: any that is free. The address is taken by `listen` or
   * `connect`, and it is them who report that it is not to be had.
   *
   * @throws NetworkError EINVAL for a bad address, a name, or a socket that is bound or in use
   */
  async bind(address: AddressLike): Promise<void> {
    this.checkOpen("bind");
    const target = parseAddress(address);
    if (!(target instanceof SocketAddress))
      throw new NetworkError("EINVAL", "bind to", target.name, "a name is no address of this host");
    if (this.role !== undefined)
      throw new NetworkError("EINVAL", "bind to", target.toString(), "the socket has an address already");
    this.role = target;
  }

  /**
   * Lets connections come in, on the bound address, or on a free port of any.
   *
   * @param backlog how many may wait to be accepted; absent: the provider's default
   * @throws NetworkError EADDRINUSE, EADDRNOTAVAIL, EACCES for a privileged port, EINVAL if the socket is in use
   */
  async listen(backlog?: number): Promise<void> {
    this.checkOpen("listen");
    const bound = this.role;
    if (bound !== undefined && !(bound instanceof SocketAddress))
      throw new NetworkError("EINVAL", "listen", undefined, "the socket is in use");
    if (backlog !== undefined && !(Number.isInteger(backlog) && backlog > 0))
      throw new NetworkError("EINVAL", "listen", undefined, `a backlog of ${backlog} connections`);
    const { provider, options } = this.settings;
    const { reuseAddress } = options;
    const listening = new Listening(provider, bound, { backlog, reuseAddress }, (from) => this.adopt(from));
    this.role = listening;
    try {
      await listening.ready();
    } catch (error) {
      if (this.role === listening) this.role = bound;
      throw error;
    }
  }

  /** Waits for the next connection. @throws NetworkError EINVAL if the socket does not listen */
  accept(wait?: WaitOptions): Promise<AcceptedConnection> {
    const role = this.role;
    const limits = this.limitsFor(wait);
    if (role instanceof Listening && limits !== undefined) return role.accept(limits);
    return this.refuse("accept", wait, "EINVAL", "the socket does not listen");
  }

  /**
   * `for await` over the connections that come in, until this socket is closed. Leaving the loop does not close it.
   *
   * @param wait for each of them
   */
  connections(wait?: WaitOptions): AsyncIterableIterator<TcpSocket> {
    return iterate(async () => {
      try {
        return (await this.accept(wait)).socket;
      } catch (error) {
        if (this.role === CLOSED) return undefined;
        throw error;
      }
    });
  }

  /**
   * Connects, from the bound address if there is one. A name that has several addresses is tried at each in turn. After a
   * failure, also by a time limit or a signal, nothing is left of the attempt, and another can be made.
   *
   * @throws NetworkError ECONNREFUSED, ETIMEDOUT, ENETUNREACH, EHOSTUNREACH, ECONNRESET; EISCONN, EALREADY; EADDRINUSE,
   * EADDRNOTAVAIL for the bound address; EINVAL for a bad address; ENOTSUP for a name without a resolver
   */
  async connect(address: AddressLike, wait?: WaitOptions): Promise<void> {
    this.checkOpen("connect");
    const target = parseAddress(address);
    const subject = target instanceof SocketAddress ? target.toString() : `${target.name}:${target.port}`;
    if (target.port === 0) throw new NetworkError("EINVAL", "connect to", subject, "0 is no port");
    const bound = this.role;
    if (bound instanceof Connecting) throw new NetworkError("EALREADY", "connect to", subject);
    if (bound !== undefined && !(bound instanceof SocketAddress))
      throw new NetworkError("EISCONN", "connect to", subject);
    const limits = this.limitsFor(wait);
    if (limits === undefined) return this.refuse("connect", wait);
    if (limits.signal?.aborted === true) throw cancellation(limits.signal, "connect to", subject);
    const { provider, options } = this.settings;
    const connecting = new Connecting(provider, connectionOptions(options), bound, target, (stream) => {
      this.role = stream;
    });
    this.role = connecting;
    try {
      await connecting.start(limits);
    } finally {
      if (this.role === connecting) this.role = bound;
    }
  }

  /**
   * Sends as many of the bytes as there is room for, and waits while there is none. They may be changed afterwards.
   *
   * @returns how many were taken; at least one, unless none were given
   * @throws NetworkError what has ended the connection, once; EPIPE after that, and after `shutdown("write")`
   */
  send(data: ByteBuffer, wait?: WaitOptions): Promise<number> {
    const stream = this.stream;
    const limits = this.limitsFor(wait);
    if (stream !== undefined && limits !== undefined) return stream.send(data, limits);
    return this.refuse("send", wait);
  }

  /**
   * Sends all of the bytes, waiting for room as often as it takes; they must not be changed until then. If it fails,
   * or is given up, it may have sent a part.
   *
   * @throws NetworkError as `send`
   */
  sendAll(data: ByteBuffer, wait?: WaitOptions): Promise<void> {
    const stream = this.stream;
    const limits = this.limitsFor(wait);
    if (stream !== undefined && limits !== undefined) return stream.sendAll(data, limits);
    return this.refuse("send", wait);
  }

  /**
   * Waits until something is there. What is not asked for stays with the provider, which lets the peer send no more than
   * it has room for. Giving up loses no data.
   *
   * @param max how many bytes at most, 1 or more; fewer may come
   * @returns the bytes: none exactly when the peer has closed in order, or after `shutdown("read")`, and all was received
   * @throws NetworkError ECONNRESET, ETIMEDOUT when the connection has failed, and what came before it was received
   */
  recv(max: number, wait?: WaitOptions): Promise<Uint8Array> {
    const stream = this.stream;
    const limits = this.limitsFor(wait);
    if (stream !== undefined && limits !== undefined) return stream.recv(max, limits);
    return this.refuse("receive", wait);
  }

  /** As `recv`, into a buffer of the caller's. @returns how many bytes; 0 where `recv` would give none */
  recvInto(buffer: ByteBuffer, wait?: WaitOptions): Promise<number> {
    const stream = this.stream;
    const limits = this.limitsFor(wait);
    if (stream !== undefined && limits !== undefined) return stream.recvInto(buffer, limits);
    return this.refuse("receive", wait);
  }

  /**
   * Ends one direction or both. "write": the peer gets the end after all that was sent; calls that wait to send are
   * rejected with EPIPE. "read": what has come can still be received, and after it `recv` gives no bytes at once.
   *
   * @throws NetworkError ENOTCONN without a connection, ENOTSUP where the provider cannot end one direction alone
   */
  async shutdown(how: "read" | "write" | "both"): Promise<void> {
    const stream = this.stream;
    if (stream === undefined) return this.refuse("shut down", undefined);
    stream.shutdown(how);
  }

  /**
   * Sends what was given to `send`, then ends the connection, in order if all that came was received; else the peer gets a
   * reset, so that it does not believe that it was heard. A listening socket gives its port back, and resets those whom nobody
   * has accepted. Calls that wait are rejected with EBADF. Waits for nothing; more than once is harmless.
   */
  close(): Promise<void> {
    const role = this.role;
    this.role = CLOSED;
    if (role !== undefined && role !== CLOSED && !(role instanceof SocketAddress)) role.close();
    return Promise.resolve();
  }

  /** `for await` over the bytes, until the peer closes in order. Leaving the loop does not close the socket. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    return iterate(async () => {
      const bytes = await this.recv(ITERATION_SIZE);
      return bytes.length === 0 ? undefined : bytes;
    });
  }

  private get stream(): TcpStream | undefined {
    return this.role instanceof TcpStream ? this.role : undefined;
  }

  /** A socket for a connection that a listener has given; undefined if that is gone again. */
  private adopt(from: Tcp): AcceptedConnection | undefined {
    const { provider, options } = this.settings;
    const socket = new TcpSocket(provider);
    socket.settings = this.settings;
    try {
      const stream = new TcpStream(provider.io.TCP, { ...connectionOptions(options), from });
      socket.role = stream;
      const address = stream.remoteAddress;
      if (address !== undefined) return { socket, address };
      stream.close();
      return undefined;
    } catch {
      return undefined;
    }
  }

  /** @returns undefined if the time limit is none */
  private limitsFor(wait: WaitOptions | undefined): Limits | undefined {
    const { limits } = this.settings;
    if (wait === undefined) return limits;
    const { timers, timeout: usual } = limits;
    const { signal, timeout = usual } = wait;
    return timeout >= 0 ? { timers, timeout, signal } : undefined;
  }

  private checkOpen(operation: string): void {
    if (this.role === CLOSED) throw new NetworkError("EBADF", operation);
  }

  /** For a call that the socket, or its own options, do not allow. */
  private async refuse(
    operation: string,
    wait: WaitOptions | undefined,
    code: "EINVAL" | "ENOTCONN" = "ENOTCONN",
    detail?: string,
  ): Promise<never> {
    this.checkOpen(operation);
    throw timeoutError(wait?.timeout) ?? new NetworkError(code, operation, undefined, detail);
  }
}

/** Those that a connection is made with. */
function connectionOptions(options: TcpSocketOptions): TcpOptions {
  const { noDelay, keepAlive, userTimeout, timeToLive, dscp } = options;
  return { noDelay, keepAlive, userTimeout, timeToLive, dscp };
}
