import { connect } from "node:net";
import type { NetworkError } from "../../../src/error/index.js";
import { TcpBase, checkPort, takeOver, type TcpOptions } from "../../../src/host/index.js";
import { NodeConnection, type ConnectionUser } from "./connection.js";
import { checkAddress } from "./endpoint.js";
import { PlainSocket } from "./stream-socket.js";

/** ECMA-419's TCP over node:net, which can't choose TTL, DSCP or the user time-out, and has no urgent data. */
export class NodeTcp extends TcpBase<NodeConnection> implements ConnectionUser {
  /** True when onError was called: nothing more will be. */
  #over = false;

  /**
   * Whether the local port can be had comes to light in the event loop: through `onError`.
   *
   * @param options ECMA-419's, or a connection that a listener accepted
   * @param open gives the connection that the options are for
   * @throws NetworkError EINVAL for a bad option, EBADF if the socket to take over is closed
   */
  constructor(
    options: TcpOptions | NodeConnection,
    open: (options: TcpOptions) => NodeConnection = openPlain,
  ) {
    const isBare = options instanceof NodeConnection;
    super(isBare ? {} : options);
    if (isBare) {
      this.connection = options;
      return;
    }
    const connection = open(options);
    const noDelay = options.noDelay ?? options.nodelay;
    if (noDelay !== undefined) connection.setNoDelay(noDelay);
    if (options.keepAlive !== undefined) connection.setKeepAlive(options.keepAlive);
    this.connection = connection;
    connection.user = this;
  }

  get remoteAddress(): string | undefined {
    return this.connection?.endpoints.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.connection?.endpoints.remotePort;
  }

  get localAddress(): string | undefined {
    return this.connection?.endpoints.localAddress;
  }

  get localPort(): number | undefined {
    return this.connection?.endpoints.localPort;
  }

  shutdown(): void {
    this.open("shut down").shutdown();
  }

  dataArrived(bytes: number): void {
    this.callbacks.onReadable?.call(this, bytes);
  }

  roomFreed(bytes: number): void {
    this.callbacks.onWritable?.call(this, bytes);
  }

  peerEnded(): void {
    const { onEnd } = this.callbacks;
    if (onEnd !== undefined) {
      onEnd.call(this);
      return;
    }
    this.connection?.close();
    this.#onOver(undefined);
  }

  connectionFailed(error: NetworkError): void {
    this.#onOver(error);
  }

  protected send(connection: NodeConnection, bytes: Uint8Array, more: boolean, stable: boolean): void {
    connection.write(bytes, more, stable);
  }

  #onOver(error: NetworkError | undefined): void {
    if (this.#over) return;
    this.#over = true;
    this.callbacks.onError?.call(this, error);
  }
}

function openPlain(options: TcpOptions): NodeConnection {
  return options.from === undefined ? connectTo(options) : takeOver(options.from, NodeTcp);
}

function connectTo({ localAddress, localPort, ...options }: TcpOptions): NodeConnection {
  const remote = {
    address: checkAddress(options.address, "connect"),
    port: checkPort(options.port, 1, "connect"),
  };
  const local = {
    ...(localAddress !== undefined && { localAddress: checkAddress(localAddress, "connect from") }),
    localPort: checkPort(localPort ?? 0, 0, "connect from"),
  };
  const socket = connect({ host: remote.address, port: remote.port, ...local, allowHalfOpen: true });
  return new NodeConnection(new PlainSocket(socket, remote));
}
