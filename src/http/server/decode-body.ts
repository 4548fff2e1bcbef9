import { Pattern, decodeUtf8 } from "../../host/index.js";
import { charsetOf, latin1Text } from "../message/charset.js";
import { HttpError } from "./http-error.js";

const BEYOND_ASCII = new Pattern(() => /[\x80-\xff]/);

/**
 * A body as text, by the charset that its Content-Type names; UTF-8 if it names none.
 *
 * @throws HttpError 415 for a charset that is none of utf-8, us-ascii and iso-8859-1, 400 for bytes that are not of it
 */
export function decodeBody(bytes: Uint8Array, contentType: string | undefined): string {
  switch (charsetOf(contentType)) {
    case "utf-8":
    case "utf8":
      return decodeStrictly(bytes);
    case "us-ascii":
    case "ascii": {
      const text = latin1Text(bytes);
      if (BEYOND_ASCII.regexp.test(text)) throw new HttpError(400, "text that is not ASCII");
      return text;
    }
    case "iso-8859-1":
    case "latin1":
      return latin1Text(bytes);
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
