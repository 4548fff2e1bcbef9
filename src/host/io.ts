/**
 * The narrow waist: the socket classes of ECMA-419 (3rd edition, §12 IO classes), as types. Providers implement
 * them; everything above uses only what is here. What is not in ECMA-419 is marked "extension"; a provider whose platform
 * lacks one leaves it out, and its class says so.
 */

/** Bytes as a caller may pass them. */
export type ByteBuffer = ArrayBuffer | ArrayBufferView;

/** "buffer": `read` and `write` move bytes in bulk; "number": one byte a call. */
export type TcpFormat = "buffer" | "number";

export interface TcpCallbacks {
  /** Data arrived; `bytes` is how many can be read now. */
  onReadable?: (this: Tcp, bytes: number) => void;
  /** The connection is established, or room came free; `bytes` is how many can be written now. */
  onWritable?: (this: Tcp, bytes: number) => void;
  /**
   * The connection is over; nothing more will be called. Without `onEnd`, this also reports the peer's orderly end.
   * Extension: `error` is the cause (a NetworkError), absent on an orderly end and where the platform cannot tell.
   */
  onError?: (this: Tcp, error?: Error) => void;
  /**
   * Extension: the peer has marked data as urgent (RFC 9293 §3.8.5); `bytes` is how many are to be read until it ends. It is
   * read like all other data.
   */
  onUrgent?: (this: Tcp, bytes: number) => void;
  /**
   * Extension: the peer has sent its last byte and all of it was read. Writing is still possible (half-close) where
   * the provider can.
   */
  onEnd?: (this: Tcp) => void;
}

export interface TcpOptions extends TcpCallbacks {
  /** Literal IP address of the remote end. */
  address?: string;
  /** Port of the remote end. */
  port?: number;
  /** Takes over this socket's connection; the socket given is closed. */
  from?: Tcp;
  /** True turns Nagle's algorithm off (RFC 9293 §3.7.4). */
  noDelay?: boolean;
  /** The spelling that Moddable reads. */
  nodelay?: boolean;
  /** Milliseconds between keep-alive probes; absent: none are sent. */
  keepAlive?: number;
  /**
   * Extension: milliseconds that sent data may stay unacknowledged before the connection fails with ETIMEDOUT, where the
   * provider can choose (RFC 9293 §3.9.1.1).
   */
  userTimeout?: number;
  format?: TcpFormat;
  /** Extension: how many routers a packet may pass, 1 to 255 (RFC 1122 §3.2.1.7); absent: the provider's default. */
  timeToLive?: number;
  /** Extension: the class of service of its packets, 0 to 63 (RFC 2474); absent: 0, best effort. */
  dscp?: number;
  /** Any value of the caller's, kept as `socket.target`. */
  target?: unknown;
}

export interface Tcp {
  target: unknown;
  format: TcpFormat;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  /** Extension: this end's address. */
  readonly localAddress?: string | undefined;
  /** Extension: this end's port. */
  readonly localPort?: number | undefined;
  /** All there is, or undefined if there is nothing. With format "number": one byte. */
  read(): ArrayBuffer | number | undefined;
  /** Exactly `byteLength` bytes. @throws if fewer are there */
  read(byteLength: number): ArrayBuffer | undefined;
  /** Fills `buffer` as far as data goes. @returns how many bytes, undefined if there is nothing */
  read(buffer: ByteBuffer): number | undefined;
  /**
   * Takes all of `data` or throws. With format "number": one byte.
   * @returns how many more bytes there is room for
   * @throws NetworkError EWOULDBLOCK if it does not fit, ENOTCONN or EPIPE if it can never be sent
   */
  write(data: ByteBuffer | number): number;
  /**
   * Extension: like `write`, and tells the peer that all up to the end of `data` is urgent. New protocols should not need
   * it (RFC 6093 §5); it is there for those that do, like Telnet. Absent where the provider has no urgent data.
   */
  writeUrgent?(data: ByteBuffer | number): number;
  /** Extension: bytes to read until the peer's urgent data ends, 0 if there is none. */
  readonly urgentBytes?: number;
  /** Sends what was written, then ends the connection in order; no callback is called any more. */
  close(): void;
}

export interface ListenerOptions {
  /** Local port; 0 or absent picks a free one. */
  port?: number;
  /** Local address; absent: any. */
  address?: string;
  /** Connections wait to be read; `count` is how many came since the last call. */
  onReadable?: (this: Listener, count: number) => void;
  /** Extension: the listener failed after it was made (a port that turned out to be in use). */
  onError?: (this: Listener, error?: Error) => void;
  /** Extension: how many connections may wait to be read. */
  backlog?: number;
  target?: unknown;
}

export interface Listener {
  target: unknown;
  readonly port: number;
  /** The next connection, without callbacks: wrap it with `new TCP({ from, … })`. Undefined if none waits. */
  read(): Tcp | undefined;
  close(): void;
}

/** A received datagram: its bytes, and where it came from. */
export type Datagram = ArrayBuffer & { address: string; port: number };

export interface UdpOptions {
  /** Local port; 0 or absent picks a free one. */
  port?: number;
  /** Local address; absent: any. It also says on which interface groups are joined and sent to. */
  address?: string;
  /** The address of a group to join. */
  multicast?: string;
  /** How many routers what is sent to groups may pass, 0 to 255; absent: 1, it stays on the link (RFC 1112 §6.1). */
  timeToLive?: number;
  /** Extension: the same for what is sent to single hosts, 1 to 255; absent: the provider's default. */
  unicastTimeToLive?: number;
  /** Extension: whether this host's own sockets hear what this one sends to a group they are in; absent: true. */
  multicastLoop?: boolean;
  /** Extension: the class of service of its packets, 0 to 63 (RFC 2474); absent: 0, best effort. */
  dscp?: number;
  /** Extension: true allows sending to broadcast addresses, which else fails with EACCES, as POSIX has it. */
  broadcast?: boolean;
  /** Datagrams arrived; `count` is how many wait. */
  onReadable?: (this: Udp, count: number) => void;
  /** Extension: `error` is the cause. */
  onError?: (this: Udp, error?: Error) => void;
  target?: unknown;
}

export interface Udp {
  target: unknown;
  /** Extension: the local port. */
  readonly port?: number | undefined;
  /** The next datagram, or undefined if none waits. */
  read(): Datagram | undefined;
  /** Sends one datagram. */
  write(data: ByteBuffer, address: string, port: number): void;
  /**
   * Extension: joins a group, besides the one of the option `multicast`.
   * @param address this host's address on the interface to join on; absent: as the socket is bound, or the first there is
   * @throws NetworkError EINVAL if `group` is none, EADDRINUSE if the socket is in it, ENETUNREACH without an interface
   */
  join?(group: string, address?: string): void;
  /** Extension: leaves a group. @throws NetworkError EADDRNOTAVAIL if the socket is not in it */
  leave?(group: string, address?: string): void;
  close(): void;
}

/** A provider of sockets: this stack, Node, or Moddable's own. */
export interface Io {
  readonly TCP: new (options: TcpOptions) => Tcp;
  readonly Listener: new (options: ListenerOptions) => Listener;
  readonly UDP: new (options: UdpOptions) => Udp;
}
