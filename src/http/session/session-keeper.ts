import type { Clock, Hashes, Log, Random } from "../../host/index.js";
import { encodeBase64Url } from "../auth/base64.js";
import { randomBytes } from "../auth/random-bytes.js";
import type { HttpRequest } from "../server/request.js";
import type { HttpResponse } from "../server/response.js";
import { clearCookie, cookiesOf, setCookie } from "./request-cookies.js";
import { MemorySessionStore, type SessionRecord, type SessionStore } from "./session-store.js";
import { formatSetCookie, type CookieAttributes } from "./set-cookie.js";
import { CookieSigner } from "./signed-cookie.js";

/** How long a session lives without being used, in ms: half an hour. */
export const SESSION_IDLE_TIME = 30 * 60_000;

/** How long a session lives, in ms: a cookie that was stolen is of use for half a day at most. */
export const SESSION_LIFETIME = 12 * 3_600_000;

/** Random bytes of a session's id: 128 bits can't be guessed. */
const ID_BYTES = 16;

/** How the cookie of sessions is sent; it is hidden from scripts always. */
export interface SessionCookie extends Omit<CookieAttributes, "expires" | "httpOnly"> {
  /** Absent: "session". */
  readonly name?: string;
  /** Absent: over HTTPS only if the request came so. */
  readonly secure?: boolean;
}

export interface SessionsOptions {
  readonly hashes: Hashes;
  /** Random bytes, `MIN_KEY` at least, that nobody else knows. The first signs; cookies that another has signed are accepted. */
  readonly keys: readonly Uint8Array[];
  readonly random: Random;
  readonly clock: Clock;
  readonly log?: Log;
  /** Absent: a `MemorySessionStore` of this server's own. */
  readonly store?: SessionStore;
  readonly cookie?: SessionCookie;
  /** In ms; absent: `SESSION_IDLE_TIME`. */
  readonly idleTime?: number;
  /** In ms; absent: `SESSION_LIFETIME`. */
  readonly lifetime?: number;
}

/** What all sessions of a server have in common: their store, their cookie, their times. */
export class SessionKeeper {
  readonly #options: SessionsOptions;
  readonly #store: SessionStore;
  readonly #signer: CookieSigner;
  readonly #name: string;
  readonly #attributes: CookieAttributes;
  #hasToldOfForgery = false;

  /** @throws NetworkError EINVAL for keys that are too short, and a cookie that no client would take */
  constructor(options: SessionsOptions) {
    const { name = "session", ...attributes } = options.cookie ?? {};
    this.#options = options;
    this.#store = options.store ?? new MemorySessionStore();
    this.#signer = new CookieSigner(options.hashes, options.keys, name);
    this.#name = name;
    this.#attributes = { path: "/", sameSite: "Lax", ...attributes, httpOnly: true };
    // Fails here rather than in a handler.
    formatSetCookie(name, "", { secure: true, ...this.#attributes });
  }

  /** The id of a request's session, which counts as used now; undefined if it has none. */
  open(request: HttpRequest): string | undefined {
    const value = cookiesOf(request).get(this.#name);
    if (value === undefined) return undefined;
    const id = this.#signer.verify(value);
    if (id === undefined) this.tellOfForgery(request);
    const record = id === undefined ? undefined : this.find(id);
    if (record === undefined) return undefined;
    this.save(id!, { ...record, used: this.#options.clock.now() });
    return id;
  }

  /** Undefined if it is not there, or too old, which ends it. */
  find(id: string): SessionRecord | undefined {
    const { clock, idleTime = SESSION_IDLE_TIME, lifetime = SESSION_LIFETIME } = this.#options;
    const record = this.#store.get(id);
    if (record === undefined) return undefined;
    const now = clock.now();
    if (now < record.used + idleTime && now < record.created + lifetime) return record;
    this.drop(id);
    return undefined;
  }

  begin(): SessionRecord {
    const now = this.#options.clock.now();
    return { created: now, used: now, values: new Map() };
  }

  save(id: string, record: SessionRecord): void {
    this.#store.set(id, record);
  }

  drop(id: string): void {
    this.#store.delete(id);
  }

  /** A new id, which the client gets in a cookie. */
  issue(request: HttpRequest, response: HttpResponse): string {
    const id = encodeBase64Url(randomBytes(this.#options.random, ID_BYTES));
    setCookie(response, this.#name, this.#signer.sign(id), this.attributesFor(request));
    return id;
  }

  /** Drops a session, and its cookie if it is not too late for that. */
  end(id: string, request: HttpRequest, response: HttpResponse): void {
    this.drop(id);
    if (!response.sent) clearCookie(response, this.#name, this.attributesFor(request));
  }

  private attributesFor(request: HttpRequest): CookieAttributes {
    return { ...this.#attributes, secure: this.#attributes.secure ?? request.secure };
  }

  /** Once: whoever sends such cookies would else fill the log. */
  private tellOfForgery(request: HttpRequest): void {
    if (this.#hasToldOfForgery) return;
    this.#hasToldOfForgery = true;
    const from = request.remoteAddress ?? "somewhere";
    this.#options.log?.(
      "warn",
      `a session cookie from ${from} that was not signed here is ignored, and further ones without a word`,
    );
  }
}
