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
} from "wirelet/host/index";
import { Connection, type ConnectionHost } from "./connection.js";
import { checkUnbound } from "./endpoint.js";
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
  readonly #port: number;
  readonly #waiting: Connection[] = [];
  #native: NativeListener | undefined;

  /**
   * On the Linux simulator a port that another program has ends the simulator: a native listener that can't bind is
   * freed while its timer goes on. See simulator/port-check.ts.
   *
   * @throws NetworkError EADDRINUSE, EINVAL, ENETDOWN before there is a network, ENOTSUP with an address or
   * `reuseAddress: false`
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
    try {
      this.#native = new host.native.Listener({ port, target: this, onReadable });
    } catch (error) {
      throw networkError(error, "EADDRINUSE", "listen", `port ${port}`);
    }
    this.#port = this.#native.port;
    host.ports.add(this.#port);
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
    if (this.#native === undefined) throw new NetworkError("EBADF", "accept");
    const connection = this.#waiting.shift();
    return connection && new this.#host.TCP(connection);
  }

  close(): void {
    const native = this.#native;
    if (native === undefined) return;
    this.#native = undefined;
    this.#host.ports.delete(this.#port);
    native.close();
    for (const connection of this.#waiting) connection.close();
    this.#waiting.length = 0;
  }

  /**
   * Takes all that wait: until lwIP's sockets are wrapped, a reset frees them unnoticed. And not one more: each native
   * `read` that finds nothing leaks a socket object.
   */
  onNativeReadable(waiting: number): void {
    let accepted = 0;
    for (let left = waiting; left > 0; left--) {
      const bare = this.#native?.read();
      if (bare !== undefined && this.#accept(bare)) accepted++;
    }
    if (accepted > 0) this.#callbacks.onReadable?.call(this, this.#waiting.length);
  }

  #accept(bare: NativeTcp): boolean {
    if (this.#waiting.length >= this.#backlog) {
      bare.close();
      return false;
    }
    try {
      this.#waiting.push(Connection.accept(this.#host, bare));
    } catch {
      // Its peer has left already; nobody has heard of it.
      return false;
    }
    return true;
  }
}

function onReadable(this: NativeListener, waiting: number): void {
  (this.target as XsListener).onNativeReadable(waiting);
}
