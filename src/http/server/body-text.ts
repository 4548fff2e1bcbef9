import { decodeUtf8 } from "../../host/index.js";
import { parseMediaType } from "../message/media-type.js";
import { HttpError } from "./http-error.js";

/** Bytes at a time: each is an argument of a call, and XS's whole stack has a few hundred slots. */
const PIECE = 64;

const BEYOND_ASCII = /[\x80-\xff]/;

/**
 * A body as text, by the charset that its Content-Type names; UTF-8 if it names none.
 *
 * @throws HttpError 415 for a charset that is none of utf-8, us-ascii and iso-8859-1, 400 for bytes that are not of it
 */
export function decodeBody(bytes: Uint8Array, contentType: string | undefined): string {
  switch (
    parseMediaType(contentType ?? "")
      ?.parameters.get("charset")
      ?.toLowerCase() ??
    "utf-8"
  ) {
    case "utf-8":
    case "utf8":
      return decodeStrictly(bytes);
    case "us-ascii":
    case "ascii": {
      const text = decodeLatin1(bytes);
      if (BEYOND_ASCII.test(text)) throw new HttpError(400, "text that is not ASCII");
      return text;
    }
    case "iso-8859-1":
    case "latin1":
      return decodeLatin1(bytes);
    default:
      throw new HttpError(415, "text in a charset other than utf-8, us-ascii and iso-8859-1");
  }
}

function decodeStrictly(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch {
    throw new HttpError(400, "text that is not UTF-8");
  }
}

/** Bytes as text, each a character. */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += PIECE)
    text += String.fromCharCode(...bytes.subarray(start, start + PIECE));
  return text;
}
