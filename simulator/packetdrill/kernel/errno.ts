import { NetworkError } from "../../../src/error/index.js";

/** A system call fails: −1, and this in `errno`. */
export class Errno extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** The script asks for something that the stack under test has not got: no result to compare, but an error. */
export class NotOffered extends Error {}

/** Linux's numbers and descriptions of the errors that a script can name. */
const ERRORS: Readonly<Record<string, readonly [number, string]>> = Object.freeze({
  EPERM: [1, "Operation not permitted"],
  ENOENT: [2, "No such file or directory"],
  EINTR: [4, "Interrupted system call"],
  EBADF: [9, "Bad file descriptor"],
  EAGAIN: [11, "Resource temporarily unavailable"],
  EWOULDBLOCK: [11, "Resource temporarily unavailable"],
  ENOMEM: [12, "Cannot allocate memory"],
  EACCES: [13, "Permission denied"],
  EFAULT: [14, "Bad address"],
  EINVAL: [22, "Invalid argument"],
  EPIPE: [32, "Broken pipe"],
  ENOTSOCK: [88, "Socket operation on non-socket"],
  EDESTADDRREQ: [89, "Destination address required"],
  EMSGSIZE: [90, "Message too long"],
  EPROTOTYPE: [91, "Protocol wrong type for socket"],
  ENOPROTOOPT: [92, "Protocol not available"],
  EPROTONOSUPPORT: [93, "Protocol not supported"],
  EOPNOTSUPP: [95, "Operation not supported"],
  ENOTSUP: [95, "Operation not supported"],
  EAFNOSUPPORT: [97, "Address family not supported by protocol"],
  EADDRINUSE: [98, "Address already in use"],
  EADDRNOTAVAIL: [99, "Cannot assign requested address"],
  ENETDOWN: [100, "Network is down"],
  ENETUNREACH: [101, "Network is unreachable"],
  ECONNABORTED: [103, "Software caused connection abort"],
  ECONNRESET: [104, "Connection reset by peer"],
  ENOBUFS: [105, "No buffer space available"],
  EISCONN: [106, "Transport endpoint is already connected"],
  ENOTCONN: [107, "Transport endpoint is not connected"],
  ETIMEDOUT: [110, "Connection timed out"],
  ECONNREFUSED: [111, "Connection refused"],
  EHOSTDOWN: [112, "Host is down"],
  EHOSTUNREACH: [113, "No route to host"],
  EALREADY: [114, "Operation already in progress"],
  EINPROGRESS: [115, "Operation now in progress"],
});

/** The number of an error's name, undefined if there is no such error. */
export function errorNumber(name: string): number | undefined {
  return ERRORS[name]?.[0];
}

/** "EAGAIN (Resource temporarily unavailable)". */
export function formatErrno(name: string): string {
  const description = ERRORS[name]?.[1];
  return description === undefined ? name : `${name} (${description})`;
}

/** What a system call makes of the stack's error. @throws anything that is not one */
export function errnoOf(error: unknown): string {
  if (error instanceof Errno) return error.code;
  if (!(error instanceof NetworkError)) throw error;
  return error.code === "EWOULDBLOCK" ? "EAGAIN" : error.code;
}
