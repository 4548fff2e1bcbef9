/** The stable codes, named as POSIX names them. */
export type ErrorCode =
  | "EACCES"
  | "EADDRINUSE"
  | "EADDRNOTAVAIL"
  | "EAFNOSUPPORT"
  | "EALREADY"
  | "EBADF"
  | "ECANCELED"
  | "ECONNABORTED"
  | "ECONNREFUSED"
  | "ECONNRESET"
  | "EHOSTUNREACH"
  | "EINVAL"
  | "EISCONN"
  | "ELOOP"
  | "EMSGSIZE"
  | "ENETDOWN"
  | "ENETUNREACH"
  | "ENOBUFS"
  | "ENOTCONN"
  | "ENOTSUP"
  | "EPIPE"
  | "EPROTO"
  | "ETIMEDOUT"
  | "EWOULDBLOCK";

const DESCRIPTIONS: Readonly<Record<ErrorCode, string>> = Object.freeze({
  EACCES: "permission denied",
  EADDRINUSE: "address already in use",
  EADDRNOTAVAIL: "address not available on this host",
  EAFNOSUPPORT: "address family not supported",
  EALREADY: "operation already in progress",
  EBADF: "socket is closed",
  ECANCELED: "operation canceled",
  ECONNABORTED: "connection aborted",
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset by peer",
  EHOSTUNREACH: "host unreachable",
  EINVAL: "invalid argument",
  EISCONN: "socket is already connected",
  ELOOP: "too many redirections",
  EMSGSIZE: "message too long",
  ENETDOWN: "network is down",
  ENETUNREACH: "network unreachable",
  ENOBUFS: "no buffer space available",
  ENOTCONN: "socket is not connected",
  ENOTSUP: "operation not supported",
  EPIPE: "peer no longer accepts data",
  EPROTO: "protocol error",
  ETIMEDOUT: "timed out",
  EWOULDBLOCK: "operation would block",
});

/**
 * The one error class of this project.
 *
 * @example
 * try {
 *   Ipv4Address.parse("10.0.0.300");
 * } catch (error) {
 *   if (error instanceof NetworkError && error.code === "EINVAL") { … }
 * }
 */
export class NetworkError extends Error {
  // A field, not an assignment: in a preloaded XS module Error.prototype is frozen, and assigning `name` throws.
  override readonly name: string = "NetworkError";

  /**
   * @param code stable, to be compared by programs
   * @param operation what was tried: "connect", "bind", "parse IPv4 address"
   * @param subject the address or text it was tried on
   * @param detail why, where the code alone does not say it
   */
  constructor(
    readonly code: ErrorCode,
    readonly operation: string,
    readonly subject?: string,
    detail?: string,
  ) {
    super(
      `${operation}${subject === undefined ? "" : ` ${subject}`}: ${detail ?? DESCRIPTIONS[code]} (${code})`,
    );
  }
}
