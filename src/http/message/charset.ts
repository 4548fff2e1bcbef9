import { decodeLatin1 } from "../../host/index.js";
import { parseMediaType } from "./media-type.js";

/** The charset that a Content-Type names, in lower case; "utf-8" if it names none. */
export function charsetOf(contentType: string | undefined): string {
  return (
    parseMediaType(contentType ?? "")
      ?.parameters.get("charset")
      ?.toLowerCase() ?? "utf-8"
  );
}

/** Any number of bytes as text, each a character. */
export function latin1Text(bytes: Uint8Array): string {
  return decodeLatin1(bytes, 0, bytes.length);
}
