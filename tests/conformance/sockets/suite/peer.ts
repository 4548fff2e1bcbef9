/** How the other side failed: with a POSIX code, as all errors here. */
export interface PeerError extends Error {
  readonly code: string;
}

/**
 * The other side, by remote control: another stack, the kernel, or the same provider once more. It never reads by itself.
 * Failures are `PeerError`s.
 */
export interface Peer {
  /** @param options `port`: absent picks one */
  listen(options?: { readonly port?: number; readonly backlog?: number }): Promise<PeerListener>;
  connect(address: string, port: number): Promise<PeerTcp>;
  /**
   * @param options `port`: absent picks one; `group`: is joined; `broadcast`: sending to all is allowed
   */
  udp(options?: {
    readonly port?: number;
    readonly group?: string;
    readonly broadcast?: boolean;
  }): Promise<PeerUdp>;
  /** Closes all that was opened. */
  close(): Promise<void>;
}

export interface PeerListener {
  readonly port: number;
  accept(): Promise<PeerTcp>;
  close(): Promise<void>;
}

export interface PeerTcp {
  /** The peer's own port. */
  readonly port: number;
  /** The other end, as the peer sees it. */
  readonly remotePort: number;
  readonly remoteAddress: string;
  /** Sends all, waiting for room. */
  send(bytes: Uint8Array): Promise<void>;
  /** At most `max` bytes, at least one; none at the end. */
  recv(max: number): Promise<Uint8Array>;
  /** Ends its sending direction. @throws PeerError ENOTSUP where the peer cannot */
  shutdown(): Promise<void>;
  /** Resets the connection. @throws PeerError ENOTSUP where the peer cannot */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export interface PeerDatagram {
  readonly data: Uint8Array;
  readonly address: string;
  readonly port: number;
}

export interface PeerUdp {
  readonly port: number;
  send(bytes: Uint8Array, address: string, port: number): Promise<void>;
  recv(): Promise<PeerDatagram>;
  close(): Promise<void>;
}

/** Exactly so many bytes, or fewer at the end. */
export async function receive(from: Pick<PeerTcp, "recv">, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  let length = 0;
  while (length < count) {
    const piece = await from.recv(count - length);
    if (piece.length === 0) return bytes.slice(0, length);
    bytes.set(piece, length);
    length += piece.length;
  }
  return bytes;
}
