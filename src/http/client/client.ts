import { NetworkError } from "../../error/index.js";
import {
  encodeUtf8,
  type Clock,
  type EncodeUtf8,
  type Io,
  type Resolver,
  type SecureSockets,
  type Tcp,
  type Timers,
} from "../../host/index.js";
import type { CookieJar } from "./cookie-jar.js";
import { authorizationFor } from "./credentials.js";
import { Exchange } from "./exchange.js";
import { CLIENT_LIMITS, type ClientLimits } from "./limits.js";
import { Opening } from "./opening.js";
import { Pool } from "./pool.js";
import { RequestStep, type RequestOptions } from "./request.js";
import { isRedirect } from "./redirect.js";
import type { HttpClientResponse } from "./response.js";
import type { Proxy } from "./route.js";
import { TimeLimit } from "./time-limit.js";
import { HttpUrl } from "./url.js";

/** The URL of a proxy, with the user information that it wants, or what chooses one for each URL. */
export type ProxyChoice = string | ((url: HttpUrl) => string | undefined);

export interface HttpClientOptions {
  readonly io: Pick<Io, "TCP">;
  readonly clock: Clock;
  readonly timers: Timers;
  /** Finds the addresses of names; absent: only addresses and "localhost" can be asked. */
  readonly resolve?: Resolver | undefined;
  /** TLS; absent: https URLs are refused with ENOTSUP. */
  readonly secure?: SecureSockets | undefined;
  /** Keeps cookies from one request to the next; absent: they are not looked at. */
  readonly jar?: CookieJar | undefined;
  /** Plain requests go through it as they are, others through a tunnel that it opens (CONNECT). */
  readonly proxy?: ProxyChoice | undefined;
  /** Limits that differ from `CLIENT_LIMITS`. */
  readonly limits?: Partial<ClientLimits> | undefined;
  /** Who the servers are told that asks; absent: "wirelet"; "": they are not told. */
  readonly userAgent?: string | undefined;
  /** The host's own encoder, where it has a faster one. */
  readonly encode?: EncodeUtf8 | undefined;
}

const USER_AGENT = "wirelet";

/** Bytes of a redirect's body that are read to keep its connection. */
const MAX_DISCARD = 4096;

/**
 * An HTTP/1.1 client on the sockets of ECMA-419: requests over connections that are kept for a while.
 *
 * @example
 * const client = new HttpClient({ io, clock, timers });
 * const response = await client.request("http://192.168.1.10/api/status", { timeout: 5000 });
 * if (response.ok) print((await response.json<Status>()).ip);
 */
export class HttpClient {
  readonly #pool: Pool;
  readonly #limits: ClientLimits;
  readonly #jar: CookieJar | undefined;
  readonly #proxy: ProxyChoice | undefined;
  readonly #userAgent: string | undefined;
  readonly #encode: EncodeUtf8;

  constructor(options: HttpClientOptions) {
    const { io, clock, timers, resolve, secure, jar, proxy, userAgent = USER_AGENT } = options;
    this.#limits = { ...CLIENT_LIMITS, ...options.limits };
    this.#pool = new Pool({ io, clock, timers, resolve, secure, limits: this.#limits });
    this.#jar = jar;
    this.#proxy = proxy;
    this.#userAgent = userAgent === "" ? undefined : userAgent;
    this.#encode = options.encode ?? encodeUtf8;
  }

  /** How many connections there are, kept ones included. */
  get connections(): number {
    return this.#pool.size;
  }

  /**
   * Sends a request. The promise is settled when the head of the response has come; whoever gets it reads the body, or
   * cancels it: its connection waits for that.
   *
   * @returns a promise, whatever the status; rejected with NetworkError EINVAL for what can't be asked, ECONNREFUSED, EHOSTUNREACH
   * and others that the sockets report, ECONNRESET or ECONNABORTED if the server ended the connection, ETIMEDOUT and what was waited for,
   * EPROTO for what is no HTTP, EMSGSIZE for a head beyond the limits, ELOOP for too many redirects, EACCES for a refused
   * certificate, ENOBUFS if too many requests wait, ENOTSUP, ECANCELED, or with the signal's reason
   */
  async request(url: string | HttpUrl, options: RequestOptions = {}): Promise<HttpClientResponse> {
    let step = RequestStep.first(asUrl(url), options, this.#encode);
    const {
      timeout = Infinity,
      signal,
      redirect = "follow",
      maxRedirects = this.#limits.redirects,
    } = options;
    const limit = new TimeLimit(this.#pool.timers, timeout, signal, step.method, step.url.withoutSecrets);
    try {
      for (;;) {
        const response = await this.answer(step, limit);
        if (redirect === "error" && isRedirect(response.status)) throw refusedRedirect(step, response);
        const next = redirect === "follow" ? nextStep(step, response, maxRedirects) : undefined;
        // A source that nobody has asked for anything holds what it reads from.
        if (next?.body !== step.body && step.isFresh) step.body?.discard();
        if (next === undefined) {
          limit.last();
          return response;
        }
        await discard(response);
        step = next;
      }
    } catch (error) {
      limit.stop();
      step.body?.discard();
      throw error;
    }
  }

  /**
   * Has the proxy connect to `authority`, "host:port" (RFC 9110 §9.3.6).
   *
   * @returns a promise of the connection, to be wrapped with `{ from }`, and of what has come on it already; rejected as that of
   * `request`, and with EACCES or ECONNREFUSED if the proxy does not want to
   */
  tunnel(authority: string): Promise<{ readonly connection: Tcp; readonly early: Uint8Array }> {
    return new Promise((resolve, reject) => {
      const url = HttpUrl.parse(`https://${authority}/`);
      const proxy = this.proxyFor(url);
      if (proxy === undefined) throw new NetworkError("EINVAL", "CONNECT", authority, "there is no proxy");
      const tunnel = `${url.host}:${url.port}`;
      const route = { key: tunnel, hop: proxy.url, tunnel, proxy, secureHost: undefined };
      new Opening(this.#pool, route, {
        opened: (connection, _, early) => resolve({ connection, early }),
        failed: reject,
      }).start();
    });
  }

  /** Closes all connections. Requests under way are rejected with ECANCELED, and so is the reading of bodies. */
  close(): void {
    this.#pool.close();
  }

  /** Sends it, once more where that can't do harm, until there is an answer. */
  private async answer(step: RequestStep, limit: TimeLimit): Promise<HttpClientResponse> {
    const response = await this.send(step, limit, false);
    // RFC 9110 §15.5.18: it is the expectation that was not understood.
    if (response.status !== 417 || !step.awaitsContinue || !step.isFresh) return response;
    await discard(response);
    return this.send(step.withoutExpectation(), limit, false);
  }

  private async send(step: RequestStep, limit: TimeLimit, isFresh: boolean): Promise<HttpClientResponse> {
    const cookies = this.#jar?.cookiesFor(step.url, { method: step.method, path: step.path });
    const wire = step.toWire(this.#userAgent, cookies, this.proxyFor(step.url));
    if (limit.ended !== undefined) throw limit.ended.error;
    const exchange = new Exchange(this.#pool, wire, this.#limits, isFresh, () => limit.bodyOver());
    limit.begin((error) => exchange.cancel(error));
    try {
      const response = await exchange.start().answered;
      for (const cookie of this.#jar === undefined ? [] : response.fields.getAll("set-cookie"))
        this.#jar!.store(step.url, cookie);
      return response;
    } catch (error) {
      // RFC 9112 §9.3.1: a kept connection may be ended just when it is used again.
      if (isFresh || !exchange.isStale || !step.isIdempotent || !step.isFresh) throw error;
      return this.send(step, limit, true);
    }
  }

  private proxyFor(url: HttpUrl): Proxy | undefined {
    const choice = typeof this.#proxy === "function" ? this.#proxy(url) : this.#proxy;
    if (choice === undefined) return undefined;
    const proxy = HttpUrl.parse(choice);
    return { url: proxy, authorization: authorizationFor(proxy, undefined) };
  }
}

function asUrl(url: string | HttpUrl): HttpUrl {
  return typeof url === "string" ? HttpUrl.parse(url) : url;
}

/** The next step; if there can't be one, the response is not read. */
function nextStep(step: RequestStep, response: HttpClientResponse, limit: number): RequestStep | undefined {
  try {
    return step.next(response, limit);
  } catch (error) {
    response.cancel();
    throw error;
  }
}

function refusedRedirect(step: RequestStep, response: HttpClientResponse): NetworkError {
  response.cancel();
  const detail = `a redirect to ${response.header("location") ?? "nowhere"}, which is not to be followed`;
  return new NetworkError("EACCES", step.method, step.url.withoutSecrets, detail);
}

/** Reads a short body away, so that its connection can be used again; ends the connection of a long one. */
async function discard(response: HttpClientResponse): Promise<void> {
  if ((response.contentLength ?? Infinity) > MAX_DISCARD) response.cancel();
  else await response.bytes();
}
