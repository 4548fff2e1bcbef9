import { Ipv4Address, SocketAddress, tryParseIpAddress } from "../address/index.js";
import { NetworkError } from "../error/index.js";
import type { Listener, ListenerOptions, Tcp, Timers } from "../host/index.js";
import { specifiedText } from "./address.js";
import type { SocketProvider } from "./provider.js";
import { cancellation, isLimited, Waiter, WaitQueue, type Limits } from "./wait.js";

/** Ms between two looks at whether the port can be had, where the provider does not know at once. */
const READY_INTERVAL = 1;

/** A listener, and the calls that wait for its connections. They stay with the provider until one asks. */
export class Listening<Accepted> {
  readonly #listener: Listener;
  readonly #timers: Timers;
  readonly #bound: SocketAddress | undefined;
  /** Makes a socket of a connection; undefined if it is gone again. */
  readonly #wrap: (from: Tcp) => Accepted | undefined;
  readonly #ready = new WaitQueue<Waiter<void>>();
  readonly #acceptors = new WaitQueue<Waiter<Accepted>>();
  #failure: NetworkError | undefined;

  /** @throws NetworkError what the provider's constructor throws */
  constructor(
    { io, timers }: SocketProvider,
    bound: SocketAddress | undefined,
    options: ListenerOptions,
    wrap: (from: Tcp) => Accepted | undefined,
  ) {
    this.#timers = timers;
    this.#bound = bound;
    this.#wrap = wrap;
    this.#listener = new io.Listener({
      ...options,
      address: specifiedText(bound),
      port: bound?.port,
      onReadable: () => this.onReadable(),
      onError: (error) => this.onError(error),
    });
  }

  get localAddress(): SocketAddress | undefined {
    const { address = "", port } = this.#listener;
    if (port === 0) return this.#bound;
    const host = tryParseIpAddress(address) ?? this.#bound?.address ?? Ipv4Address.unspecified;
    return new SocketAddress(host, port);
  }

  /** Waits until it is certain that the port can be had. */
  ready(): Promise<void> {
    const waiter = new Waiter<void>(this.#ready);
    this.#ready.add(waiter);
    this.look();
    return waiter.promise;
  }

  accept(limits: Limits): Promise<Accepted> {
    const { signal } = limits;
    if (signal?.aborted === true) return Promise.reject(cancellation(signal, "accept on", this.subject));
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const accepted = this.#acceptors.first === undefined ? this.take() : undefined;
    if (accepted !== undefined) return Promise.resolve(accepted);
    const waiter = new Waiter<Accepted>(this.#acceptors);
    if (isLimited(limits)) waiter.limit(limits, "accept on", this.subject);
    this.#acceptors.add(waiter);
    return waiter.promise;
  }

  /** Connections that nobody has accepted are reset. Calls that wait are rejected with EBADF. */
  close(): void {
    const subject = this.subject;
    this.#listener.close();
    this.#ready.rejectAll(new NetworkError("EBADF", "listen on", subject));
    this.#acceptors.rejectAll(new NetworkError("EBADF", "accept on", subject));
  }

  private get subject(): string {
    return `port ${this.#listener.port}`;
  }

  private look(): void {
    if (this.#ready.first === undefined) return;
    if (this.#listener.port === 0) this.#timers.set(() => this.look(), READY_INTERVAL);
    else this.#ready.shift()?.resolve();
  }

  private onReadable(): void {
    while (this.#acceptors.first !== undefined) {
      const accepted = this.take();
      if (accepted === undefined) return;
      this.#acceptors.shift()?.resolve(accepted);
    }
  }

  private onError(cause: Error | undefined): void {
    const failure =
      cause instanceof NetworkError
        ? cause
        : new NetworkError("ECONNABORTED", "listen on", this.subject, cause?.message);
    this.#failure = failure;
    this.#ready.rejectAll(failure);
    this.#acceptors.rejectAll(failure);
  }

  /** The next connection that is still there. */
  private take(): Accepted | undefined {
    for (let from = this.#listener.read(); from !== undefined; from = this.#listener.read()) {
      const accepted = this.#wrap(from);
      if (accepted !== undefined) return accepted;
    }
    return undefined;
  }
}
