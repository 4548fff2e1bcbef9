import { NetworkError, type ErrorCode } from "wirelet/error/index";

/** Moddable's errors have a text and no code: these are parts of it. In debug builds more follows. */
const CODES: Readonly<Record<string, ErrorCode>> = Object.freeze({
  "no network": "ENETDOWN",
  "no socket": "ENOBUFS",
  "no memory": "ENOBUFS",
  bind: "EADDRINUSE",
  "listen failed": "EADDRINUSE",
  "not ready": "EPIPE",
  "would block": "EWOULDBLOCK",
  "invalid from": "ECONNRESET",
});

/** The NetworkError for what one of Moddable's classes threw. @param otherwise the code for a text that is not known */
export function networkError(
  error: unknown,
  otherwise: ErrorCode,
  operation: string,
  subject?: string,
): NetworkError {
  const text = error instanceof Error ? error.message : String(error);
  const part = Object.keys(CODES).find((key) => text.includes(key));
  const code = part === undefined ? undefined : CODES[part];
  return new NetworkError(code ?? otherwise, operation, subject, text);
}
