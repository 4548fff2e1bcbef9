import { Pattern } from "../../host/index.js";
import { MAX_PORT } from "../../address/index.js";
import { NetworkError } from "../../error/index.js";
import { NOT_FRAGMENT, NOT_QUERY, NOT_USERINFO, percentEncode } from "../content/percent-encoding.js";
import { parseUrlHost, type UrlHost } from "./url-host.js";
import { resolvePath } from "./url-path.js";

export type UrlScheme = "http" | "https";

/** Ports that a URL need not name (RFC 9110 §4.2). */
const DEFAULT_PORTS: Readonly<Record<UrlScheme, number>> = Object.freeze({ http: 80, https: 443 });

const SCHEME = new Pattern(() => /^[a-z][a-z0-9+.-]*:/i);
const SLASHES = new Pattern(() => /^[/\\]*/);
const AUTHORITY_END = new Pattern(() => /[/\\?#]/);
const NOT_DIGIT = new Pattern(() => /[^0-9]/);

/** Who a URL leads to: the part of it between "//" and the path. */
interface Authority {
  readonly username: string;
  readonly password: string;
  readonly host: UrlHost;
  readonly port: number;
}

/**
 * An http or https URL: RFC 3986 and RFC 9110 §4.2, read as browsers read it (WHATWG, URL Standard) wherever that says one
 * thing only. All parts are percent-encoded. Immutable.
 *
 * @example
 * const page = HttpUrl.parse("http://device.local/api/status?full");
 * page.target; // "/api/status?full"
 * HttpUrl.parse("../log#end", page).toString(); // "http://device.local/log#end"
 */
export class HttpUrl {
  readonly #authority: Authority;

  private constructor(
    readonly scheme: UrlScheme,
    authority: Authority,
    /** "/api/status": begins with a slash. */
    readonly path: string,
    /** What stands behind "?"; undefined if there is none. */
    readonly query: string | undefined,
    /** What stands behind "#"; it is never sent. */
    readonly fragment: string | undefined,
  ) {
    this.#authority = authority;
  }

  /**
   * @param base what a relative reference is resolved against (RFC 3986 §5)
   * @throws NetworkError EINVAL
   */
  static parse(text: string, base?: HttpUrl): HttpUrl {
    const url = HttpUrl.read(text, base);
    if (typeof url === "string") throw new NetworkError("EINVAL", "parse URL", text, url);
    return url;
  }

  /** As `parse`, but undefined if the text is no URL. */
  static tryParse(text: string, base?: HttpUrl): HttpUrl | undefined {
    const url = HttpUrl.read(text, base);
    return typeof url === "string" ? undefined : url;
  }

  /** User information is for the client alone, which makes it an Authorization field: it is deprecated in links. */
  get username(): string {
    return this.#authority.username;
  }

  get password(): string {
    return this.#authority.password;
  }

  /** "device.local", "192.168.1.1" or "[::1]". */
  get host(): string {
    return this.#authority.host.text;
  }

  /** True if the host is an IP address. */
  get isAddress(): boolean {
    return this.#authority.host.isAddress;
  }

  /** The port, whether the URL names it or not. */
  get port(): number {
    return this.#authority.port;
  }

  get isSecure(): boolean {
    return this.scheme === "https";
  }

  /** The host, and the port unless it is the scheme's own: the value of a Host field. */
  get authority(): string {
    return this.port === DEFAULT_PORTS[this.scheme] ? this.host : `${this.host}:${this.port}`;
  }

  /** Who may share cookies and credentials: scheme, host and port (RFC 6454 §4). */
  get origin(): string {
    return `${this.scheme}://${this.authority}`;
  }

  /** Path and query: the origin-form of a request target (RFC 9112 §3.2.1). */
  get target(): string {
    return this.query === undefined ? this.path : `${this.path}?${this.query}`;
  }

  /** The same without user information and fragment: what may be shown, sent to a proxy, or put into a Referer field. */
  get withoutSecrets(): string {
    return `${this.origin}${this.target}`;
  }

  /** The same with another fragment. */
  withFragment(fragment: string | undefined): HttpUrl {
    return new HttpUrl(this.scheme, this.#authority, this.path, this.query, fragment);
  }

  toString(): string {
    const { username, password } = this.#authority;
    const secret = password === "" ? "" : `:${password}`;
    const user = username === "" && secret === "" ? "" : `${username}${secret}@`;
    const fragment = this.fragment === undefined ? "" : `#${this.fragment}`;
    return `${this.scheme}://${user}${this.authority}${this.target}${fragment}`;
  }

  /** @returns what is wrong with the text, if it is no URL */
  private static read(written: string, base: HttpUrl | undefined): HttpUrl | string {
    const text = withoutControls(written);
    const name = SCHEME.regexp.exec(text)?.[0] ?? "";
    const scheme = name === "" ? base?.scheme : schemeOf(name);
    if (scheme === undefined)
      return name === "" ? "it has no scheme: http:// or https://" : `"${name}" is neither http: nor https:`;
    const rest = text.slice(name.length);
    // Browsers take "http:page" for relative where the base has that scheme, and for "http://page" where not.
    const relativeTo = scheme === base?.scheme && (name === "" || !rest.startsWith("//")) ? base : undefined;
    return relativeTo === undefined || isNetworkPath(rest)
      ? HttpUrl.readAbsolute(scheme, rest)
      : HttpUrl.resolve(rest, relativeTo);
  }

  /** @param rest what follows the scheme */
  private static readAbsolute(scheme: UrlScheme, rest: string): HttpUrl | string {
    const start = SLASHES.regexp.exec(rest)![0].length;
    const behind = rest.slice(start);
    const length = AUTHORITY_END.regexp.exec(behind)?.index ?? -1;
    const authority = parseAuthority(length < 0 ? behind : behind.slice(0, length), DEFAULT_PORTS[scheme]);
    if (typeof authority === "string") return authority;
    const { path, query, fragment } = split(length < 0 ? "" : behind.slice(length));
    return new HttpUrl(scheme, authority, resolvePath(path, "/"), query, fragment);
  }

  private static resolve(reference: string, base: HttpUrl): HttpUrl {
    const { path, query, fragment } = split(reference);
    const isSamePage = path === "";
    return new HttpUrl(
      base.scheme,
      base.#authority,
      isSamePage ? base.path : resolvePath(path, base.path),
      isSamePage ? (query ?? base.query) : query,
      fragment,
    );
  }
}

function schemeOf(name: string): UrlScheme | undefined {
  const lower = name.toLowerCase();
  return lower === "http:" ? "http" : lower === "https:" ? "https" : undefined;
}

function isNetworkPath(rest: string): boolean {
  return SLASHES.regexp.exec(rest)![0].length > 1;
}

/** What stands around a URL in a text, or breaks it over lines, is not part of it. */
function withoutControls(written: string): string {
  let [start, end] = [0, written.length];
  while (start < end && written.charCodeAt(start) <= 0x20) start++;
  while (start < end && written.charCodeAt(end - 1) <= 0x20) end--;
  return written.slice(start, end).replaceAll("\t", "").replaceAll("\n", "").replaceAll("\r", "");
}

function parseAuthority(text: string, defaultPort: number): Authority | string {
  const at = text.lastIndexOf("@");
  const colon = text.indexOf(":");
  const nameEnd = colon >= 0 && colon < at ? colon : Math.max(0, at);
  const hostAndPort = text.slice(at + 1);
  const bracket = hostAndPort.startsWith("[") ? hostAndPort.indexOf("]") : 0;
  if (bracket < 0) return "its host is no IPv6 address";
  const portColon = hostAndPort.indexOf(":", bracket);
  const port = portColon < 0 ? defaultPort : parsePort(hostAndPort.slice(portColon + 1), defaultPort);
  if (port === undefined) return `its port is no number up to ${MAX_PORT}`;
  const host = parseUrlHost(portColon < 0 ? hostAndPort : hostAndPort.slice(0, portColon));
  if (typeof host === "string") return host;
  return {
    username: percentEncode(text.slice(0, nameEnd), NOT_USERINFO.regexp),
    password: nameEnd < at ? percentEncode(text.slice(nameEnd + 1, at), NOT_USERINFO.regexp) : "",
    host,
    port,
  };
}

function parsePort(digits: string, defaultPort: number): number | undefined {
  if (digits === "") return defaultPort;
  const port = NOT_DIGIT.regexp.test(digits) ? Infinity : Number(digits);
  return port <= MAX_PORT ? port : undefined;
}

/** Cuts what follows the authority into its encoded parts; the path is still as it was written. */
function split(text: string): { path: string; query: string | undefined; fragment: string | undefined } {
  const hash = text.indexOf("#");
  const front = hash < 0 ? text : text.slice(0, hash);
  const mark = front.indexOf("?");
  return {
    path: mark < 0 ? front : front.slice(0, mark),
    query: mark < 0 ? undefined : percentEncode(front.slice(mark + 1), NOT_QUERY.regexp),
    fragment: hash < 0 ? undefined : percentEncode(text.slice(hash + 1), NOT_FRAGMENT.regexp),
  };
}
