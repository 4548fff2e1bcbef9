import { Pattern, decodeUtf8, encodeLatin1 } from "../../host/index.js";
import type { AuthElement } from "./challenges.js";
import { textOf } from "./latin1.js";

/** What a client answers to a Digest challenge (RFC 7616 §3.4), as far as it can be used without qop "auth-int". */
export interface DigestCredentials {
  /** The user's name, or the hash of it. */
  readonly user: string;
  readonly isUserHash: boolean;
  /** As it stands in the field, like all that follows. */
  readonly realm: string;
  readonly algorithm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly nc: string;
  readonly cnonce: string;
  readonly qop: string;
}

/** Undefined if a parameter is missing or malformed. */
export function parseDigest({ parameters }: AuthElement): DigestCredentials | undefined {
  const user = userIn(parameters);
  const get = (name: string): string => parameters.get(name) ?? "";
  const [realm, nonce, uri, response] = [parameters.get("realm"), get("nonce"), get("uri"), get("response")];
  const [nc, cnonce, qop] = [get("nc"), get("cnonce"), get("qop")];
  if (user === undefined || realm === undefined || nonce === "" || uri === "" || response === "")
    return undefined;
  // RFC 7616 §3.4: numbers begin with 1.
  if (cnonce === "" || qop !== "auth" || !/^[0-9a-f]{8}$/i.test(nc) || nc === "00000000") return undefined;
  const isUserHash = get("userhash").toLowerCase() === "true";
  // §3.3: without a name it is MD5.
  const algorithm = parameters.get("algorithm") ?? "MD5";
  return { user, isUserHash, realm, algorithm, nonce, uri, response, nc, cnonce, qop };
}

/** From `username`, or from `username*` for names that the other can't carry. */
function userIn(parameters: ReadonlyMap<string, string>): string | undefined {
  const plain = parameters.get("username");
  const extended = parameters.get("username*");
  if (plain !== undefined) return extended === undefined ? textOf(encodeLatin1(plain)) : undefined;
  return extended === undefined ? undefined : parseExtendedValue(extended);
}

const NOT_EXTENDED = new Pattern(() => /[^!#$&+\-.^_`|~0-9A-Za-z%]/);

/** UTF-8''J%C3%A4s%C3%B8n: the only charset that has to be known (RFC 8187 §3.2.1). */
function parseExtendedValue(value: string): string | undefined {
  const [charset, , text, more] = value.split("'");
  if (charset?.toLowerCase() !== "utf-8" || text === undefined || more !== undefined) return undefined;
  if (NOT_EXTENDED.regexp.test(text)) return undefined;
  const [first, ...rest] = text.split("%");
  const bytes: number[] = [...encodeLatin1(first!)];
  for (const piece of rest) {
    const digits = piece.slice(0, 2);
    if (!/^[0-9a-f]{2}$/i.test(digits)) return undefined;
    bytes.push(parseInt(digits, 16), ...encodeLatin1(piece.slice(2)));
  }
  try {
    return decodeUtf8(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}
