import { NetworkError, type ErrorCode } from "../../../src/error/index.js";

/** What Node calls otherwise, or tells apart further than we do. */
const CODES: Readonly<Record<string, ErrorCode>> = Object.freeze({
  EACCES: "EACCES",
  EADDRINUSE: "EADDRINUSE",
  EADDRNOTAVAIL: "EADDRNOTAVAIL",
  EAFNOSUPPORT: "EAFNOSUPPORT",
  EAGAIN: "EWOULDBLOCK",
  EBADF: "EBADF",
  ECANCELED: "ECONNABORTED",
  ECONNABORTED: "ECONNABORTED",
  ECONNREFUSED: "ECONNREFUSED",
  ECONNRESET: "ECONNRESET",
  EHOSTDOWN: "EHOSTUNREACH",
  EHOSTUNREACH: "EHOSTUNREACH",
  EINVAL: "EINVAL",
  EMFILE: "ENOBUFS",
  EMSGSIZE: "EMSGSIZE",
  ENETDOWN: "ENETDOWN",
  ENETUNREACH: "ENETUNREACH",
  ENFILE: "ENOBUFS",
  ENOBUFS: "ENOBUFS",
  ENOMEM: "ENOBUFS",
  ENOTCONN: "ENOTCONN",
  // A packet filter of this host.
  EPERM: "EACCES",
  EPIPE: "EPIPE",
  ETIMEDOUT: "ETIMEDOUT",
});

/** The NetworkError for what Node threw or reported. @param subject the address it was about */
export function networkError(
  error: NodeJS.ErrnoException,
  operation: string,
  subject?: string,
): NetworkError {
  const code = CODES[error.code ?? ""];
  const what = error.syscall ?? operation;
  if (code === undefined) return new NetworkError("ECONNABORTED", what, subject, error.message);
  return new NetworkError(code, what, subject);
}
