import { parseIpAddress } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import {
  TcpBase,
  checkOption,
  checkPort,
  takeOver,
  type ByteBuffer,
  type Tcp,
  type TcpOptions,
} from "../../host/index.js";
import type { Stack } from "../stack.js";
import type { Task } from "../tasks.js";
import { ENDED, FAILED, READABLE, URGENT, WRITABLE, type Connection } from "../tcp/connection.js";
import { setKeepAlive } from "../tcp/keep-alive.js";
import { markUrgent } from "../tcp/urgent.js";
import { setUserTimeout } from "../tcp/user-timeout.js";
import { TcpState, canSend } from "../tcp/state.js";
import { checkLocalAddress, checkLocalPort, typeOfServiceOf } from "./options.js";

/** Lets the listener hand a connection to the socket it makes; nobody outside has the key. */
const ACCEPTED = Symbol("accepted");

/** What `StackTcp` takes besides ECMA-419's options. */
interface AcceptedOptions extends TcpOptions {
  [ACCEPTED]?: Connection;
}

/**
 * ECMA-419's TCP over a stack's connection. `Stack.io.TCP` binds the stack. What is written leaves at the next poll, so that the
 * writes of one callback share segments anyway: the hints `more` and `byteLength` change nothing.
 */
export class StackTcp extends TcpBase<Connection> implements Task {
  queued = false;
  /** How much of its end the program knows; after all of it nothing is called any more. */
  private told: "nothing" | "end of stream" | "all" = "nothing";

  /**
   * @throws NetworkError EINVAL for a bad option, EBADF if the socket to take over is closed, ENETUNREACH without a route,
   * EADDRNOTAVAIL, EADDRINUSE or EACCES for where it is to start, ENOBUFS at the connection limit
   */
  constructor(stack: Stack, options: AcceptedOptions) {
    super(options);
    const { timeToLive, keepAlive, userTimeout } = options;
    checkOption("timeToLive", timeToLive, 1, 255);
    if (userTimeout !== undefined) checkInterval("set userTimeout", userTimeout);
    const typeOfService = typeOfServiceOf(options.dscp);
    const accepted = options[ACCEPTED];
    if (accepted !== undefined) {
      // Bare: it holds the connection until it is wrapped with `from`, which brings the callbacks.
      this.connection = accepted;
      accepted.adopt(this);
      return;
    }
    const connection =
      options.from === undefined ? connect(stack, options, this) : takeOver(options.from, StackTcp);
    this.connection = connection;
    connection.noDelay = (options.noDelay ?? options.nodelay) === true;
    const { path } = connection;
    if (timeToLive !== undefined) path.timeToLive = timeToLive;
    if (options.dscp !== undefined) path.typeOfService = typeOfService;
    if (keepAlive !== undefined) setKeepAlive(connection, keepAlive);
    if (userTimeout !== undefined) setUserTimeout(connection, userTimeout);
    if (options.from !== undefined) connection.adopt(this);
  }

  /** A socket for a connection that a listener has accepted. */
  static accept(stack: Stack, connection: Connection): Tcp {
    const options: AcceptedOptions = { [ACCEPTED]: connection };
    return new stack.io.TCP(options);
  }

  get remoteAddress(): string | undefined {
    return this.connection?.remote.toString();
  }

  get remotePort(): number | undefined {
    return this.connection?.remotePort;
  }

  get localAddress(): string | undefined {
    return this.connection?.local.toString();
  }

  get localPort(): number | undefined {
    return this.connection?.localPort;
  }

  writeUrgent(data: ByteBuffer | number): number {
    const room = this.write(data);
    markUrgent(this.open("write"));
    return room;
  }

  get urgentBytes(): number {
    return this.connection?.urgentBytes ?? 0;
  }

  shutdown(): void {
    const connection = this.open("shut down");
    if (isOpening(connection)) throw new NetworkError("ENOTCONN", "shut down", connection.description);
    connection.shutdown();
  }

  /** The callback for one thing that has happened. It may close the socket, or throw. */
  runTask(): void {
    const { connection } = this;
    if (connection === undefined || this.told === "all") return;
    const { onReadable, onWritable, onUrgent, onError, onEnd } = this.callbacks;
    if (takeEvent(this, connection, WRITABLE) && connection.writable > 0) {
      onWritable?.call(this, connection.writable);
    } else if (takeEvent(this, connection, URGENT) && connection.urgentBytes > 0) {
      onUrgent?.call(this, connection.urgentBytes);
    } else if (takeEvent(this, connection, READABLE) && connection.readable > 0) {
      onReadable?.call(this, connection.readable);
    } else if (takeEvent(this, connection, FAILED)) {
      this.told = "all";
      onError?.call(this, connection.error);
    } else if (takeEvent(this, connection, ENDED) && connection.readable === 0 && this.told === "nothing") {
      this.told = onEnd === undefined ? "all" : "end of stream";
      if (onEnd !== undefined) onEnd.call(this);
      else onError?.call(this);
    }
  }

  protected send(connection: Connection, bytes: Uint8Array): void {
    if (connection.error !== undefined) throw connection.error;
    if (isOpening(connection))
      throw new NetworkError("EWOULDBLOCK", "write to", connection.description, "not connected yet");
    if (!canSend(connection.state) || connection.finQueued)
      throw new NetworkError("EPIPE", "write to", connection.description);
    if (bytes.length > connection.writable) {
      const detail = `${bytes.length} bytes do not fit into the ${connection.writable} that are free`;
      throw new NetworkError("EWOULDBLOCK", "write to", connection.description, detail);
    }
    connection.write(bytes);
  }
}

/** Its handshake is not done. */
function isOpening({ state }: Connection): boolean {
  return state === TcpState.SYN_SENT || state === TcpState.SYN_RECEIVED;
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
  const { address } = options;
  if (address === undefined) throw new NetworkError("EINVAL", "connect", undefined, "no address given");
  const port = checkPort(options.port, 1, "connect");
  const localAddress = checkLocalAddress(stack, options.localAddress, "connect from");
  const localPort = checkLocalPort(stack, options.localPort, "connect from");
  return stack.tcp.connect(parseIpAddress(address), port, socket, localAddress, localPort);
}

/** @throws NetworkError EINVAL */
function checkInterval(operation: string, interval: number): number {
  if (interval > 0) return interval;
  throw new NetworkError("EINVAL", operation, undefined, `${interval} ms is no interval`);
}
