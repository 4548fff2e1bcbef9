import type { HttpRequest } from "../server/request.js";
import type { Middleware } from "../server/middleware.js";
import type { AttemptLimiter } from "./attempt-limiter.js";
import { admit, askForCredentials, credentialsOf, whenKnown, type MaybePromise } from "./authorization.js";
import { parseBasic, type Login } from "./basic.js";
import { formatAuth } from "./challenges.js";
import { fieldText } from "./latin1.js";

export interface BasicAuthOptions {
  /** What the user is asked for a password of: browsers show it. */
  readonly realm: string;
  /** Compare with `constantTimeEqual`. */
  readonly check: (login: Login, request: HttpRequest) => MaybePromise<boolean>;
  /** Makes whoever fails too often wait; several middlewares can share one. */
  readonly attempts?: AttemptLimiter;
}

/**
 * Lets in who shows a password (RFC 7617): over HTTPS, as everybody on the way can read it. `userOf` tells who it is.
 *
 * @throws NetworkError EINVAL for a realm with control characters
 */
export function basicAuth(options: BasicAuthOptions): Middleware {
  const { realm, check, attempts } = options;
  const challenge = formatAuth("Basic", { realm: fieldText(realm), charset: "UTF-8" });
  return (request, response, next) => {
    attempts?.check(request);
    const credentials = credentialsOf(request);
    const login = credentials && parseBasic(credentials);
    if (login === undefined) return askForCredentials(response, "a password is needed", challenge);
    const user = whenKnown(check(login, request), (isRight) => (isRight === true ? login.user : undefined));
    return admit(user, request, attempts, next, () =>
      askForCredentials(response, "a wrong user or password", challenge),
    );
  };
}
