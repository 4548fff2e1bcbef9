import { connect } from "node:net";
import { NetworkError } from "../../../src/error/index.js";
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
} from "../../../src/host/index.js";
import { NodeConnection, type ConnectionUser } from "./connection.js";
import { checkAddress, checkPort } from "./endpoint.js";

/** ECMA-419's TCP over node:net. */
export class NodeTcp implements Tcp, ConnectionUser {
  target: unknown;
  format: TcpFormat;
  readonly #callbacks: Callbacks<TcpCallbacks, keyof TcpCallbacks>;
  #connection: NodeConnection | undefined;
  /** True when onError was called: nothing more will be. */
  #over = false;

  /**
   * @param options ECMA-419's, or a connection that a listener accepted
   * @throws NetworkError EINVAL for a bad option, EBADF if the socket to take over is closed
   */
  constructor(options: TcpOptions | NodeConnection) {
    if (options instanceof NodeConnection) {
      this.#callbacks = {};
      this.format = "buffer";
      this.#connection = options;
      return;
    }
    this.#callbacks = tcpCallbacksOf(options);
    this.target = options.target;
    this.format = options.format ?? "buffer";
    const connection = options.from === undefined ? connectTo(options) : takeOver(options.from);
    const noDelay = options.noDelay ?? options.nodelay;
    if (noDelay !== undefined) connection.setNoDelay(noDelay);
    if (options.keepAlive !== undefined) connection.setKeepAlive(options.keepAlive);
    this.#connection = connection;
    connection.user = this;
  }

  get remoteAddress(): string | undefined {
    return this.#connection?.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#connection?.remotePort;
  }

  get localAddress(): string | undefined {
    return this.#connection?.localAddress;
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
    if (this.#over) throw new NetworkError("EPIPE", "write");
    connection.write(typeof data === "number" ? Uint8Array.of(data) : bytesOf(data));
    return connection.writable;
  }

  close(): void {
    this.release()?.close();
  }

  /** Gives the connection away. */
  release(): NodeConnection | undefined {
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

  onEnd(): void {
    const { onEnd } = this.#callbacks;
    if (onEnd !== undefined) {
      onEnd.call(this);
      return;
    }
    this.#connection?.close();
    this.#onOver(undefined);
  }

  onFailure(error: NetworkError): void {
    this.#onOver(error);
  }

  #onOver(error: NetworkError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.#callbacks.onError?.call(this, error);
  }

  #open(operation: string): NodeConnection {
    if (this.#connection === undefined) throw new NetworkError("EBADF", operation);
    return this.#connection;
  }
}

function connectTo(options: TcpOptions): NodeConnection {
  const address = checkAddress(options.address, "connect");
  const port = checkPort(options.port, 1, "connect");
  return new NodeConnection(connect({ host: address, port, allowHalfOpen: true }), { address, port });
}

function takeOver(from: Tcp): NodeConnection {
  const connection = from instanceof NodeTcp ? from.release() : undefined;
  if (connection === undefined) throw new NetworkError("EBADF", "take over TCP socket");
  return connection;
}
