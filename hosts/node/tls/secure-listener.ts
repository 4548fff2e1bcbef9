import { NetworkError } from "../../../src/error/index.js";
import {
  callbacksOf,
  checkFormat,
  checkOption,
  type Callbacks,
  type Listener,
  type ListenerOptions,
  type Tcp,
} from "../../../src/host/index.js";
import { NodeConnection } from "../io/connection.js";
import { DEFAULT_BACKLOG } from "../io/listener.js";
import { Arrival, type ArrivalHost } from "./arrival.js";

export interface SecureListenerHost extends ArrivalHost {
  /** What accepted connections become. */
  readonly TCP: new (connection: NodeConnection) => Tcp;
  readonly maxHandshakes: number;
  readonly onHandshakeFailure: ((error: NetworkError) => void) | undefined;
}

/** ECMA-419's Listener for connections whose TLS handshake is done. */
export class SecureListener implements Listener {
  target: unknown;
  readonly #host: SecureListenerHost;
  readonly #callbacks: Callbacks<ListenerOptions, "onReadable" | "onError">;
  readonly #backlog: number;
  readonly #listener: Listener;
  readonly #arriving = new Set<Arrival>();
  readonly #waiting: NodeConnection[] = [];
  #isClosed = false;

  /** @throws NetworkError as the provider's own */
  constructor(host: SecureListenerHost, options: ListenerOptions) {
    this.format = options.format ?? "socket/tcp";
    this.target = options.target;
    this.#host = host;
    this.#callbacks = callbacksOf(options, "onReadable", "onError");
    this.#backlog = checkOption("backlog", options.backlog ?? DEFAULT_BACKLOG, 1);
    this.#listener = new host.io.Listener({
      ...options,
      target: undefined,
      onReadable: () => this.#admit(),
      onError: (error) => {
        if (!this.#isClosed) this.#callbacks.onError?.call(this, error);
      },
    });
  }

  get format(): "socket/tcp" {
    return "socket/tcp";
  }

  set format(format: "socket/tcp") {
    checkFormat(format, "socket/tcp");
  }

  get port(): number {
    return this.#listener.port;
  }

  get address(): string | undefined {
    return this.#listener.address;
  }

  read(): Tcp | undefined {
    if (this.#isClosed) throw new NetworkError("EBADF", "accept");
    const connection = this.#waiting.shift();
    if (connection === undefined) return undefined;
    this.#admit();
    return new this.#host.TCP(connection);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listener.close();
    for (const arrival of this.#arriving) arrival.abandon();
    for (const connection of this.#waiting) connection.close();
    this.#arriving.clear();
    this.#waiting.length = 0;
  }

  /** Takes connections as far as there is room; the others wait in the provider's listener. */
  #admit(): void {
    while (!this.#isClosed && this.#hasRoom) {
      const tcp = this.#listener.read();
      if (tcp === undefined) return;
      try {
        const arrival: Arrival = new Arrival(this.#host, tcp, (outcome) => this.#onArrived(arrival, outcome));
        this.#arriving.add(arrival);
      } catch (error) {
        this.#host.onHandshakeFailure?.(error as NetworkError);
      }
    }
  }

  get #hasRoom(): boolean {
    const { size } = this.#arriving;
    return size < this.#host.maxHandshakes && size + this.#waiting.length < this.#backlog;
  }

  #onArrived(arrival: Arrival, outcome: NodeConnection | NetworkError): void {
    this.#arriving.delete(arrival);
    if (outcome instanceof NodeConnection) {
      this.#waiting.push(outcome);
      this.#callbacks.onReadable?.call(this, this.#waiting.length);
    } else {
      this.#host.onHandshakeFailure?.(outcome);
    }
    this.#admit();
  }
}
