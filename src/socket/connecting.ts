import { SocketAddress } from "../address/index.js";
import { NetworkError } from "../error/index.js";
import type { TcpOptions } from "../host/index.js";
import { resolveTarget, specifiedText, type NamedTarget } from "./address.js";
import type { SocketProvider } from "./provider.js";
import { TcpStream, type Opening } from "./stream.js";
import { isLimited, Waiter, type Limits, type WaiterOwner } from "./wait.js";

/** A call of `connect`: it tries one address after the other, until one answers or the call is given up. */
export class Connecting implements Opening, WaiterOwner {
  /** Where the connection is to start. */
  readonly localAddress: SocketAddress | undefined;
  readonly #provider: SocketProvider;
  readonly #options: TcpOptions;
  readonly #target: SocketAddress | NamedTarget;
  readonly #waiter = new Waiter<TcpStream>(this);
  #isOver = false;
  /** Those that are still to be tried. */
  #addresses: readonly SocketAddress[] = [];
  #stream: TcpStream | undefined;
  /** Of the first address that was tried. */
  #error: unknown;
  readonly #onOpened: (stream: TcpStream) => void;

  /** @param onOpened is told before the promise is settled, in the callback in which the connection is there */
  constructor(
    provider: SocketProvider,
    options: TcpOptions,
    bound: SocketAddress | undefined,
    target: SocketAddress | NamedTarget,
    onOpened: (stream: TcpStream) => void,
  ) {
    this.#provider = provider;
    this.localAddress = bound;
    this.#options = { ...options, localAddress: specifiedText(bound), localPort: bound?.port };
    this.#target = target;
    this.#onOpened = onOpened;
  }

  start(limits: Limits): Promise<unknown> {
    const target = this.#target;
    if (isLimited(limits)) this.#waiter.limit(limits, "connect to", this.subject);
    if (target instanceof SocketAddress) this.try([target]);
    else {
      resolveTarget(target, this.#provider.resolve, "connect to").then(
        (addresses) => this.try(addresses),
        (error: unknown) => this.#waiter.reject(error),
      );
    }
    return this.#waiter.promise;
  }

  /** The call has been given up. */
  remove(): void {
    this.#isOver = true;
    this.#stream?.close();
  }

  /** Gives the call up. */
  close(): void {
    this.remove();
    this.#waiter.reject(new NetworkError("EBADF", "connect to", this.subject));
  }

  opened(): void {
    const stream = this.#stream!;
    this.#isOver = true;
    this.#onOpened(stream);
    this.#waiter.resolve(stream);
  }

  failed(error: unknown): void {
    this.#error ??= error;
    this.#stream?.close();
    this.#stream = undefined;
    this.try(this.#addresses);
  }

  private get subject(): string {
    const target = this.#target;
    return target instanceof SocketAddress ? target.toString() : `${target.name}:${target.port}`;
  }

  private try([address, ...others]: readonly SocketAddress[]): void {
    if (this.#isOver) return;
    if (address === undefined) {
      this.#isOver = true;
      this.#waiter.reject(this.#error);
      return;
    }
    this.#addresses = others;
    const remote = { address: address.address.toString(), port: address.port };
    try {
      this.#stream = new TcpStream(this.#provider.io.TCP, { ...this.#options, ...remote }, this);
    } catch (error) {
      this.failed(error);
    }
  }
}
