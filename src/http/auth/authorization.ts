import type { HttpRequest } from "../server/request.js";
import type { HttpResponse } from "../server/response.js";
import type { AttemptLimiter } from "./attempt-limiter.js";
import { parseCredentials, type AuthElement } from "./challenges.js";

/** Where a request's `state` has who sent it. */
const STATE = "user";

/** Who sent the request, as one of `basicAuth`, `digestAuth` and `bearerAuth` has found; undefined if none is in use. */
export function userOf(request: HttpRequest): string | undefined {
  return request.state[STATE] as string | undefined;
}

/** What the request shows to be let in, if it can be read. */
export function credentialsOf(request: HttpRequest): AuthElement | undefined {
  const field = request.fields.get("authorization");
  return field === undefined ? undefined : parseCredentials(field);
}

/** Asks for (other) credentials (RFC 9110 §15.5.2). @param challenges values of WWW-Authenticate, the preferred first */
export function askForCredentials(response: HttpResponse, detail: string, ...challenges: string[]): void {
  for (const challenge of challenges) response.header("WWW-Authenticate", challenge);
  response.problem(401, detail);
}

/**
 * Goes on when it is known who the user is.
 *
 * @param user undefined if the credentials were wrong
 * @param refuse answers then
 */
export function admit(
  user: MaybePromise<string | undefined>,
  request: HttpRequest,
  attempts: AttemptLimiter | undefined,
  next: () => void | Promise<void>,
  refuse: () => void,
): void | Promise<void> {
  return whenKnown(user, (name) => {
    // Once more: while this was found out, others of its tries may have failed.
    attempts?.check(request);
    if (typeof name !== "string") {
      attempts?.fail(request);
      return refuse();
    }
    request.state[STATE] = name;
    return next();
  });
}

export type MaybePromise<T> = T | Promise<T>;

/**
 * Calls `then` at once, or when the promise is fulfilled: what needs no promise makes none. Whatever has a `then` is taken for a
 * promise: as a value it would count as true.
 */
export function whenKnown<T, R>(
  value: MaybePromise<T>,
  then: (value: T) => MaybePromise<R>,
): MaybePromise<R> {
  return isPromise(value) ? value.then(then) : then(value);
}

function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof (value as Partial<Promise<T>> | null | undefined)?.then === "function";
}
