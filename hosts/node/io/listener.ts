import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { NetworkError } from "../../../src/error/index.js";
import {
  callbacksOf,
  checkFormat,
  checkOption,
  checkPort,
  type Callbacks,
  type Listener,
  type ListenerOptions,
} from "../../../src/host/index.js";
import { NodeConnection } from "./connection.js";
import { checkAddress, formatEndpoint } from "./endpoint.js";
import { networkError } from "./errors.js";
import { PlainSocket } from "./stream-socket.js";
import { NodeTcp } from "./tcp.js";

/** Connections that may wait to be read; Node's own default for the kernel's queue. */
export const DEFAULT_BACKLOG = 511;

/** ECMA-419's Listener over node:net. */
export class NodeListener implements Listener {
  target: unknown;
  readonly #callbacks: Callbacks<ListenerOptions, "onReadable" | "onError">;
  readonly #backlog: number;
  readonly #address: string | undefined;
  readonly #server: Server;
  readonly #waiting: NodeConnection[] = [];
  #closed = false;

  /**
   * Whether the port can be had comes to light in the event loop: through `onError`.
   *
   * @throws NetworkError EINVAL for a bad option
   */
  constructor(options: ListenerOptions) {
    const port = checkPort(options.port ?? 0, 0, "listen");
    const host = options.address === undefined ? undefined : checkAddress(options.address, "listen");
    this.format = options.format ?? "socket/tcp";
    this.target = options.target;
    this.#address = host === "0.0.0.0" || host === "::" ? undefined : host;
    this.#callbacks = callbacksOf(options, "onReadable", "onError");
    this.#backlog = checkOption("backlog", options.backlog ?? DEFAULT_BACKLOG, 1);
    if (options.reuseAddress === false)
      throw new NetworkError("ENOTSUP", "listen", formatEndpoint(host, port), "Node always reuses addresses");
    this.#server = createServer({ allowHalfOpen: true });
    this.#server.on("connection", (socket) => this.#onConnection(socket));
    this.#server.on("error", (error) => this.#onFailure(error, formatEndpoint(host, port)));
    // Without a host Node binds before `listen` returns, and has only the event left for later. It does not with one.
    this.#server.listen({ port, host, backlog: this.#backlog, exclusive: true });
  }

  get format(): "socket/tcp" {
    return "socket/tcp";
  }

  set format(format: "socket/tcp") {
    checkFormat(format, "socket/tcp");
  }

  /**
   * The port; 0 while it is not certain: an address was given and the event loop has not come to it yet, or the port
   * was not to be had.
   */
  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? 0;
  }

  get address(): string | undefined {
    return this.#address;
  }

  read(): NodeTcp | undefined {
    if (this.#closed) throw new NetworkError("EBADF", "accept");
    const connection = this.#waiting.shift();
    return connection === undefined ? undefined : new NodeTcp(connection);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#server.close();
    for (const connection of this.#waiting) connection.close();
    this.#waiting.length = 0;
  }

  #onConnection(socket: Socket): void {
    if (this.#closed || this.#waiting.length >= this.#backlog) {
      socket.destroy();
      return;
    }
    this.#waiting.push(new NodeConnection(new PlainSocket(socket)));
    this.#callbacks.onReadable?.call(this, this.#waiting.length);
  }

  #onFailure(error: NodeJS.ErrnoException, subject: string): void {
    if (!this.#closed) this.#callbacks.onError?.call(this, networkError(error, "listen", subject));
  }
}
