import { parseIpAddress, type IpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import { checkFormat, type Listener, type ListenerOptions, type Tcp } from "../../host/index.js";
import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import { DEFAULT_BACKLOG, TcpListener } from "../tcp/listener.js";
import { StackTcp } from "./tcp.js";

/** ECMA-419's Listener over a stack. `Stack.io.Listener` binds the stack. */
export class StackListener implements Listener, Task {
  target: unknown;
  queued = false;
  readonly #stack: Stack;
  readonly #onReadable: ListenerOptions["onReadable"];
  #listener: TcpListener | undefined;
  readonly #port: number;
  #arrived = 0;

  /** @throws NetworkError EADDRINUSE, EADDRNOTAVAIL if the address is not this host's, EINVAL for a bad option */
  constructor(stack: Stack, options: ListenerOptions) {
    this.#stack = stack;
    this.format = options.format ?? "socket/tcp";
    this.target = options.target;
    this.#onReadable = options.onReadable;
    const address = localAddress(stack, options.address, "listen on");
    this.#port = stack.tcp.choosePort(checkPort(options.port ?? 0, "listen on"), address);
    this.#listener = new TcpListener(this.#port, address, options.backlog ?? DEFAULT_BACKLOG, this);
    stack.tcp.listen(this.#listener);
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
    if (this.#listener === undefined) throw new NetworkError("EBADF", "accept");
    const connection = this.#listener.accept();
    return connection && StackTcp.accept(this.#stack, connection);
  }

  close(): void {
    const listener = this.#listener;
    this.#listener = undefined;
    if (listener !== undefined) this.#stack.tcp.unlisten(listener);
  }

  /** Called by the stack. */
  connectionReady(): void {
    this.#arrived++;
    this.#stack.defer(this);
  }

  runTask(): void {
    // Some may be gone again.
    const count = Math.min(this.#arrived, this.#listener?.readyCount ?? 0);
    this.#arrived = 0;
    if (count > 0) this.#onReadable?.call(this, count);
  }
}

/** @throws NetworkError EINVAL */
export function checkPort(port: number, operation: string): number {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new NetworkError("EINVAL", operation, undefined, `${String(port)} is no port`);
  }
  return port;
}

/** The address to bind to; undefined: any. @throws NetworkError EINVAL, EADDRNOTAVAIL */
export function localAddress(
  stack: Stack,
  text: string | undefined,
  operation: string,
): IpAddress | undefined {
  if (text === undefined) return undefined;
  const address = parseIpAddress(text);
  if (address.isUnspecified) return undefined;
  if (!stack.isOwnAddress(address)) throw new NetworkError("EADDRNOTAVAIL", operation, text);
  return address;
}
