import { NetworkError } from "../../error/index.js";
import { encodeUtf8 } from "../../host/index.js";
import { hasControl } from "../message/fields.js";
import { decodeBase64, encodeBase64 } from "./base64.js";
import type { AuthElement } from "./challenges.js";
import { textOf } from "./latin1.js";

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** What the credentials of the scheme Basic say (RFC 7617 §2); undefined if they are malformed, or of another scheme. */
export function parseBasic(credentials: AuthElement): Login | undefined {
  if (credentials.scheme !== "basic" || credentials.token68 === undefined) return undefined;
  const bytes = decodeBase64(credentials.token68);
  if (bytes === undefined) return undefined;
  const text = textOf(bytes);
  const colon = text.indexOf(":");
  if (colon < 0 || hasControl(text)) return undefined;
  return { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/**
 * The value of Authorization for the scheme Basic, in UTF-8.
 *
 * @throws NetworkError EINVAL for a user with a colon, which would end the name, and for control characters (RFC 7617 §2)
 */
export function formatBasic({ user, password }: Login): string {
  if (user.includes(":") || hasControl(user + password))
    throw new NetworkError("EINVAL", "write credentials", user);
  return `Basic ${encodeBase64(encodeUtf8(`${user}:${password}`))}`;
}
