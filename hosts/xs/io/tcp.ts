import { NetworkError } from "wirelet/error/index";
import { TcpBase, checkPort, takeOver, type TcpOptions } from "wirelet/host/index";
import { Connection, type ConnectionHost, type ConnectionUser } from "./connection.js";

/**
 * ECMA-419's TCP over Moddable's.
 *
 * Moddable has no half-close (lwIP throws on a write after the peer's FIN, the Linux simulator has room for what is left
 * of 1,536 bytes) and no keep-alive: there is no `shutdown`, `keepAlive` is ignored, and `onError` follows `onEnd`.
 */
export class XsTcp extends TcpBase<Connection> implements ConnectionUser {
  /**
   * @param options ECMA-419's, or a connection that a listener has accepted
   * @throws NetworkError EINVAL or EAFNOSUPPORT for a bad option, EBADF if the socket to take over is closed, ENETDOWN,
   * ENOTSUP for a local address or port
   */
  constructor(host: ConnectionHost, options: TcpOptions | Connection) {
    const isBare = options instanceof Connection;
    super(isBare ? {} : options);
    if (isBare) {
      this.connection = options;
      return;
    }
    this.connection = options.from === undefined ? connectTo(host, options) : takeOver(options.from, XsTcp);
    this.connection.user = this;
  }

  get remoteAddress(): string | undefined {
    return this.connection?.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.connection?.remotePort;
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

  protected send(connection: Connection, bytes: Uint8Array): void {
    connection.write(bytes);
  }
}

function connectTo(host: ConnectionHost, options: TcpOptions): Connection {
  const { address, localAddress, localPort = 0 } = options;
  if (localAddress !== undefined || localPort !== 0) {
    const detail = "the platform chooses the local address and port";
    throw new NetworkError("ENOTSUP", "connect from", localAddress, detail);
  }
  const port = checkPort(options.port, 1, "connect");
  const noDelay = options.noDelay ?? options.nodelay ?? false;
  return Connection.connect(host, address, port, noDelay);
}
