import type { WallClock } from "../../host/index.js";
import { MAX_COOKIE_AGE, parseSetCookie, type ReceivedCookie, type SameSite } from "../session/set-cookie.js";
import { domainMatches, isSameSite, type PublicSuffix } from "./cookie-domain.js";
import { HttpUrl } from "./url.js";

/** Cookies of one domain; RFC 6265bis §6.1 asks browsers for 50, and servers seldom set five. */
export const MAX_COOKIES_PER_DOMAIN = 20;

/** Cookies in all: each takes some 300 bytes on a device. */
export const MAX_JAR_COOKIES = 60;

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE: readonly string[] = Object.freeze(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** A cookie as it is kept (RFC 6265bis §5.7). */
export interface StoredCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** True if it is for exactly this host, false if for those below it too. */
  readonly hostOnly: boolean;
  readonly path: string;
  /** Ms since 1970; undefined: as long as the jar. */
  readonly expires: number | undefined;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: SameSite | undefined;
}

interface Entry extends StoredCookie {
  /** Counted by the jar, as is the last use: a clock may stand still, or be set back. */
  readonly created: number;
  used: number;
}

export interface CookieJarOptions {
  /** While it does not know the time, cookies that say when they end are kept until it does. */
  readonly wallClock: WallClock;
  /** Says whether anybody can have names below a domain, as below "co.uk"; absent: only of those without a dot. */
  readonly isPublicSuffix?: PublicSuffix;
  /** Absent: `MAX_COOKIES_PER_DOMAIN`. */
  readonly perDomain?: number;
  /** Absent: `MAX_JAR_COOKIES`. */
  readonly total?: number;
}

/** What a request is that cookies go with. */
export interface CookieRequest {
  /** Absent: "GET". */
  readonly method?: string;
  /** The URLs that have led to it by redirects, if any. */
  readonly path?: readonly HttpUrl[];
}

/**
 * Keeps cookies as browsers do (RFC 6265bis §5.7 and §5.8).
 *
 * SameSite protects a user from pages of other sites. A client without pages does what its program says; but where another site has led
 * a request on by a redirect, "Strict" cookies stay behind, and with methods that change something "Lax" ones too.
 */
export class CookieJar {
  readonly #wallClock: WallClock;
  readonly #isPublicSuffix: PublicSuffix;
  readonly #perDomain: number;
  readonly #total: number;
  #entries: Entry[] = [];
  #count = 0;

  constructor({ wallClock, isPublicSuffix, perDomain, total }: CookieJarOptions) {
    this.#wallClock = wallClock;
    this.#isPublicSuffix = isPublicSuffix ?? ((domain) => !domain.includes("."));
    this.#perDomain = perDomain ?? MAX_COOKIES_PER_DOMAIN;
    this.#total = total ?? MAX_JAR_COOKIES;
  }

  /** What is kept now, for somebody who wants to look at it or to save it. */
  get cookies(): readonly StoredCookie[] {
    this.dropExpired();
    return this.#entries.map(
      ({ name, value, domain, hostOnly, path, expires, secure, httpOnly, sameSite }) => ({
        name,
        value,
        domain,
        hostOnly,
        path,
        expires,
        secure,
        httpOnly,
        sameSite,
      }),
    );
  }

  /**
   * Takes a cookie, if it is to be taken (RFC 6265bis §5.7).
   *
   * @param field the value of one Set-Cookie field, each byte a character
   * @returns whether it was taken; one that ends an older one is
   */
  store(from: HttpUrl | string, field: string): boolean {
    const url = typeof from === "string" ? HttpUrl.parse(from) : from;
    const received = parseSetCookie(field);
    const cookie = received && this.accept(url, received);
    if (cookie === undefined) return false;
    const created = ++this.#count;
    const old = this.#entries.find((entry) => isSame(entry, cookie));
    this.#entries = this.#entries.filter((entry) => entry !== old);
    this.#entries.push({ ...cookie, created: old?.created ?? created, used: created });
    this.dropExpired();
    this.makeRoom(cookie.domain);
    return true;
  }

  /** The value of the Cookie field for a request (RFC 6265bis §5.8.3); undefined if there are none for it. */
  cookiesFor(to: HttpUrl | string, { method = "GET", path = [] }: CookieRequest = {}): string | undefined {
    const url = typeof to === "string" ? HttpUrl.parse(to) : to;
    this.dropExpired();
    const isForeign = path.some((other) => !isSameSite(other, url, this.#isPublicSuffix));
    const isSafe = SAFE.includes(method);
    const found = this.#entries.filter(
      (entry) =>
        isFor(entry, url) &&
        (!isForeign || entry.sameSite === "None" || (isSafe && entry.sameSite !== "Strict")),
    );
    for (const entry of found) entry.used = ++this.#count;
    // The most specific first, of equals the oldest.
    found.sort((a, b) => b.path.length - a.path.length || a.created - b.created);
    const pairs = found.map(({ name, value }) => (name === "" ? value : `${name}=${value}`));
    return pairs.length === 0 ? undefined : pairs.join("; ");
  }

  /** Forgets all. */
  clear(): void {
    this.#entries = [];
  }

  private accept(url: HttpUrl, received: ReceivedCookie): StoredCookie | undefined {
    const { name, value, secure = false, httpOnly = false, sameSite } = received;
    const { host } = url;
    let domain = received.domain;
    // A name like "com" may set cookies for itself, not for those below.
    if (domain !== undefined && this.#isPublicSuffix(domain)) {
      if (domain !== host) return undefined;
      domain = undefined;
    }
    if (domain !== undefined && !domainMatches(url, domain)) return undefined;
    const cookie: StoredCookie = {
      name,
      value,
      domain: domain ?? host,
      hostOnly: domain === undefined,
      path: received.path ?? defaultPath(url),
      expires: this.expiryOf(received),
      secure,
      httpOnly,
      sameSite,
    };
    if (url.isSecure) return cookie;
    // An attacker on the way could plant them: secure ones do not come over http, nor are they hidden by such.
    const isHiding = this.#entries.some((entry) => entry.secure && hides(cookie, entry));
    return secure || isHiding ? undefined : cookie;
  }

  private expiryOf({ maxAge, expires }: ReceivedCookie): number | undefined {
    if (maxAge !== undefined && maxAge <= 0) return -Infinity;
    const now = this.#wallClock.now();
    if (now === undefined) return maxAge === undefined ? expires : undefined;
    if (maxAge !== undefined) return now + maxAge * 1000;
    // RFC 6265bis §5.6.1: a date says no more than the longest Max-Age.
    return expires === undefined ? undefined : Math.min(expires, now + MAX_COOKIE_AGE * 1000);
  }

  private dropExpired(): void {
    const now = this.#wallClock.now() ?? -Infinity;
    this.#entries = this.#entries.filter(({ expires = Infinity }) => expires > now);
  }

  /** RFC 6265bis §5.7: of a domain that has too many, then of all, the one that was used longest ago; secure ones last. */
  private makeRoom(domain: string): void {
    const ofDomain = this.#entries.filter((entry) => entry.domain === domain);
    if (ofDomain.length > this.#perDomain) this.dropOldest(ofDomain);
    if (this.#entries.length > this.#total) this.dropOldest(this.#entries);
  }

  private dropOldest(entries: readonly Entry[]): void {
    const plain = entries.filter(({ secure }) => !secure);
    const candidates = plain.length > 0 ? plain : entries;
    const oldest = candidates.reduce((first, entry) => (entry.used < first.used ? entry : first));
    this.#entries = this.#entries.filter((entry) => entry !== oldest);
  }
}

function isSame(a: StoredCookie, b: StoredCookie): boolean {
  return a.name === b.name && a.domain === b.domain && a.hostOnly === b.hostOnly && a.path === b.path;
}

function isFor({ domain, hostOnly, path, secure }: StoredCookie, url: HttpUrl): boolean {
  const isHost = hostOnly ? url.host === domain : domainMatches(url, domain);
  return isHost && pathMatches(url.path, path) && (!secure || url.isSecure);
}

/** Whether a page that gets the cookie `old` would get `cookie` in its place. */
function hides(cookie: StoredCookie, old: StoredCookie): boolean {
  const isNear =
    cookie.domain === old.domain ||
    cookie.domain.endsWith(`.${old.domain}`) ||
    old.domain.endsWith(`.${cookie.domain}`);
  return cookie.name === old.name && isNear && pathMatches(cookie.path, old.path);
}

/** RFC 6265bis §5.1.4 */
function pathMatches(requested: string, path: string): boolean {
  if (requested === path) return true;
  return requested.startsWith(path.endsWith("/") ? path : `${path}/`);
}

/** RFC 6265bis §5.1.4: the directory of the page. */
function defaultPath({ path }: HttpUrl): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}
