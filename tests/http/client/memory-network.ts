import { NetworkError } from "../../../src/error/index.js";
import type { ByteBuffer, Io, Tcp, TcpFormat, TcpOptions, Timers } from "../../../src/host/index.js";

/** Bytes that a connection takes until the server has read them. */
const DEFAULT_ROOM = 2048;

/** The server's side of a connection, as a test drives it. */
export class MemoryPeer {
  /** Where the client has connected to: "192.0.2.1:80". */
  readonly where: string;
  /** Sent and not read yet by the client. */
  unread = new Uint8Array(0);
  /** The client has closed it. */
  isClosed = false;
  user: MemoryTcp | undefined;
  room: number;
  readonly writes: Uint8Array[] = [];
  #isStalled = false;
  #hasEnded = false;
  #taken = 0;
  readonly #timers: Timers;
  readonly #roomLimit: number;

  constructor(where: string, timers: Timers, room: number) {
    this.where = where;
    this.#timers = timers;
    this.#roomLimit = room;
    this.room = room;
  }

  send(data: string | Uint8Array): this {
    const bytes = typeof data === "string" ? Buffer.from(data, "latin1") : data;
    this.unread = Uint8Array.from([...this.unread, ...bytes]);
    this.#later((user) => user.options.onReadable?.call(user, this.unread.length));
    return this;
  }

  /** Half-closes. */
  end(): this {
    this.#hasEnded = true;
    this.checkEnd();
    return this;
  }

  reset(): void {
    this.#later((user) =>
      user.options.onError?.call(user, new NetworkError("ECONNRESET", "connection to", this.where)),
    );
  }

  /** Takes no bytes any more, or takes them again. */
  stall(isStalled: boolean): void {
    this.#isStalled = isStalled;
    this.free();
  }

  /** What the client has sent since the last call, each byte a character. */
  take(): string {
    const text = Buffer.concat(this.writes).toString("latin1");
    const news = text.slice(this.#taken);
    this.#taken = text.length;
    return news;
  }

  checkEnd(): void {
    if (this.#hasEnded && this.unread.length === 0) this.#later((user) => user.reportEnd());
  }

  free(): void {
    if (this.#isStalled || this.room === this.#roomLimit) return;
    this.room = this.#roomLimit;
    this.#later((user) => user.options.onWritable?.call(user, this.room));
  }

  open(): void {
    this.#later((user) => user.options.onWritable?.call(user, this.room));
  }

  refuse(error: NetworkError): void {
    this.#later((user) => user.options.onError?.call(user, error));
  }

  #later(callback: (user: MemoryTcp) => void): void {
    this.#timers.set(() => {
      if (this.user !== undefined) callback(this.user);
    }, 0);
  }
}

class MemoryTcp implements Tcp {
  target: unknown;
  format: TcpFormat = "buffer";
  readonly remoteAddress = "192.0.2.1";
  readonly remotePort = 80;
  readonly options: TcpOptions;
  #peer: MemoryPeer | undefined;
  #hasEnded = false;

  constructor(options: TcpOptions, peer: MemoryPeer) {
    this.options = options;
    this.target = options.target;
    this.#peer = peer;
    peer.user = this;
  }

  read(): ArrayBuffer | undefined;
  read(byteLength: number): ArrayBuffer | undefined;
  read(buffer: ByteBuffer): number | undefined;
  read(target?: number | ByteBuffer): ArrayBuffer | number | undefined {
    const peer = this.#open();
    if (!(target instanceof Uint8Array)) throw new Error("only read(Uint8Array) is here");
    if (peer.unread.length === 0) return undefined;
    const count = Math.min(target.length, peer.unread.length);
    target.set(peer.unread.subarray(0, count));
    peer.unread = peer.unread.slice(count);
    peer.checkEnd();
    return count;
  }

  write(data: ByteBuffer | number): number {
    const peer = this.#open();
    if (!(data instanceof Uint8Array)) throw new Error("only write(Uint8Array) is here");
    if (data.length > peer.room) throw new NetworkError("EWOULDBLOCK", "write");
    peer.writes.push(data.slice());
    peer.room -= data.length;
    peer.free();
    return peer.room;
  }

  close(): void {
    if (this.#peer === undefined) return;
    this.#peer.isClosed = true;
    this.#peer.user = undefined;
    this.#peer = undefined;
  }

  reportEnd(): void {
    if (this.#hasEnded || this.#peer === undefined || this.#peer.unread.length > 0) return;
    this.#hasEnded = true;
    this.options.onEnd?.call(this);
  }

  /** The connection, for a socket made with `from`. */
  release(): MemoryPeer {
    const peer = this.#open();
    this.#peer = undefined;
    return peer;
  }

  /** After close nothing may be done any more: whoever tries gets the test to fail. */
  #open(): MemoryPeer {
    if (this.#peer === undefined) throw new NetworkError("EBADF", "use");
    return this.#peer;
  }
}

/** A provider of outgoing connections without a network: tests are the servers. Callbacks come from zero-delay timers. */
export class MemoryNetwork {
  readonly io: Pick<Io, "TCP">;
  /** Connections in the order in which they were made. */
  readonly peers: MemoryPeer[] = [];
  /** How those end that are made to these addresses: "silent" ones never. */
  readonly outcomes = new Map<string, NetworkError | "silent">();
  /** Bytes that the next connections take. */
  room = DEFAULT_ROOM;
  /** Whether they take no more than that at first. */
  isStalled = false;

  constructor(timers: Timers) {
    const connect = (options: TcpOptions): MemoryPeer => {
      if (options.from !== undefined) {
        const taken = (options.from as MemoryTcp).release();
        taken.open();
        return taken;
      }
      const peer = new MemoryPeer(`${options.address}:${options.port}`, timers, this.room);
      this.peers.push(peer);
      if (this.isStalled) peer.stall(true);
      const outcome = this.outcomes.get(peer.where);
      if (outcome === undefined) peer.open();
      else if (outcome !== "silent") peer.refuse(outcome);
      return peer;
    };
    class TCP extends MemoryTcp {
      constructor(options: TcpOptions) {
        super(options, connect(options));
      }
    }
    this.io = { TCP };
  }
}
