import { NetworkError } from "../../error/index.js";
import {
  callbacksOf,
  checkFormat,
  checkOption,
  type Listener,
  type ListenerOptions,
  type Tcp,
} from "../../host/index.js";
import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import { DEFAULT_BACKLOG, TcpListener } from "../tcp/listener.js";
import { checkLocalAddress, checkLocalPort } from "./options.js";
import { StackTcp } from "./tcp.js";

/** ECMA-419's Listener over a stack. `Stack.io.Listener` binds the stack. */
export class StackListener implements Listener, Task {
  target: unknown;
  queued = false;
  readonly #stack: Stack;
  readonly #onReadable: ((this: Listener, count: number) => void) | undefined;
  readonly #listener: TcpListener;
  #isClosed = false;

  /**
   * @throws NetworkError EADDRINUSE, EADDRNOTAVAIL if the address is not this host's, EACCES for a port that the stack
   * refuses, EINVAL for a bad option
   */
  constructor(stack: Stack, options: ListenerOptions) {
    const { backlog = DEFAULT_BACKLOG, reuseAddress = true } = options;
    this.format = options.format ?? "socket/tcp";
    this.target = options.target;
    this.#stack = stack;
    this.#onReadable = callbacksOf(options, "onReadable", "onError").onReadable;
    checkOption("backlog", backlog, 1);
    const address = checkLocalAddress(stack, options.address, "listen on");
    const port = checkLocalPort(stack, options.port, "listen on");
    this.#listener = new TcpListener(
      stack.tcp.choosePort(port, address, reuseAddress),
      address,
      backlog,
      this,
    );
    stack.tcp.listen(this.#listener);
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
    return this.#listener.address?.toString();
  }

  read(): Tcp | undefined {
    if (this.#isClosed) throw new NetworkError("EBADF", "accept");
    const connection = this.#listener.accept();
    return connection && StackTcp.accept(this.#stack, connection);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stack.tcp.unlisten(this.#listener);
  }

  /** Called by the stack. */
  connectionReady(): void {
    this.#stack.defer(this);
  }

  runTask(): void {
    // Some may be gone again.
    const { readyCount } = this.#listener;
    if (readyCount > 0 && !this.#isClosed) this.#onReadable?.call(this, readyCount);
  }
}
