import type { Middleware } from "../server/middleware.js";
import type { HttpRequest } from "../server/request.js";
import { admit, askForCredentials, credentialsOf, type MaybePromise } from "./authorization.js";
import { formatAuth } from "./challenges.js";
import { fieldText } from "./latin1.js";

export interface BearerAuthOptions {
  readonly realm?: string;
  /** Whose token it is; undefined if it is not valid. Tokens have to be so long that nobody can try them out. */
  readonly check: (token: string, request: HttpRequest) => MaybePromise<string | undefined>;
}

/**
 * Lets in who shows a token in the field Authorization (RFC 6750 §2.1): the other places that RFC has for it, form and query,
 * get into logs. `userOf` tells whose it is.
 *
 * @throws NetworkError EINVAL for a realm with control characters
 */
export function bearerAuth(options: BearerAuthOptions): Middleware {
  const { check } = options;
  const realm = options.realm === undefined ? undefined : fieldText(options.realm);
  const challenge = formatAuth("Bearer", { realm });
  const malformed = formatAuth("Bearer", { realm, error: "invalid_request" });
  const invalid = formatAuth("Bearer", { realm, error: "invalid_token" });
  return (request, response, next) => {
    const credentials = credentialsOf(request);
    // RFC 6750 §3.1: no error code for who has shown nothing.
    if (credentials?.scheme !== "bearer") return askForCredentials(response, "a token is needed", challenge);
    if (credentials.token68 === undefined) {
      response.header("WWW-Authenticate", malformed).problem(400, "a malformed token");
      return;
    }
    return admit(check(credentials.token68, request), request, undefined, next, () =>
      askForCredentials(response, "a token that is not valid", invalid),
    );
  };
}
