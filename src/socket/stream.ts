import { SocketAddress, tryParseIpAddress } from "../address/index.js";
import { NetworkError } from "../error/index.js";
import { bytesOf, type ByteBuffer, type Tcp, type TcpOptions } from "../host/index.js";
import { cancellation, isLimited, Waiter, WaitQueue, type Limits } from "./wait.js";

/** Who is told how the attempt to connect went. */
export interface Opening {
  opened(): void;
  failed(error: NetworkError): void;
}

/** The provider may have something to read: it has said so, and nobody has come to the end of it since. */
const MAY_READ = 1;
/** The peer has closed its side in order, and all was read. */
const ENDED = 2;
const READ_SHUT = 4;
const WRITE_SHUT = 8;
/** A caller knows of the failure. */
const FAILURE_TOLD = 16;

/**
 * A connection's two directions, as calls that wait. Nothing is read from the provider before somebody asks for it: what
 * is not read stays there, and so the peer's window closes.
 *
 * As in Linux, bytes that came before a reset can still be read; then one call, whichever comes first, is rejected with what
 * happened; from then on sending is EPIPE. Receiving goes on to say what happened, so that no loop takes it for the end.
 *
 * Each field, and each `#method`, would cost each connection of a microcontroller 16 bytes.
 */
export class TcpStream {
  private readonly tcp: Tcp;
  /** While the connection is being made. */
  private opening: Opening | undefined;
  private readers: WaitQueue<Reader> | undefined;
  private writers: WaitQueue<Writer> | undefined;
  /** Bytes that the provider takes now. */
  private room = 0;
  /** Which of the constants above hold: a field for each would cost 16 bytes. */
  private flags = 0;
  private failure: NetworkError | undefined;

  /**
   * @param options with `address` and `port`, or with `from`
   * @throws NetworkError what the provider's constructor throws
   */
  constructor(TCP: new (options: TcpOptions) => Tcp, options: TcpOptions, opening?: Opening) {
    this.opening = opening;
    this.tcp = new TCP({ ...options, ...CALLBACKS, target: this });
  }

  get localAddress(): SocketAddress | undefined {
    return addressOf(this.tcp.localAddress, this.tcp.localPort);
  }

  get remoteAddress(): SocketAddress | undefined {
    return addressOf(this.tcp.remoteAddress, this.tcp.remotePort);
  }

  /** At most `max` bytes; none at the end. */
  recv(max: number, limits: Limits): Promise<Uint8Array> {
    if (!(Number.isInteger(max) && max > 0)) {
      const detail = `${max} is no number of bytes, 1 or more`;
      return Promise.reject(new NetworkError("EINVAL", "receive from", this.subject, detail));
    }
    return this.receive(max, undefined, limits) as Promise<Uint8Array>;
  }

  /** @returns how many bytes; 0 at the end */
  recvInto(buffer: ByteBuffer, limits: Limits): Promise<number> {
    const target = bytesOf(buffer);
    if (target.length === 0) {
      const detail = "the buffer has no room";
      return Promise.reject(new NetworkError("EINVAL", "receive from", this.subject, detail));
    }
    return this.receive(target.length, target, limits) as Promise<number>;
  }

  /** @returns how many bytes were taken: at least one, unless there are none */
  send(data: ByteBuffer, limits: Limits): Promise<number> {
    return this.transmit(bytesOf(data), false, limits) as Promise<number>;
  }

  sendAll(data: ByteBuffer, limits: Limits): Promise<void> {
    return this.transmit(bytesOf(data), true, limits) as Promise<void>;
  }

  /** @throws NetworkError ENOTCONN if the connection is over, ENOTSUP where the provider has no half-close */
  shutdown(how: "read" | "write" | "both"): void {
    if (this.failure !== undefined) throw new NetworkError("ENOTCONN", "shut down", this.subject);
    if (how !== "read") this.shutWrite();
    if (how !== "write") {
      this.flags |= READ_SHUT;
      this.endReaders();
    }
  }

  /** Sends what was taken, then ends the connection. Calls that wait are rejected with EBADF. */
  close(): void {
    const subject = this.subject;
    this.tcp.close();
    this.readers?.rejectAll(new NetworkError("EBADF", "receive from", subject));
    this.writers?.rejectAll(new NetworkError("EBADF", "send to", subject));
  }

  /** Called by the provider, as those below. */
  onReadable(): void {
    this.flags |= MAY_READ;
    const { readers } = this;
    for (let reader = readers?.first; reader !== undefined; reader = readers?.first) {
      const received = this.take(reader.max, reader.target);
      if (received === undefined) return;
      readers?.shift();
      reader.resolve(received);
    }
  }

  onWritable(room: number): void {
    this.room = room;
    this.open();
    const { writers } = this;
    for (let writer = writers?.first; writer !== undefined; writer = writers?.first) {
      try {
        writer.sent += this.give(writer.bytes, writer.sent);
      } catch (error) {
        writers?.shift();
        writer.reject(error);
        continue;
      }
      const { sent, bytes, isAll } = writer;
      if (!isEnough(sent, bytes, isAll)) return;
      writers?.shift();
      writer.resolve(isAll ? undefined : sent);
    }
  }

  onEnd(): void {
    this.flags |= ENDED;
    this.endReaders();
  }

  onError(cause: Error | undefined): void {
    const failure = this.failureFor(cause);
    if (this.opening !== undefined) {
      this.opening.failed(failure);
      return;
    }
    this.failure = failure;
    // A provider need not have told of what came before.
    this.onReadable();
    if ((this.readers?.first ?? this.writers?.first) !== undefined) this.flags |= FAILURE_TOLD;
    this.readers?.rejectAll(failure);
    this.writers?.rejectAll(failure);
  }

  private has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  private get subject(): string | undefined {
    return this.remoteAddress?.toString();
  }

  private open(): void {
    const opening = this.opening;
    this.opening = undefined;
    opening?.opened();
  }

  private receive(max: number, target: Uint8Array | undefined, limits: Limits): Promise<Received> {
    const { signal } = limits;
    if (signal?.aborted === true) return Promise.reject(cancellation(signal, "receive from", this.subject));
    // Else there is nothing, and others are to get first what will come.
    if (this.readers?.first === undefined) {
      const received = this.take(max, target);
      if (received !== undefined) return Promise.resolve(received);
      if (this.has(ENDED)) return Promise.resolve(nothing(target));
      if (this.failure !== undefined) {
        this.flags |= FAILURE_TOLD;
        return Promise.reject(this.failure);
      }
      if (this.has(READ_SHUT)) return Promise.resolve(nothing(target));
    }
    const readers = (this.readers ??= new WaitQueue());
    const reader = new Reader(readers, max, target);
    if (isLimited(limits)) reader.limit(limits, "receive from", this.subject);
    readers.add(reader);
    return reader.promise;
  }

  /** What the provider has; undefined if it has nothing. */
  private take(max: number, target: Uint8Array | undefined): Received | undefined {
    if (!this.has(MAY_READ)) return undefined;
    if (target !== undefined) {
      const count = this.tcp.read(target);
      if (count !== max) this.flags &= ~MAY_READ;
      return count;
    }
    const bytes = this.tcp.read(max) as ArrayBuffer | undefined;
    if (bytes?.byteLength !== max) this.flags &= ~MAY_READ;
    return bytes === undefined ? undefined : new Uint8Array(bytes);
  }

  private endReaders(): void {
    const { readers } = this;
    for (let reader = readers?.shift(); reader !== undefined; reader = readers?.shift())
      reader.resolve(nothing(reader.target));
  }

  private transmit(bytes: Uint8Array, isAll: boolean, limits: Limits): Promise<Sent> {
    const { signal } = limits;
    if (signal?.aborted === true) return Promise.reject(cancellation(signal, "send to", this.subject));
    const refusal = this.sendRefusal();
    if (refusal !== undefined) return Promise.reject(refusal);
    let sent = 0;
    if (this.writers?.first === undefined) {
      try {
        sent = this.give(bytes, 0);
      } catch (error) {
        return Promise.reject(error);
      }
      if (isEnough(sent, bytes, isAll)) return Promise.resolve(isAll ? undefined : sent);
    }
    const writers = (this.writers ??= new WaitQueue());
    const writer = new Writer(writers, bytes, sent, isAll);
    if (isLimited(limits)) writer.limit(limits, "send to", this.subject);
    writers.add(writer);
    return writer.promise;
  }

  /** Why nothing can be sent any more; undefined if it can. */
  private sendRefusal(): NetworkError | undefined {
    const failure = this.failure;
    if (failure !== undefined && !this.has(FAILURE_TOLD)) {
      this.flags |= FAILURE_TOLD;
      // As Linux: who has ended its side and resets, has only ceased to listen.
      if (!this.has(ENDED) || failure.code !== "ECONNRESET") return failure;
    }
    return failure !== undefined || this.has(WRITE_SHUT) ? this.brokenPipe() : undefined;
  }

  private brokenPipe(): NetworkError {
    return new NetworkError("EPIPE", "send to", this.subject);
  }

  /** Gives the provider as many of `bytes`, from `start` on, as it takes. @returns how many */
  private give(bytes: Uint8Array, start: number): number {
    const count = Math.min(this.room, bytes.length - start);
    if (count <= 0) return 0;
    try {
      this.room = this.tcp.write(count === bytes.length ? bytes : bytes.subarray(start, start + count));
      return count;
    } catch (error) {
      if (!(error instanceof NetworkError && error.code === "EWOULDBLOCK")) {
        this.flags |= FAILURE_TOLD;
        throw error;
      }
      this.room = 0;
      return 0;
    }
  }

  private shutWrite(): void {
    if (this.has(WRITE_SHUT)) return;
    const tcp = this.tcp;
    if (tcp.shutdown === undefined) {
      const detail = "the platform cannot end one direction alone; close the socket instead";
      throw new NetworkError("ENOTSUP", "shut down", this.subject, detail);
    }
    tcp.shutdown();
    this.flags |= WRITE_SHUT;
    this.writers?.rejectAll(this.brokenPipe());
  }

  private failureFor(cause: Error | undefined): NetworkError {
    if (cause instanceof NetworkError) return cause;
    const detail = cause?.message ?? "it ended, and the platform does not say why";
    return new NetworkError("ECONNABORTED", "connection to", this.subject, detail);
  }
}

/** Bytes, or how many were put into the caller's buffer. */
type Received = Uint8Array | number;

/** How many bytes, or nothing where it is all of them. */
type Sent = number | undefined;

class Reader extends Waiter<Received> {
  constructor(
    queue: WaitQueue<Reader>,
    readonly max: number,
    readonly target: Uint8Array | undefined,
  ) {
    super(queue);
  }
}

class Writer extends Waiter<Sent> {
  constructor(
    queue: WaitQueue<Writer>,
    readonly bytes: Uint8Array,
    public sent: number,
    readonly isAll: boolean,
  ) {
    super(queue);
  }
}

/** The same functions for all sockets: none costs a closure. */
const CALLBACKS = Object.freeze({
  onReadable(this: Tcp): void {
    (this.target as TcpStream).onReadable();
  },
  onWritable(this: Tcp, room: number): void {
    (this.target as TcpStream).onWritable(room);
  },
  onEnd(this: Tcp): void {
    (this.target as TcpStream).onEnd();
  },
  onError(this: Tcp, cause?: Error): void {
    (this.target as TcpStream).onError(cause);
  },
});

function nothing(target: Uint8Array | undefined): Received {
  return target === undefined ? new Uint8Array(0) : 0;
}

/** Whether a call that sends has done enough. */
function isEnough(sent: number, bytes: Uint8Array, isAll: boolean): boolean {
  return sent === bytes.length || (!isAll && sent > 0);
}

function addressOf(address: string | undefined, port: number | undefined): SocketAddress | undefined {
  const parsed = address === undefined ? undefined : tryParseIpAddress(address);
  return parsed === undefined || port === undefined ? undefined : new SocketAddress(parsed, port);
}
