import type { HttpUrl } from "./url.js";

/** A proxy, and what it is told about who asks. */
export interface Proxy {
  readonly url: HttpUrl;
  /** Value of Proxy-Authorization. */
  readonly authorization: string | undefined;
}

/** How a connection is made. Requests whose routes have the same key can share one. */
export interface Route {
  readonly key: string;
  /** Whose address is looked up and connected to. */
  readonly hop: HttpUrl;
  /** What the proxy is asked to connect to by CONNECT, as "host:port". */
  readonly tunnel: string | undefined;
  readonly proxy: Proxy | undefined;
  /** The host that TLS is spoken with at the end; undefined: none is. */
  readonly secureHost: string | undefined;
}

export function routeTo(url: HttpUrl, proxy: Proxy | undefined): Route {
  const { origin, isSecure } = url;
  if (proxy === undefined)
    return { key: origin, hop: url, tunnel: undefined, proxy, secureHost: isSecure ? url.host : undefined };
  // Plain requests to all origins go over the same connections (RFC 9112 §3.2.2).
  if (!isSecure)
    return { key: proxyKey(proxy), hop: proxy.url, tunnel: undefined, proxy, secureHost: undefined };
  return {
    key: `${origin} through ${proxyKey(proxy)}`,
    hop: proxy.url,
    tunnel: `${url.host}:${url.port}`,
    proxy,
    secureHost: url.host,
  };
}

/** What is said in one user's name is not to be said in another's. */
function proxyKey({ url, authorization = "" }: Proxy): string {
  return `proxy ${url.origin} ${authorization}`;
}
