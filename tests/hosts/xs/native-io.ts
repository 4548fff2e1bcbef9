import type {
  NativeIo,
  NativeListener,
  NativeListenerOptions,
  NativeTcp,
  NativeTcpOptions,
  NativeUdp,
  NativeUdpOptions,
} from "../../../hosts/xs/io/native.js";

/** What differs between the platforms: see docs/flashing.md and hosts/xs/io. */
export type Flavour = "lwip" | "linux";

/** Room to send on the platform, in bytes. */
export const ROOM = Object.freeze({ lwip: 5744, linux: 1536 });

/** The peer's end of a connection: what a test does with it happens at once, as in one turn of the event loop. */
export class Peer {
  readonly received: number[] = [];
  unread = new Uint8Array(0);
  ended = false;
  wasReset = false;
  room = 0;
  socket: FakeTcp | undefined;
  /** What the platform's `write` is to find broken. */
  writesFail = false;
  closedWithUnread = false;

  constructor(readonly flavour: Flavour) {}

  get closed(): boolean {
    return this.socket === undefined;
  }

  get text(): string {
    return Buffer.from(this.received).toString("latin1");
  }

  send(data: string | Uint8Array): void {
    const bytes = typeof data === "string" ? Buffer.from(data, "latin1") : data;
    this.unread = Uint8Array.from([...this.unread, ...bytes]);
    this.socket?.callbacks?.onReadable?.call(this.socket, this.unread.length);
  }

  /** The connection is established, or everything sent has been acknowledged. */
  acknowledge(): void {
    this.room = ROOM[this.flavour];
    this.socket?.callbacks?.onWritable?.call(this.socket, this.room);
  }

  end(): void {
    this.ended = true;
    // On Linux an end that is met with bytes unread is never reported.
    if (this.unread.length === 0) this.socket?.callbacks?.onError?.call(this.socket);
  }

  drained(): void {
    if (this.ended && this.flavour === "lwip") this.socket?.callbacks?.onError?.call(this.socket);
  }
}

class FakeTcp implements NativeTcp {
  readonly target: unknown;
  readonly callbacks: NativeTcpOptions | undefined;
  readonly remotePort = 50_000;
  #peer: Peer | undefined;

  constructor(options: NativeTcpOptions | undefined, peer?: Peer) {
    const from = options?.from as FakeTcp | undefined;
    if (from !== undefined) {
      if (from.peer.wasReset) throw new Error("invalid from");
      this.#peer = from.peer;
      from.#peer = undefined;
    } else {
      this.#peer = peer;
    }
    this.callbacks = options;
    this.target = options?.target;
    this.peer.socket = this;
  }

  get peer(): Peer {
    if (this.#peer === undefined) throw new SyntaxError("C: xsGetHostData: invalid host data");
    return this.#peer;
  }

  get remoteAddress(): string {
    if (this.peer.wasReset) throw new Error("the device has crashed");
    return "192.0.2.7";
  }

  read(): ArrayBuffer | undefined {
    const { peer } = this;
    if (peer.unread.length === 0) return undefined;
    const bytes = peer.unread.slice().buffer;
    peer.unread = new Uint8Array(0);
    peer.drained();
    return bytes;
  }

  write(data: Uint8Array): number | undefined {
    const { peer } = this;
    if (peer.writesFail) return undefined;
    if (peer.flavour === "lwip" && peer.ended) throw new Error("not ready");
    if (data.length > peer.room) throw new Error("would block");
    peer.received.push(...data);
    return (peer.room -= data.length);
  }

  close(): void {
    const { peer } = this;
    peer.closedWithUnread = peer.unread.length > 0;
    peer.socket = undefined;
    this.#peer = undefined;
  }
}

class FakeListener implements NativeListener {
  readonly target: unknown;
  readonly #waiting: Peer[] = [];

  constructor(
    readonly options: NativeListenerOptions,
    readonly network: FakeNetwork,
  ) {
    this.target = options.target;
    if (network.taken.has(options.port)) throw new Error("bind socket failed (in Listener)");
    network.listeners.add(this);
  }

  get port(): number {
    return this.options.port === 0 ? 49_200 : this.options.port;
  }

  read(): NativeTcp | undefined {
    const peer = this.#waiting.shift();
    if (peer === undefined) this.network.leaked++;
    return peer && new FakeTcp(undefined, peer);
  }

  close(): void {
    this.network.listeners.delete(this);
  }

  arrive(peers: Peer[]): void {
    this.#waiting.push(...peers);
    this.options.onReadable.call(this, this.#waiting.length);
  }
}

class FakeUdp implements NativeUdp {
  readonly target: unknown;
  /** Groups are lwIP's. */
  readonly add?: (group: string) => void;
  readonly remove?: (group: string) => void;
  #closed = false;

  constructor(
    readonly options: NativeUdpOptions,
    readonly network: FakeNetwork,
  ) {
    this.target = options.target;
    if (network.taken.has(options.port)) throw new Error("bind failed");
    network.udp = this;
    if (network.flavour === "linux") return;
    this.add = (group) => void network.groups.add(group);
    this.remove = (group) => void network.groups.delete(group);
  }

  read(): (ArrayBuffer & { address: string; port: number }) | undefined {
    return this.network.datagrams.shift();
  }

  write(data: Uint8Array, address: string, port: number): void {
    if (address === "255.255.255.255") throw new Error("sendto failed");
    this.network.sent.push([Buffer.from(data).toString("latin1"), address, port]);
  }

  close(): void {
    this.#closed = true;
  }

  arrive(text: string, address: string, port: number): void {
    if (this.#closed) throw new Error("closed");
    this.network.datagrams.push(Object.assign(Uint8Array.from(Buffer.from(text)).buffer, { address, port }));
    this.options.onReadable.call(this, this.network.datagrams.length);
  }
}

/** Moddable's classes, as read from and measured on SDK 8.2.3, over a network that a test plays. */
export class FakeNetwork {
  readonly taken = new Set<number>();
  readonly listeners = new Set<FakeListener>();
  readonly datagrams: (ArrayBuffer & { address: string; port: number })[] = [];
  readonly sent: [text: string, address: string, port: number][] = [];
  readonly groups = new Set<string>();
  /** Socket objects that a `read` without a connection has left behind. */
  leaked = 0;
  udp: FakeUdp | undefined;
  /** The other end of the connection that was opened last. */
  opened: Peer | undefined;
  readonly native: NativeIo;

  constructor(readonly flavour: Flavour) {
    // Each class knows its network, as each of Moddable's knows its machine's.
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const network = this;
    this.native = {
      TCP: class extends FakeTcp {
        constructor(options: NativeTcpOptions) {
          const peer = options.from === undefined ? new Peer(flavour) : undefined;
          super(options, peer);
          if (peer !== undefined) network.opened = peer;
        }
      },
      Listener: class extends FakeListener {
        constructor(options: NativeListenerOptions) {
          super(options, network);
        }
      },
      UDP: class extends FakeUdp {
        constructor(options: NativeUdpOptions) {
          super(options, network);
        }
      },
    };
  }

  /** Peers connect to the one listener, all at once. */
  connect(count = 1, prepare: (peer: Peer) => void = () => undefined): Peer[] {
    const peers = Array.from({ length: count }, () => new Peer(this.flavour));
    peers.forEach(prepare);
    const [listener] = this.listeners;
    listener!.arrive(peers);
    return peers;
  }
}
