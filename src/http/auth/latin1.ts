import { decodeUtf8, encodeUtf8 } from "../../host/index.js";
import { latin1Text } from "../message/charset.js";

/** What bytes say: in UTF-8, or in ISO-8859-1 if they are not UTF-8, as some clients still send names and passwords. */
export function textOf(bytes: Uint8Array): string {
  try {
    return decodeUtf8(bytes);
  } catch {
    return latin1Text(bytes);
  }
}

/** The UTF-8 of text as it stands in a field: each byte a character. */
export function fieldText(text: string): string {
  return latin1Text(encodeUtf8(text));
}
