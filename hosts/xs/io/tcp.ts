import { NetworkError } from "wirelet/error/index";
import { TcpBase, checkPort, takeOver, type TcpConnection, type TcpOptions } from "wirelet/host/index";
import { Connection, type ConnectionHost, type ConnectionUser } from "./connection.js";

/** A connection of the platform's, or one with TLS over it. */
export interface XsConnection extends TcpConnection {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readPiece?(): Uint8Array | undefined;
  /** @throws NetworkError as `Tcp.write` */
  write(bytes: Uint8Array): void;
}

/**
 * ECMA-419's TCP over Moddable's.
 *
 * Moddable has no half-close (lwIP throws on a write after the peer's FIN, the Linux simulator has room for what is left
 * of 1,536 bytes) and no keep-alive: there is no `shutdown`, `keepAlive` is ignored, and `onError` follows `onEnd`.
 */
export class XsTcp extends TcpBase<XsConnection> implements ConnectionUser {
  /**
   * @param open gives the connection that the options are for
   * @param options ECMA-419's, or a connection that a listener has accepted
   * @throws NetworkError EINVAL or EAFNOSUPPORT for a bad option, EBADF if the socket to take over is closed, ENETDOWN,
   * ENOTSUP for a local address or port
   */
  constructor(open: (options: TcpOptions) => XsConnection, options: TcpOptions | Connection) {
    const isBare = options instanceof Connection;
    super(isBare ? {} : options);
    if (isBare) {
      this.connection = options;
      return;
    }
    this.connection = open(options);
    this.connection.user = this;
  }

  get remoteAddress(): string | undefined {
    return this.connection?.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.connection?.remotePort;
  }

  readPiece(): Uint8Array | undefined {
    return this.connection?.readPiece?.();
  }

  dataArrived(bytes: number): void {
    this.callbacks.onReadable?.call(this, bytes);
  }

  roomFreed(bytes: number): void {
    this.callbacks.onWritable?.call(this, bytes);
  }

  connectionOver(error: NetworkError | undefined): void {
    const { onEnd, onError } = this.callbacks;
    let reason = error;
    if (error === undefined && onEnd !== undefined) {
      onEnd.call(this);
      if (this.connection === undefined) return;
      // Who still waits for room must learn that there will be none.
      reason = new NetworkError("EPIPE", "TCP connection", undefined, "the platform has no half-close");
    }
    onError?.call(this, reason);
  }

  protected send(connection: XsConnection, bytes: Uint8Array): void {
    connection.write(bytes);
  }
}

/** Connects through the platform, or takes over a socket's connection. @throws NetworkError as `XsTcp` */
export function openConnection(host: ConnectionHost, options: TcpOptions): XsConnection {
  const { address, localAddress, localPort = 0 } = options;
  if (options.from !== undefined) return takeOver(options.from, XsTcp);
  if (localAddress !== undefined || localPort !== 0) {
    const detail = "the platform chooses the local address and port";
    throw new NetworkError("ENOTSUP", "connect from", localAddress, detail);
  }
  const port = checkPort(options.port, 1, "connect");
  const noDelay = options.noDelay ?? options.nodelay ?? false;
  return Connection.connect(host, address, port, noDelay);
}
