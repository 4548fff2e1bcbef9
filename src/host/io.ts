/**
 * The narrow waist: the socket classes of ECMA-419 (4th edition, §8 to §10 and Annex A), as types. Providers implement
 * them; everything above uses only what is here. What is not in ECMA-419 is marked "extension"; a provider whose platform
 * lacks one leaves it out, and its class says so. docs/decisions/ecma-419.md has the reasons.
 *
 * For all of them: a constructor checks its options before it takes anything, and keeps no hold of them; callbacks are
 * called with `this` = the socket, never from inside a constructor or method, and never after `close`; `close` may be called
 * twice, and every other method throws EBADF after it.
 */

/** Bytes as a caller may pass them: a view's own part of its buffer. */
export type ByteBuffer = ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/** "buffer": `read` and `write` move bytes in bulk; "number": one byte a call. */
export type TcpFormat = "buffer" | "number";

/** @typeParam This the class whose callbacks they are */
export interface TcpCallbacks<This = Tcp> {
  /** Data arrived; `bytes` is how many can be read now. */
  onReadable?: ((this: This, bytes: number) => void) | null;
  /** The connection is established, or room came free; `bytes` is how many can be written now. */
  onWritable?: ((this: This, bytes: number) => void) | null;
  /**
   * The connection is over; nothing more will be called. Without `onEnd`, this also reports the peer's orderly end.
   * Extension: `error` is the cause (a NetworkError), absent on an orderly end and where the platform cannot tell.
   */
  onError?: ((this: This, error?: Error) => void) | null;
  /**
   * Extension: the peer has marked data as urgent (RFC 9293 §3.8.5); `bytes` is how many are to be read until it ends. It is
   * read like all other data.
   */
  onUrgent?: ((this: This, bytes: number) => void) | null;
  /**
   * Extension: the peer has sent its last byte and all of it was read. Writing is still possible (half-close) where
   * the provider can.
   */
  onEnd?: ((this: This) => void) | null;
}

export interface TcpOptions<This = Tcp> extends TcpCallbacks<This> {
  /** Literal IP address of the remote end. */
  address?: string;
  /** Port of the remote end. */
  port?: number;
  /** Takes over this socket's connection; the socket given is closed, `address` and `port` are ignored. */
  from?: Tcp;
  /**
   * Extension: this host's address that the connection is made from; absent: the one that the route says.
   * @throws NetworkError (from the constructor) EADDRNOTAVAIL if it is not this host's, ENOTSUP where the platform can't
   */
  localAddress?: string;
  /**
   * Extension: the port that the connection is made from; 0 or absent: one that is free.
   * @throws NetworkError (from the constructor) EADDRINUSE if that connection exists or may linger, ENOTSUP where the
   * platform can't
   */
  localPort?: number;
  /** True turns Nagle's algorithm off (RFC 9293 §3.7.4). */
  noDelay?: boolean;
  /** Extension: the spelling that Moddable reads; `noDelay` goes before it. */
  nodelay?: boolean;
  /** Milliseconds between keep-alive probes, 1 or more; absent: none are sent. */
  keepAlive?: number;
  /**
   * Extension: milliseconds that sent data may stay unacknowledged before the connection fails with ETIMEDOUT, where the
   * provider can choose (RFC 9293 §3.9.1.1).
   */
  userTimeout?: number;
  /** Absent: "buffer". */
  format?: TcpFormat;
  /** Extension: how many routers a packet may pass, 1 to 255 (RFC 1122 §3.2.1.7); absent: the provider's default. */
  timeToLive?: number;
  /** Extension: the class of service of its packets, 0 to 63 (RFC 2474); absent: 0, best effort. */
  dscp?: number;
  /** Any value of the caller's, kept as `socket.target`. */
  target?: unknown;
}

/** What `Tcp.write` is told about a message of several writes. */
export interface TcpWriteOptions {
  /** More of it follows at once: no segment need be sent that is not full. Absent: false. */
  more?: boolean;
  /** Bytes of the whole message, with its first write. */
  byteLength?: number;
  /** Extension: the bytes will not change any more, so that a provider may send them from where they are. Absent: false. */
  stable?: boolean;
}

export interface Tcp {
  target: unknown;
  /** May be set at any time. @throws NetworkError EINVAL, and stays as it was, for another format */
  format: TcpFormat;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  /** Extension: this end's address. */
  readonly localAddress?: string | undefined;
  /** Extension: this end's port. */
  readonly localPort?: number | undefined;
  /**
   * Format "buffer": all there is. Format "number": the next byte, whatever is passed.
   * @returns undefined if there is nothing
   */
  read(): ArrayBuffer | number | undefined;
  /** At most `byteLength` bytes, 1 or more. @throws NetworkError EINVAL */
  read(byteLength: number): ArrayBuffer | number | undefined;
  /** Fills `buffer` as far as data goes. @returns how many bytes, undefined if there is nothing */
  read(buffer: ByteBuffer): number | undefined;
  /**
   * Extension: takes bytes in the piece in which the platform gave them, which costs no copy. Absent where there are no such pieces.
   * @returns undefined if there is none
   */
  readPiece?(): Uint8Array | undefined;
  /**
   * Takes all of `data` or throws. Format "buffer": bytes; format "number": one byte, 0 to 255.
   * @returns how many more bytes there is room for
   * @throws NetworkError EWOULDBLOCK if it does not fit now, EPIPE after `shutdown` or when the peer is gone, the connection's
   * own error if it has failed, EINVAL for what the format does not have
   */
  write(data: ByteBuffer | number, options?: TcpWriteOptions): number;
  /**
   * Extension: like `write`, and tells the peer that all up to the end of `data` is urgent. New protocols should not need
   * it (RFC 6093 §5); it is there for those that do, like Telnet. Absent where the provider has no urgent data.
   */
  writeUrgent?(data: ByteBuffer | number): number;
  /** Extension: bytes to read until the peer's urgent data ends, 0 if there is none. */
  readonly urgentBytes?: number;
  /**
   * Extension: sends what was written, then ends this side (FIN): `write` throws EPIPE from then on, reading goes on until the
   * peer ends its side too. Twice is harmless. Absent where the platform has no half-close.
   * @throws NetworkError ENOTCONN while there is no connection yet
   */
  shutdown?(): void;
  /** Sends what was written, then ends the connection in order; no callback is called any more. */
  close(): void;
}

export interface ListenerOptions<This = Listener> {
  /** Local port; 0 or absent picks a free one. */
  port?: number;
  /** Local address; absent: any. */
  address?: string;
  /** New connections have come; `count` is how many wait to be read. */
  onReadable?: ((this: This, count: number) => void) | null;
  /** The listener failed after it was made (a port that turned out to be in use). Extension: `error` is the cause. */
  onError?: ((this: This, error?: Error) => void) | null;
  /** Extension: how many connections may wait to be read. */
  backlog?: number;
  /**
   * Extension: false refuses a port on which earlier connections linger (TIME-WAIT), with EADDRINUSE, as POSIX does without
   * SO_REUSEADDR; absent: true. ENOTSUP where the platform can't choose.
   */
  reuseAddress?: boolean;
  /** A listener reads sockets, in no other format. */
  format?: "socket/tcp";
  target?: unknown;
}

export interface Listener {
  target: unknown;
  /** @throws NetworkError EINVAL for any other format */
  format: "socket/tcp";
  /** The local port; 0 as long as the provider has not found out whether it can be had, which `onError` tells if not. */
  readonly port: number;
  /** Extension: the local address it is bound to; undefined: any. */
  readonly address?: string | undefined;
  /** The next connection, without callbacks: wrap it with `new TCP({ from, … })`. Undefined if none waits. */
  read(): Tcp | undefined;
  close(): void;
}

/** A received datagram: its bytes, and where it came from. */
export type Datagram = ArrayBuffer & { address: string; port: number };

export interface UdpOptions<This = Udp> {
  /** Local port; 0 or absent picks a free one. */
  port?: number;
  /** Local address; absent: any. It also says on which interface groups are joined and sent to. */
  address?: string;
  /** The address of a group to join: an option up to the 3rd edition, which the 4th has replaced by `add`. */
  multicast?: string;
  /**
   * How many routers what is sent to groups may pass, 0 to 255; absent: 1, it stays on the link (RFC 1112 §6.1). Up to the 3rd
   * edition as well.
   */
  timeToLive?: number;
  /** Extension: the same for what is sent to single hosts, 1 to 255; absent: the provider's default. */
  unicastTimeToLive?: number;
  /** Extension: whether this host's own sockets hear what this one sends to a group they are in; absent: true. */
  multicastLoop?: boolean;
  /** Extension: the class of service of its packets, 0 to 63 (RFC 2474); absent: 0, best effort. */
  dscp?: number;
  /** Extension: true allows sending to broadcast addresses, which else fails with EACCES, as POSIX has it. */
  broadcast?: boolean;
  /**
   * Extension: shares the port with other sockets, all of which must say so; absent: false. A datagram to a group or a
   * broadcast address goes to each of them, one to this host alone to the one that was bound last, as in Linux.
   */
  reuseAddress?: boolean;
  /** Datagrams arrived; `count` is how many wait. */
  onReadable?: ((this: This, count: number) => void) | null;
  /** Extension: `error` is the cause, of what was sent earlier; the socket goes on. */
  onError?: ((this: This, error?: Error) => void) | null;
  /** Datagrams are bytes, in no other format. */
  format?: "buffer";
  target?: unknown;
}

export interface Udp {
  target: unknown;
  /** @throws NetworkError EINVAL for any other format */
  format: "buffer";
  /** Extension: the local port. */
  readonly port?: number | undefined;
  /** Extension: the local address it is bound to; undefined: any. */
  readonly address?: string | undefined;
  /** The next datagram, or undefined if none waits. */
  read(): Datagram | undefined;
  /**
   * Copies the next datagram into `buffer`, to which `address` and `port` are attached.
   * @returns its length in bytes, undefined if none waits
   * @throws NetworkError EMSGSIZE if it is longer than `buffer`; it can still be read then
   */
  read(buffer: ByteBuffer): number | undefined;
  /**
   * Sends one datagram. Extension: after `connect`, address and port may be left out.
   * @throws NetworkError ENETUNREACH without a route, EMSGSIZE if it is too long, EACCES for a broadcast address that is not
   * allowed, EISCONN for an address after `connect`, EINVAL for a bad one, and for none without `connect`
   */
  write(data: ByteBuffer, address?: string, port?: number): void;
  /** Joins a group on the interface that the route says. @throws NetworkError EINVAL, EADDRINUSE, ENETUNREACH as `join` */
  add(group: string): void;
  /** Leaves a group. @throws NetworkError EINVAL, EADDRNOTAVAIL as `leave` */
  remove(group: string): void;
  /**
   * Extension: sends to one peer only and takes datagrams only from it (RFC 1122 §4.1.3.3). From then on errors that ICMP reports of it
   * come through `onError`: a closed port as ECONNREFUSED. Another call changes the peer.
   * @throws NetworkError EINVAL, ENETUNREACH, EACCES as `write`
   */
  connect?(address: string, port: number): void;
  /**
   * Extension: joins a group, on an interface of choice.
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
