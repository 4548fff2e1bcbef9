import { NetworkError } from "wirelet/error/index";
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
} from "wirelet/host/index";
import { Connection, type ConnectionHost, type ConnectionUser } from "./connection.js";
import { checkPort } from "./endpoint.js";

/**
 * ECMA-419's TCP over Moddable's.
 *
 * Moddable has no half-close (lwIP throws on a write after the peer's FIN, the Linux simulator has room for what is left
 * of 1,536 bytes) and no keep-alive: `keepAlive` is ignored, and `onError` follows `onEnd`.
 */
export class XsTcp implements Tcp, ConnectionUser {
  target: unknown;
  format: TcpFormat;
  readonly #callbacks: Callbacks<TcpCallbacks, keyof TcpCallbacks>;
  #connection: Connection | undefined;

  /**
   * @param options ECMA-419's, or a connection that a listener has accepted
   * @throws NetworkError EINVAL or EAFNOSUPPORT for a bad option, EBADF if the socket to take over is closed, ENETDOWN
   */
  constructor(host: ConnectionHost, options: TcpOptions | Connection) {
    if (options instanceof Connection) {
      this.#callbacks = {};
      this.format = "buffer";
      this.#connection = options;
      return;
    }
    this.#callbacks = tcpCallbacksOf(options);
    this.target = options.target;
    this.format = options.format ?? "buffer";
    this.#connection = options.from === undefined ? connectTo(host, options) : takeOver(options.from);
    this.#connection.user = this;
  }

  get remoteAddress(): string | undefined {
    return this.#connection?.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#connection?.remotePort;
  }

  read(): ArrayBuffer | number | undefined;
  read(byteLength: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(what?: number | ByteBuffer): ArrayBuffer | number | undefined {
    return readTcp(this.#open("read"), this.format, what);
  }

  write(data: ByteBuffer | number): number {
    const connection = this.#open("write");
    connection.write(typeof data === "number" ? Uint8Array.of(data) : bytesOf(data));
    return connection.writable;
  }

  close(): void {
    this.release()?.close();
  }

  /** Gives the connection away: to a socket made with `from`. */
  release(): Connection | undefined {
    const connection = this.#connection;
    this.#connection = undefined;
    if (connection !== undefined) connection.user = undefined;
    return connection;
  }

  onReadable(bytes: number): void {
    this.#callbacks.onReadable?.call(this, bytes);
  }

  onWritable(bytes: number): void {
    this.#callbacks.onWritable?.call(this, bytes);
  }

  onOver(error: NetworkError | undefined): void {
    const { onEnd, onError } = this.#callbacks;
    let reason = error;
    if (error === undefined && onEnd !== undefined) {
      onEnd.call(this);
      if (this.#connection === undefined) return;
      // Who still waits for room must learn that there will be none.
      reason = new NetworkError("EPIPE", "TCP connection", undefined, "the platform has no half-close");
    }
    onError?.call(this, reason);
  }

  #open(operation: string): Connection {
    if (this.#connection === undefined) throw new NetworkError("EBADF", operation);
    return this.#connection;
  }
}

function connectTo(host: ConnectionHost, options: TcpOptions): Connection {
  const port = checkPort(options.port, 1, "connect");
  const noDelay = options.noDelay ?? options.nodelay ?? false;
  return Connection.connect(host, options.address, port, noDelay);
}

function takeOver(from: Tcp): Connection {
  const connection = from instanceof XsTcp ? from.release() : undefined;
  if (connection === undefined) throw new NetworkError("EBADF", "take over TCP socket");
  return connection;
}
