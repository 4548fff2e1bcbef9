import { NetworkError } from "../error/index.js";
import { callbacksOf, checkFormat, checkOption, type Callbacks } from "./io-options.js";
import type { ByteBuffer, Tcp, TcpCallbacks, TcpFormat, TcpOptions, TcpWriteOptions } from "./io.js";
import { bytesToWrite, readTcp, type ReceivedBytes } from "./tcp-bytes.js";

/** A provider's connection, as far as a TCP needs to know it. */
export interface TcpConnection extends ReceivedBytes {
  /** Bytes that can be written. */
  readonly writable: number;
  /** Who is told what happens to it; undefined: nobody. */
  user: unknown;
  /** Sends what was written, then ends it. */
  close(): void;
}

/** What of ECMA-419's TCP is the same for every provider: the formats, reading, writing, and whose the connection is. */
export abstract class TcpBase<Connection extends TcpConnection> implements Tcp {
  target: unknown;
  // Not `#`: in XS an object of a class that has such fields pays for the place where they are kept.
  private readFormat: TcpFormat;
  /** Undefined once it is closed, or given away. */
  protected connection: Connection | undefined;
  protected readonly callbacks: Callbacks<TcpCallbacks, keyof TcpCallbacks>;

  /** @throws NetworkError EINVAL for a bad format, callback or interval */
  constructor(options: TcpOptions) {
    this.readFormat = checkFormat(options.format ?? "buffer", "buffer", "number");
    this.callbacks = callbacksOf(options, "onReadable", "onWritable", "onError", "onEnd", "onUrgent");
    checkOption("keepAlive", options.keepAlive, 1);
    this.target = options.target;
  }

  get format(): TcpFormat {
    return this.readFormat;
  }

  set format(format: TcpFormat) {
    this.readFormat = checkFormat(format, "buffer", "number");
  }

  abstract get remoteAddress(): string | undefined;
  abstract get remotePort(): number | undefined;

  read(): ArrayBuffer | number | undefined;
  read(byteLength: number): ArrayBuffer | number | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(what?: number | ByteBuffer): ArrayBuffer | number | undefined {
    return readTcp(this.open("read"), this.readFormat, what);
  }

  write(data: ByteBuffer | number, options?: TcpWriteOptions): number {
    const connection = this.open("write");
    const bytes = bytesToWrite(data, this.readFormat);
    this.send(connection, bytes, options?.more === true, options?.stable === true);
    return connection.writable;
  }

  close(): void {
    this.release()?.close();
  }

  /** Gives the connection away: to a socket made with `from`. */
  release(): Connection | undefined {
    const connection: Connection | undefined = this.connection;
    this.connection = undefined;
    if (connection !== undefined) (connection as TcpConnection).user = undefined;
    return connection;
  }

  /**
   * Sends all of `bytes`, or throws as `Tcp.write`.
   * @param more others follow at once
   * @param stable they will not change any more
   */
  protected abstract send(connection: Connection, bytes: Uint8Array, more: boolean, stable: boolean): void;

  /** @throws NetworkError EBADF if the socket is closed */
  protected open(operation: string): Connection {
    if (this.connection === undefined) throw new NetworkError("EBADF", operation);
    return this.connection;
  }
}

/** The connection of the socket that is given as `from`. @throws NetworkError EINVAL, EBADF if it is closed */
export function takeOver<Connection extends TcpConnection>(
  from: Tcp,
  provider: abstract new (...args: never) => TcpBase<Connection>,
): Connection {
  const operation = "take over TCP socket";
  if (!(from instanceof provider))
    throw new NetworkError("EINVAL", operation, undefined, "it is not one of this provider's");
  const connection = from.release();
  if (connection === undefined) throw new NetworkError("EBADF", operation);
  return connection;
}
