import { parseIpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import {
  bytesOf,
  readTcp,
  tcpCallbacksOf,
  type ByteBuffer,
  type Callbacks,
  type Tcp,
  type TcpCallbacks,
  type TcpFormat,
  type TcpOptions,
} from "../../host/index.js";
import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import { ENDED, FAILED, READABLE, URGENT, WRITABLE, type Connection } from "../tcp/connection.js";
import { setKeepAlive } from "../tcp/keep-alive.js";
import { markUrgent } from "../tcp/urgent.js";
import { setUserTimeout } from "../tcp/user-timeout.js";
import { TcpState, canSend } from "../tcp/state.js";
import { checkOption, typeOfServiceOf } from "./options.js";

/** Lets the listener hand a connection to the socket it makes; nobody outside has the key. */
const ACCEPTED = Symbol("accepted");

/** What `StackTcp` takes besides ECMA-419's options. */
interface AcceptedOptions extends TcpOptions {
  [ACCEPTED]?: Connection;
}

/** ECMA-419's TCP over a stack's connection. `Stack.io.TCP` binds the stack. */
export class StackTcp implements Tcp, Task {
  target: unknown;
  format: TcpFormat;
  queued = false;
  #connection: Connection | undefined;
  readonly #callbacks: Callbacks<TcpCallbacks, keyof TcpCallbacks>;
  #endReported = false;
  /** `onError` was called: nothing is any more. */
  #isOver = false;

  /**
   * @throws NetworkError EINVAL for a bad option, ENETUNREACH without a route, ENOBUFS at the connection limit
   */
  constructor(stack: Stack, options: AcceptedOptions) {
    this.#callbacks = tcpCallbacksOf(options);
    this.target = options.target;
    this.format = options.format ?? "buffer";
    const { timeToLive, dscp } = options;
    checkOption("timeToLive", timeToLive, 1, 255);
    checkOption("dscp", dscp, 0, 63);
    const accepted = options[ACCEPTED];
    if (accepted !== undefined) {
      // Bare: it holds the connection until it is wrapped with `from`, which brings the callbacks.
      this.#connection = accepted;
      accepted.adopt(this);
      return;
    }
    this.#connection = options.from === undefined ? connect(stack, options, this) : takeOver(options.from);
    this.#connection.noDelay = (options.noDelay ?? options.nodelay) === true;
    const { path } = this.#connection;
    if (path !== undefined && timeToLive !== undefined) path.timeToLive = timeToLive;
    if (path !== undefined && dscp !== undefined) path.typeOfService = typeOfServiceOf(dscp);
    const { keepAlive, userTimeout } = options;
    if (keepAlive !== undefined) setKeepAlive(this.#connection, checkInterval("set keep-alive", keepAlive));
    if (userTimeout !== undefined)
      setUserTimeout(this.#connection, checkInterval("set user time-out", userTimeout));
    if (options.from !== undefined) this.#connection.adopt(this);
  }

  /** A socket for a connection that a listener has accepted. */
  static accept(stack: Stack, connection: Connection): StackTcp {
    return new StackTcp(stack, { [ACCEPTED]: connection });
  }

  get remoteAddress(): string | undefined {
    return this.#connection?.remote.toString();
  }

  get remotePort(): number | undefined {
    return this.#connection?.remotePort;
  }

  get localAddress(): string | undefined {
    return this.#connection?.local.toString();
  }

  get localPort(): number | undefined {
    return this.#connection?.localPort;
  }

  read(): ArrayBuffer | number | undefined;
  read(byteLength: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(what?: number | ByteBuffer): ArrayBuffer | number | undefined {
    return readTcp(this.#open("read"), this.format, what);
  }

  write(data: ByteBuffer | number): number {
    const connection = this.#open("write");
    if (connection.error !== undefined) throw connection.error;
    if (connection.state === TcpState.SYN_SENT || connection.state === TcpState.SYN_RECEIVED) {
      throw new NetworkError("EWOULDBLOCK", "write to", connection.description, "not connected yet");
    }
    if (!canSend(connection.state) || connection.finQueued) {
      throw new NetworkError("EPIPE", "write to", connection.description);
    }
    const bytes = typeof data === "number" ? Uint8Array.of(data) : bytesOf(data);
    if (bytes.length > connection.writable) {
      const detail = `${bytes.length} bytes do not fit into the ${connection.writable} that are free`;
      throw new NetworkError("EWOULDBLOCK", "write to", connection.description, detail);
    }
    connection.write(bytes);
    return connection.writable;
  }

  writeUrgent(data: ByteBuffer | number): number {
    const room = this.write(data);
    markUrgent(this.#open("write"));
    return room;
  }

  get urgentBytes(): number {
    return this.#connection?.urgentBytes ?? 0;
  }

  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
  }

  /** Gives the connection away: to a socket made with `from`. */
  release(): Connection | undefined {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) connection.user = undefined;
    return connection;
  }

  /** The callback for one thing that has happened. It may close the socket, or throw. */
  runTask(): void {
    const connection = this.#connection;
    if (connection === undefined || this.#isOver) return;
    const { onReadable, onWritable, onUrgent, onError, onEnd } = this.#callbacks;
    if (takeEvent(this, connection, WRITABLE) && connection.writable > 0) {
      onWritable?.call(this, connection.writable);
    } else if (takeEvent(this, connection, URGENT) && connection.urgentBytes > 0) {
      onUrgent?.call(this, connection.urgentBytes);
    } else if (takeEvent(this, connection, READABLE) && connection.readable > 0) {
      onReadable?.call(this, connection.readable);
    } else if (takeEvent(this, connection, FAILED)) {
      this.#isOver = true;
      onError?.call(this, connection.error);
    } else if (takeEvent(this, connection, ENDED) && connection.readable === 0 && !this.#endReported) {
      this.#endReported = true;
      this.#isOver = onEnd === undefined;
      if (onEnd !== undefined) onEnd.call(this);
      else onError?.call(this);
    }
  }

  #open(operation: string): Connection {
    if (this.#connection === undefined) throw new NetworkError("EBADF", operation);
    return this.#connection;
  }
}

/**
 * Whether `event` has happened since it was last taken. What else has is told in a task of its own, so that it is not
 * lost if this callback throws.
 */
function takeEvent(socket: StackTcp, connection: Connection, event: number): boolean {
  if ((connection.events & event) === 0) return false;
  connection.events &= ~event;
  if (connection.events !== 0) connection.tcp.stack.defer(socket);
  return true;
}

function connect(stack: Stack, options: TcpOptions, socket: StackTcp): Connection {
  const { address, port } = options;
  if (address === undefined) throw new NetworkError("EINVAL", "connect", undefined, "no address given");
  if (port === undefined || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new NetworkError("EINVAL", "connect to", address, `${String(port)} is no port`);
  }
  return stack.tcp.connect(parseIpAddress(address), port, socket);
}

/** @throws NetworkError EINVAL */
function checkInterval(operation: string, interval: number): number {
  if (interval > 0) return interval;
  throw new NetworkError("EINVAL", operation, undefined, `${interval} ms is no interval`);
}

function takeOver(from: Tcp): Connection {
  const connection = from instanceof StackTcp ? from.release() : undefined;
  if (connection === undefined)
    throw new NetworkError("EINVAL", "take over TCP socket", undefined, "it is closed");
  return connection;
}
