import { NetworkError } from "wirelet/error/index";

const REFUSED =
  "its certificate is refused: an unknown authority, another name, or a time that is not now: the platform does not say which";

/** The NetworkError for what the SDK's TLS threw: texts, no codes. @param subject the address it was about */
export function secureError(error: unknown, subject: string): NetworkError {
  if (error instanceof NetworkError) return error;
  const text = error instanceof Error ? error.message : String(error);
  if (text.includes("certificate: auth err") || text.includes("date validation"))
    return new NetworkError("EACCES", "connect", subject, REFUSED);
  // "alert: 2, 40": a level, and the description's number (RFC 8446 §6).
  return new NetworkError("EPROTO", "connect", subject, `TLS: ${text === "" ? "not understood" : text}`);
}
