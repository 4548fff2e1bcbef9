import { Pattern } from "../../host/index.js";
import { Ipv6Address, tryParsePort } from "../../address/index.js";

/** What a request is for (RFC 9112 §3.2). */
export interface RequestTarget {
  /** "/api/status"; "*" for the server as a whole; empty with CONNECT. */
  readonly path: string;
  /** What follows "?", without it; undefined if there is none. */
  readonly query: string | undefined;
  /** Host and port, where the target itself says them. */
  readonly authority: string | undefined;
}

/** Anything but visible ASCII; a fragment stays with the client (RFC 9110 §4.2.5). */
const NOT_TARGET = new Pattern(() => /[^!"$-~]/);

/** What neither a name, an address nor a port may have (RFC 3986 §3.2.2); user information is refused too. */
const NOT_AUTHORITY = new Pattern(() => /[^A-Za-z0-9\-._~%!$&'()*+,;=:[\]]/);

/** What a host's name or IPv4 address alone does not have. */
const NOT_PLAIN = new Pattern(() => /[^A-Za-z0-9\-.]/);

/** Most of what has a port: any number of up to four digits is one. */
const PLAIN_AND_PORT = new Pattern(() => /^[A-Za-z0-9\-.]+?:[1-9][0-9]?[0-9]?[0-9]?$/);

/** Reads the four forms of a request target. @returns undefined if it is malformed, or not for this method */
export function parseRequestTarget(method: string, target: string): RequestTarget | undefined {
  if (NOT_TARGET.regexp.test(target)) return undefined;
  if (method === "CONNECT") {
    return isHostAndPort(target) ? { path: "", query: undefined, authority: target } : undefined;
  }
  if (target.startsWith("/")) return splitPath(target, undefined);
  if (target === "*" && method === "OPTIONS") return { path: target, query: undefined, authority: undefined };
  return parseAbsolute(target);
}

/** CONNECT's target has no default for either (RFC 9110 §9.3.6). */
function isHostAndPort(text: string): boolean {
  const colon = text.lastIndexOf(":");
  return colon >= 0 && !text.endsWith(":") && !text.endsWith("]") && isAuthority(text);
}

/** True for "host" and "host:port". An http URI without a host is invalid (RFC 9110 §4.2.1). */
export function isAuthority(text: string): boolean {
  if (text === "" || text.startsWith(":")) return false;
  if (!NOT_PLAIN.regexp.test(text) || PLAIN_AND_PORT.regexp.test(text)) return true;
  if (NOT_AUTHORITY.regexp.test(text)) return false;
  const bracket = text.indexOf("]");
  if (bracket >= 0) {
    return (
      text.startsWith("[") &&
      Ipv6Address.tryParse(text.slice(1, bracket)) !== undefined &&
      isPortSuffix(text.slice(bracket + 1))
    );
  }
  const colon = text.indexOf(":");
  return !text.includes("[") && (colon < 0 || isPortSuffix(text.slice(colon)));
}

function isPortSuffix(text: string): boolean {
  if (text === "" || text === ":") return true;
  return text.startsWith(":") && tryParsePort(text.slice(1)) !== undefined;
}

function parseAbsolute(target: string): RequestTarget | undefined {
  const scheme = target.slice(0, 8).toLowerCase();
  const start = scheme.startsWith("http://") ? 7 : scheme === "https://" ? 8 : 0;
  if (start === 0) return undefined;
  const slash = target.indexOf("/", start);
  const mark = target.indexOf("?", start);
  const end = slash < 0 || (mark >= 0 && mark < slash) ? mark : slash;
  const authority = end < 0 ? target.slice(start) : target.slice(start, end);
  if (!isAuthority(authority)) return undefined;
  const rest = end < 0 ? "" : target.slice(end);
  return splitPath(rest.startsWith("/") ? rest : `/${rest}`, authority);
}

export function splitPath(text: string, authority: string | undefined): RequestTarget {
  const mark = text.indexOf("?");
  if (mark < 0) return { path: text, query: undefined, authority };
  return { path: text.slice(0, mark), query: text.slice(mark + 1), authority };
}
