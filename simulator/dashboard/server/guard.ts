import type { IncomingMessage } from "node:http";

/** What a browser may call this machine; any other name in Host has been pointed here by somebody (DNS rebinding). */
const NAMES = Object.freeze(["127.0.0.1", "localhost", "[::1]"]);

/** No page but the dashboard's own may talk to it, and it loads nothing from anywhere else. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = Object.freeze({
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
});

/**
 * Why a request is not to be answered, undefined if it is: a page from elsewhere must neither read what is on the LAN nor
 * do anything to it. WebSockets are not bound by the same-origin policy, so that for them too Origin is all there is.
 */
export function refusal({ headers }: IncomingMessage, port: number): string | undefined {
  const { host, origin } = headers;
  if (!isOwn(host, port)) return "This server answers at http://127.0.0.1 and http://localhost only.";
  if (origin !== undefined && !(origin.startsWith("http://") && isOwn(origin.slice("http://".length), port)))
    return "This page may be used from its own address only.";
  return undefined;
}

function isOwn(authority: string | undefined, port: number): boolean {
  return NAMES.some((name) => authority === `${name}:${port}` || (port === 80 && authority === name));
}
