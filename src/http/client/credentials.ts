import { formatBasic } from "../auth/basic.js";
import { percentDecode } from "../content/percent-encoding.js";
import type { HttpUrl } from "./url.js";

/** Who asks: the scheme Basic (RFC 7617) or Bearer (RFC 6750). Both send the secret as it is: use them over https. */
export type Credentials = { readonly user: string; readonly password: string } | { readonly bearer: string };

/**
 * The value of an Authorization field, undefined if nobody is named.
 *
 * @param url its user information counts where `credentials` are absent
 * @throws NetworkError EINVAL for a user with a colon, and for control characters
 */
export function authorizationFor(url: HttpUrl, credentials: Credentials | undefined): string | undefined {
  if (credentials !== undefined)
    return "bearer" in credentials ? `Bearer ${credentials.bearer}` : formatBasic(credentials);
  const { username, password } = url;
  if (username === "" && password === "") return undefined;
  return formatBasic({ user: percentDecode(username), password: percentDecode(password) });
}
