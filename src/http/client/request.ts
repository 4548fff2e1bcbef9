import { NetworkError } from "../../error/index.js";
import type { CancelSignal, EncodeUtf8 } from "../../host/index.js";
import { authorizationFor, type Credentials } from "./credentials.js";
import type { WireRequest } from "./exchange.js";
import { isRedirect, locationOf, methodAfter, survivesRedirect } from "./redirect.js";
import { outgoingBody, type OutgoingBody, type RequestBody } from "./request-body.js";
import {
  checkMethod,
  formatRequestHead,
  requestFields,
  type RequestField,
  type RequestFields,
} from "./request-head.js";
import type { HttpClientResponse } from "./response.js";
import { routeTo, type Proxy } from "./route.js";
import { type HttpUrl } from "./url.js";

export interface RequestOptions {
  /** Absent: "GET". */
  readonly method?: string;
  readonly headers?: RequestFields;
  /** Text goes as UTF-8. A body of unknown length goes in chunks, which a server of HTTP/1.0 does not know. */
  readonly body?: RequestBody;
  /** Ms for all of it, redirects and body included; absent: Infinity, only the single steps are limited. */
  readonly timeout?: number;
  /** Cancels it: the promise, or the reading of the body, is rejected with the signal's reason, or ECANCELED. */
  readonly signal?: CancelSignal;
  /**
   * What is done with a redirect: "follow" it; "manual": it is the response; "error": the request is rejected with EACCES. Absent:
   * "follow".
   */
  readonly redirect?: "follow" | "manual" | "error";
  /** Absent: as the client's limits say. */
  readonly maxRedirects?: number;
  /** Who asks; absent: whom the URL's user information names. It is not told to other origins that the request is led to. */
  readonly auth?: Credentials;
  /** True waits with the body until the server says that it wants it (RFC 9110 §10.1.1), or for a while. */
  readonly expectContinue?: boolean;
}

/** Methods that may be repeated without harm (RFC 9110 §9.2.2). */
const IDEMPOTENT: readonly string[] = Object.freeze(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);

/** Methods whose requests usually have a body: without one they say so (RFC 9110 §8.6). */
const WITH_BODY: readonly string[] = Object.freeze(["POST", "PUT", "PATCH"]);

/** A request as it is to be made next: at first, and after each redirect. */
export class RequestStep {
  private constructor(
    readonly method: string,
    readonly url: HttpUrl,
    readonly fields: readonly RequestField[],
    readonly body: OutgoingBody | undefined,
    readonly authorization: string | undefined,
    readonly awaitsContinue: boolean,
    /** How often it was led on. */
    readonly redirects: number,
    /** The URLs that have led here. */
    readonly path: readonly HttpUrl[],
  ) {}

  /** @throws NetworkError EINVAL */
  static first(url: HttpUrl, options: RequestOptions, encode: EncodeUtf8): RequestStep {
    const { method = "GET", headers, body, auth, expectContinue = false } = options;
    checkMethod(method);
    const fields = [...requestFields(headers)];
    const has = (key: string): boolean => fields.some((field) => field.key === key);
    if (typeof body === "string" && !has("content-type"))
      fields.push({ name: "Content-Type", key: "content-type", value: "text/plain; charset=utf-8" });
    const outgoing = body === undefined ? undefined : outgoingBody(body, encode);
    const authorization = has("authorization") ? undefined : authorizationFor(url, auth);
    const awaits = expectContinue && outgoing !== undefined && outgoing.length !== 0;
    return new RequestStep(method, url, fields, outgoing, authorization, awaits, 0, []);
  }

  get isIdempotent(): boolean {
    return IDEMPOTENT.includes(this.method);
  }

  /** True if it can be sent, be it once more. */
  get isFresh(): boolean {
    return this.body?.isFresh !== false;
  }

  /** The same without waiting for "100 Continue". */
  withoutExpectation(): RequestStep {
    const { method, url, fields, body, authorization, redirects, path } = this;
    return new RequestStep(method, url, fields, body, authorization, false, redirects, path);
  }

  /**
   * What a response asks to do next; undefined if it is the last.
   *
   * @throws NetworkError ELOOP beyond `limit` redirects, EPROTO for one to nowhere, ENOTSUP if the body would be needed again and
   * was given as a stream
   */
  next({ status, fields }: HttpClientResponse, limit: number): RequestStep | undefined {
    const location = isRedirect(status) ? fields.get("location") : undefined;
    if (location === undefined) return undefined;
    const subject = this.url.withoutSecrets;
    if (this.redirects >= limit)
      throw new NetworkError("ELOOP", this.method, subject, `redirected more than ${limit} times`);
    const url = locationOf(location, this.url, this.method);
    const method = methodAfter(status, this.method);
    const keepsBody = method === this.method;
    if (keepsBody && !this.isFresh) {
      const detail = `a redirect to ${url.withoutSecrets}, and the body can't be sent again`;
      throw new NetworkError("ENOTSUP", this.method, subject, detail);
    }
    const isSameOrigin = url.origin === this.url.origin;
    return new RequestStep(
      method,
      url,
      this.fields.filter(({ key }) => survivesRedirect(key, isSameOrigin, keepsBody)),
      keepsBody ? this.body : undefined,
      isSameOrigin ? this.authorization : undefined,
      this.awaitsContinue && keepsBody,
      this.redirects + 1,
      [...this.path, this.url],
    );
  }

  /** @param cookies value of a Cookie field, from a jar */
  toWire(userAgent: string | undefined, cookies: string | undefined, proxy: Proxy | undefined): WireRequest {
    const { method, url, body } = this;
    const route = routeTo(url, proxy);
    // RFC 9112 §3.2.2: a proxy is told the whole of it, unless it only passes bytes on.
    const isPlainProxy = proxy !== undefined && route.tunnel === undefined;
    const target = method === "OPTIONS" && url.target === "/*" ? "*" : url.target;
    return {
      method,
      url: url.withoutSecrets,
      redirected: this.redirects > 0,
      route,
      head: formatRequestHead(
        method,
        isPlainProxy ? url.withoutSecrets : target,
        this.wireFields(userAgent, cookies, isPlainProxy ? proxy.authorization : undefined),
      ),
      body,
      awaitsContinue: this.awaitsContinue,
    };
  }

  private wireFields(
    userAgent: string | undefined,
    cookies: string | undefined,
    proxyAuthorization: string | undefined,
  ): (readonly [name: string, value: string])[] {
    const { fields, method, body } = this;
    const own = (key: string): string | undefined => fields.find((field) => field.key === key)?.value;
    const list: [string, string][] = [["Host", own("host") ?? this.url.authority]];
    const add = (name: string, value: string | undefined): void => {
      if (value !== undefined) list.push([name, value]);
    };
    add("User-Agent", own("user-agent") === undefined ? userAgent : undefined);
    // All in one field (RFC 6265bis §5.8.1).
    const cookie = [own("cookie"), cookies].filter((value) => value !== undefined);
    for (const { name, key, value } of fields) if (key !== "host" && key !== "cookie") add(name, value);
    add("Authorization", this.authorization);
    add("Cookie", cookie.length === 0 ? undefined : cookie.join("; "));
    add("Proxy-Authorization", proxyAuthorization);
    if (body !== undefined && body.length === undefined) add("Transfer-Encoding", "chunked");
    else if (body !== undefined || WITH_BODY.includes(method))
      add("Content-Length", String(body?.length ?? 0));
    add("Expect", this.awaitsContinue ? "100-continue" : undefined);
    return list;
  }
}
