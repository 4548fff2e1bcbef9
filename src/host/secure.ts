import type { Io } from "./io.js";

export interface SecureOptions {
  /** Application protocols to offer, in order of preference (RFC 7301): "http/1.1". Absent: none is spoken of. */
  readonly alpn?: readonly string[];
}

/** TLS for clients, over a provider's sockets. */
export interface SecureSockets {
  /**
   * A TCP that speaks TLS. `onWritable` means that the handshake is done and the server's certificate is good for `serverName`;
   * whatever goes wrong before comes through `onError`: EACCES for a certificate that is refused, EPROTO for a peer that speaks
   * something else, ETIMEDOUT, ECONNRESET. `{ from }` takes over a socket of its own, or starts TLS on a connected one of the
   * provider's, as in a proxy's tunnel.
   *
   * @param serverName the DNS name or literal IP address that the certificate must be for; a name is also sent (SNI, RFC 6066 §3)
   */
  connect(serverName: string, options?: SecureOptions): Pick<Io, "TCP">;
}
