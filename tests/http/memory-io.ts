import { NetworkError } from "../../src/error/index.js";
import type {
  ByteBuffer,
  Io,
  Listener,
  ListenerOptions,
  Tcp,
  TcpFormat,
  TcpOptions,
  Timers,
} from "../../src/host/index.js";

/** Bytes a connection's server side can have on the way until the client has read them. */
const DEFAULT_ROOM = 2048;

/** What both ends of a connection share. */
class Wire {
  /** Arrived at the server and not read. */
  received = new Uint8Array(0);
  /** Each write of the server's, in order. */
  readonly writes: Uint8Array[] = [];
  inFlight = 0;
  clientEnded = false;
  clientReset = false;
  serverClosed = false;
  /** True once the server has ended its side. */
  serverEnded = false;
  /** While it is set, the client reads nothing, and the server's room is not freed. */
  stalled = false;
  user: MemoryTcp | undefined;

  constructor(
    readonly timers: Timers,
    readonly roomLimit: number,
    readonly halfCloses: boolean,
  ) {}

  get room(): number {
    return this.roomLimit - this.inFlight;
  }

  later(callback: (user: MemoryTcp) => void): void {
    this.timers.set(() => {
      if (this.user !== undefined) callback(this.user);
    }, 0);
  }

  free(): void {
    if (this.stalled || this.inFlight === 0) return;
    this.inFlight = 0;
    this.later((user) => user.options.onWritable?.call(user, this.room));
  }

  checkEnd(): void {
    if (this.clientEnded && this.received.length === 0) this.later((user) => user.reportEnd());
  }
}

class MemoryTcp implements Tcp {
  target: unknown;
  format: TcpFormat = "buffer";
  readonly remoteAddress = "192.0.2.7";
  readonly remotePort = 49152;
  /** Absent as on platforms without half-close. */
  shutdown?: () => void;
  #ended = false;

  constructor(
    readonly options: TcpOptions,
    public wire?: Wire,
  ) {
    this.target = options.target;
    const from = options.from as MemoryTcp | undefined;
    if (from === undefined) return;
    if (from.wire === undefined || from.wire.clientReset)
      throw new NetworkError("ENOTCONN", "take over TCP socket");
    this.wire = from.wire;
    from.wire = undefined;
    this.wire.user = this;
    if (this.wire.halfCloses) this.shutdown = () => (this.#open().serverEnded = true);
    this.wire.later((user) => user.options.onWritable?.call(user, user.#open().room));
    if (this.wire.received.length > 0) {
      this.wire.later((user) => user.options.onReadable?.call(user, user.#open().received.length));
    }
    this.wire.checkEnd();
  }

  read(): ArrayBuffer | undefined;
  read(byteLength: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(target?: number | ByteBuffer): ArrayBuffer | number | undefined {
    const wire = this.#open();
    if (!(target instanceof Uint8Array)) throw new Error("only read(Uint8Array) is here");
    if (wire.received.length === 0) return undefined;
    const count = Math.min(target.length, wire.received.length);
    target.set(wire.received.subarray(0, count));
    wire.received = wire.received.slice(count);
    wire.checkEnd();
    return count;
  }

  write(data: ByteBuffer | number): number {
    const wire = this.#open();
    if (!(data instanceof Uint8Array)) throw new Error("only write(Uint8Array) is here");
    if (wire.serverEnded) throw new NetworkError("EPIPE", "write");
    if (wire.clientReset) throw new NetworkError("ECONNRESET", "write");
    if (data.length > wire.room) throw new NetworkError("EWOULDBLOCK", "write");
    wire.writes.push(data.slice());
    wire.inFlight += data.length;
    wire.free();
    return wire.room;
  }

  close(): void {
    if (this.wire === undefined) return;
    this.wire.serverClosed = true;
    this.wire.serverEnded = true;
    this.wire.user = undefined;
    this.wire = undefined;
  }

  reportEnd(): void {
    if (this.#ended || this.wire === undefined || this.wire.received.length > 0) return;
    this.#ended = true;
    this.options.onEnd?.call(this);
  }

  /** After close nothing may be done any more: whoever tries gets the test to fail. */
  #open(): Wire {
    if (this.wire === undefined) throw new NetworkError("EBADF", "use");
    return this.wire;
  }
}

/** The client's side of a connection, as a test drives it. */
export class MemoryClient {
  readonly #wire: Wire;
  #read = 0;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  send(data: string | Uint8Array): this {
    const bytes = typeof data === "string" ? Buffer.from(data, "latin1") : data;
    this.#wire.received = Uint8Array.from([...this.#wire.received, ...bytes]);
    this.#wire.later((user) => user.options.onReadable?.call(user, this.#wire.received.length));
    return this;
  }

  /** Half-closes. */
  end(): this {
    this.#wire.clientEnded = true;
    this.#wire.checkEnd();
    return this;
  }

  reset(): void {
    this.#wire.clientReset = true;
    this.#wire.later((user) => user.options.onError?.call(user, new NetworkError("ECONNRESET", "read")));
  }

  /** Stops reading, so that the server has no room any more, or reads on. */
  stall(stalled: boolean): void {
    this.#wire.stalled = stalled;
    this.#wire.free();
  }

  /** Everything received so far, each byte a character. */
  get text(): string {
    return Buffer.concat(this.#wire.writes).toString("latin1");
  }

  /** What was received since the last call. */
  take(): string {
    const news = this.text.slice(this.#read);
    this.#read += news.length;
    return news;
  }

  /** Sizes of the server's writes, in bytes. */
  get writes(): number[] {
    return this.#wire.writes.map((bytes) => bytes.length);
  }

  get closed(): boolean {
    return this.#wire.serverClosed;
  }

  /** True once the server has ended its side: it may still read. */
  get ended(): boolean {
    return this.#wire.serverEnded;
  }

  /** Bytes that the server has left unread. */
  get unread(): number {
    return this.#wire.received.length;
  }
}

function refuseUdp(): never {
  throw new NetworkError("ENOTSUP", "bind");
}

/** A provider of sockets without a network: tests are the clients. Callbacks come from zero-delay timers. */
export class MemoryIo {
  readonly io: Io;
  readonly #timers: Timers;
  readonly #listeners = new Map<number, { listener: Listener; options: ListenerOptions; queue: Wire[] }>();
  /** False: sockets have no half-close. */
  halfCloses = true;
  /** What the next Listener is to throw. */
  listenError: Error | undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
    const listeners = this.#listeners;
    const takeListenError = (): Error | undefined => {
      const error = this.listenError;
      this.listenError = undefined;
      return error;
    };
    class MemoryListener implements Listener {
      target: unknown;
      readonly format = "socket/tcp";
      readonly port: number;
      readonly #queue: Wire[] = [];

      constructor(options: ListenerOptions) {
        const error = takeListenError();
        if (error !== undefined) throw error;
        this.port = options.port === undefined || options.port === 0 ? 49200 : options.port;
        if (listeners.has(this.port)) throw new NetworkError("EADDRINUSE", "listen", String(this.port));
        listeners.set(this.port, { listener: this, options, queue: this.#queue });
      }

      read(): Tcp | undefined {
        const wire = this.#queue.shift();
        return wire && new MemoryTcp({}, wire);
      }

      close(): void {
        listeners.delete(this.port);
      }
    }
    this.io = {
      TCP: MemoryTcp,
      Listener: MemoryListener,
      UDP: refuseUdp as unknown as Io["UDP"],
    };
  }

  get listening(): number[] {
    return [...this.#listeners.keys()];
  }

  /** @param room bytes the server can write before the client has read any */
  connect(port = 80, room = DEFAULT_ROOM): MemoryClient {
    const found = this.#listeners.get(port);
    if (found === undefined) throw new NetworkError("ECONNREFUSED", "connect", String(port));
    const wire = new Wire(this.#timers, room, this.halfCloses);
    found.queue.push(wire);
    this.#timers.set(() => found.options.onReadable?.call(found.listener, found.queue.length), 0);
    return new MemoryClient(wire);
  }

  /** As a host reports it that learns only later that a port is not to be had. */
  failListener(port: number, error: Error): void {
    const found = this.#listeners.get(port);
    found?.options.onError?.call(found.listener, error);
  }
}
