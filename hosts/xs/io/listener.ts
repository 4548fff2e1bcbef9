import { NetworkError } from "wirelet/error/index";
import {
  callbacksOf,
  checkFormat,
  checkOption,
  checkPort,
  type Callbacks,
  type Listener,
  type ListenerOptions,
  type Tcp,
  type TimerHandle,
} from "wirelet/host/index";
import { Connection, type ConnectionHost, type ConnectionUser } from "./connection.js";
import { checkUnbound, NETWORK_RETRY_DELAY } from "./endpoint.js";
import { networkError } from "./errors.js";
import type { NativeListener, NativeTcp } from "./native.js";

/** Connections that may wait to be read; lwIP on ESP32 has eight in all, so there it is never reached. */
export const DEFAULT_BACKLOG = 32;

/** What listeners need from their provider. */
export interface ListenerHost extends ConnectionHost {
  /** What accepted connections become. */
  readonly TCP: new (connection: Connection) => Tcp;
  /** Ports that are listened on. */
  readonly ports: Set<number>;
}

/** ECMA-419's Listener over Moddable's. */
export class XsListener implements Listener {
  target: unknown;
  readonly #host: ListenerHost;
  readonly #callbacks: Callbacks<ListenerOptions, "onReadable" | "onError">;
  readonly #backlog: number;
  /** Those to which nothing can be written yet. */
  readonly #arriving = new Set<Connection>();
  /** Those that came when as many waited as may. On lwIP they can't be left with the platform: see `onNativeReadable`. */
  readonly #parked: Connection[] = [];
  readonly #waiting: Connection[] = [];
  readonly #wanted: number;
  #port = 0;
  #native: NativeListener | undefined;
  #isClosed = false;
  /** Before there is a network, when to try again; later, when to tell of those that were parked. */
  #timer: TimerHandle;

  /**
   * On the Linux simulator a port that another program has ends the simulator: a native listener that can't bind is
   * freed while its timer goes on. See simulator/port-check.ts.
   *
   * Before there is a network ESP32 has no listeners: it is tried again until there is one, and `port` is 0 meanwhile.
   *
   * @throws NetworkError EADDRINUSE, EINVAL, ENOTSUP with an address or `reuseAddress: false`
   */
  constructor(host: ListenerHost, options: ListenerOptions) {
    checkUnbound(options.address, "listen");
    const port = checkPort(options.port ?? 0, 0, "listen");
    if (options.reuseAddress === false)
      throw new NetworkError("ENOTSUP", "listen", `port ${port}`, "the platform always reuses addresses");
    // Refused here: the attempt alone would crash the simulator.
    if (host.ports.has(port)) throw new NetworkError("EADDRINUSE", "listen", `port ${port}`);
    this.format = options.format ?? "socket/tcp";
    this.#host = host;
    this.#callbacks = callbacksOf(options, "onReadable", "onError");
    this.#backlog = checkOption("backlog", options.backlog ?? DEFAULT_BACKLOG, 1);
    this.target = options.target;
    this.#wanted = port;
    const error = this.bind();
    if (error !== undefined) throw error;
    if (port !== 0) host.ports.add(port);
  }

  get format(): "socket/tcp" {
    return "socket/tcp";
  }

  set format(format: "socket/tcp") {
    checkFormat(format, "socket/tcp");
  }

  get port(): number {
    return this.#port;
  }

  read(): Tcp | undefined {
    if (this.#isClosed) throw new NetworkError("EBADF", "accept");
    const connection = this.#waiting.shift();
    if (this.#parked.length > 0) this.#timer ??= this.#host.timers.set(() => this.unpark(), 0);
    return connection && new this.#host.TCP(connection);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#host.timers.clear(this.#timer);
    this.#host.ports.delete(this.#port === 0 ? this.#wanted : this.#port);
    this.#native?.close();
    this.#native = undefined;
    for (const connection of [...this.#arriving, ...this.#parked, ...this.#waiting]) connection.close();
    this.#arriving.clear();
    this.#parked.length = 0;
    this.#waiting.length = 0;
  }

  /**
   * Takes all that wait: until lwIP's sockets are wrapped, a reset frees them unnoticed. And not one more: each native
   * `read` that finds nothing leaks a socket object.
   */
  onNativeReadable(waiting: number): void {
    for (let left = waiting; left > 0; left--) {
      const bare = this.#native?.read();
      if (bare !== undefined) this.accept(bare);
    }
  }

  private accept(bare: NativeTcp): void {
    const limit = Math.max(this.#backlog, DEFAULT_BACKLOG);
    if (this.#arriving.size + this.#parked.length + this.#waiting.length >= limit) {
      bare.close();
      return;
    }
    try {
      const connection = Connection.accept(this.#host, bare);
      this.#arriving.add(connection);
      connection.user = new Arrival((error) => this.arrived(connection, error));
    } catch {
      // Its peer has left already; nobody has heard of it.
    }
  }

  private arrived(connection: Connection, error: NetworkError | undefined): void {
    if (!this.#arriving.delete(connection)) return;
    connection.user = undefined;
    if (error !== undefined) {
      connection.close();
      return;
    }
    if (this.#waiting.length >= this.#backlog) {
      this.#parked.push(connection);
      return;
    }
    this.#waiting.push(connection);
    this.#callbacks.onReadable?.call(this, this.#waiting.length);
  }

  /** Tells of connections for which there was no place in the backlog. */
  private unpark(): void {
    this.#timer = undefined;
    const places = this.#backlog - this.#waiting.length;
    const connections = this.#parked.splice(0, places);
    if (connections.length === 0) return;
    this.#waiting.push(...connections);
    this.#callbacks.onReadable?.call(this, this.#waiting.length);
  }

  /** @returns why it can't be had */
  private bind(): NetworkError | undefined {
    const { native, ports, timers } = this.#host;
    try {
      this.#native = new native.Listener({ port: this.#wanted, target: this, onReadable });
    } catch (error) {
      const reason = networkError(error, "EADDRINUSE", "listen", `port ${this.#wanted}`);
      if (reason.code !== "ENETDOWN") return reason;
      this.#timer = timers.set(() => {
        this.#timer = undefined;
        const failure = this.bind();
        if (failure !== undefined) this.#callbacks.onError?.call(this, failure);
      }, NETWORK_RETRY_DELAY);
      return undefined;
    }
    this.#port = this.#native.port;
    ports.add(this.#port);
    return undefined;
  }
}

/**
 * The user of a connection that nobody was told of. On the Linux simulator nothing can be written to it until it has been looked
 * at once, and with all other providers an accepted connection takes bytes at once.
 */
class Arrival implements ConnectionUser {
  readonly #done: (error?: NetworkError) => void;

  constructor(done: (error?: NetworkError) => void) {
    this.#done = done;
  }

  dataArrived(): void {
    this.#done();
  }

  roomFreed(): void {
    this.#done();
  }

  connectionOver(error: NetworkError | undefined): void {
    this.#done(error);
  }
}

function onReadable(this: NativeListener, waiting: number): void {
  (this.target as XsListener).onNativeReadable(waiting);
}
