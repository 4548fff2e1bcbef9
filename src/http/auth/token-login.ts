import type { Clock, Hashes, Random } from "../../host/index.js";
import type { HttpHandler } from "../server/handler.js";
import { HttpError } from "../server/http-error.js";
import type { Middleware } from "../server/middleware.js";
import type { HttpRequest } from "../server/request.js";
import { AttemptLimiter } from "./attempt-limiter.js";
import { credentialsOf, whenKnown, type MaybePromise } from "./authorization.js";
import type { Login } from "./basic.js";
import { bearerAuth } from "./bearer-auth.js";
import { decodeBase64Url, encodeBase64Url } from "./base64.js";
import { formatAuth } from "./challenges.js";
import { fieldText } from "./latin1.js";
import { constantTimeEqual } from "./constant-time.js";
import { randomBytes } from "./random-bytes.js";

/** How long a token is valid, in ms: an hour. */
export const TOKEN_LIFETIME = 3_600_000;

/** Tokens that are valid at a time; for another one the oldest ends. */
export const MAX_TOKENS = 16;

/** Bytes of a token that find it, and bytes that are its secret: 192 bits can't be guessed. */
const ID_BYTES = 8;
const SECRET_BYTES = 24;

export interface TokenLoginOptions {
  readonly hashes: Hashes;
  readonly random: Random;
  readonly clock: Clock;
  /** Compare with `constantTimeEqual`. */
  readonly check: (login: Login, request: HttpRequest) => MaybePromise<boolean>;
  readonly realm?: string;
  /** In ms; absent: `TOKEN_LIFETIME`. */
  readonly lifetime?: number;
  /** Absent: `MAX_TOKENS`. */
  readonly maxTokens?: number;
  /** Absent: one of its own. */
  readonly attempts?: AttemptLimiter;
}

interface Token {
  readonly user: string;
  /** The client's address: the token is of no use to another. */
  readonly address: string | undefined;
  readonly expires: number;
  /** SHA-256 of the secret: who reads this table has no tokens. */
  readonly digest: Uint8Array;
}

/**
 * A login that gives the client a token, which it shows from then on instead of the password.
 *
 * @example
 * const login = new TokenLogin({ hashes, random, clock, check });
 * server.route("POST", "/login", login.handler);
 * server.use("/api", login.middleware);
 * server.route("POST", "/api/logout", login.logout);
 */
export class TokenLogin {
  /**
   * Takes a JSON body with `user` and `password`, and answers with `access_token`, `token_type` and `expires_in` in seconds, as
   * RFC 6749 §5.1 names them; 401 if they are wrong, 429 for who has tried too often.
   */
  readonly handler: HttpHandler;
  /** Lets in who shows a valid token: see `bearerAuth`. */
  readonly middleware: Middleware;
  /** Ends the token that the request shows. */
  readonly logout: HttpHandler;
  readonly #options: TokenLoginOptions;
  readonly #lifetime: number;
  /** By id, the oldest first. */
  readonly #tokens = new Map<string, Token>();

  constructor(options: TokenLoginOptions) {
    const { clock, check, realm, lifetime = TOKEN_LIFETIME } = options;
    const attempts = options.attempts ?? new AttemptLimiter({ clock });
    const challenge = formatAuth("Bearer", { realm: realm === undefined ? undefined : fieldText(realm) });
    this.#options = options;
    this.#lifetime = lifetime;
    this.handler = (request, response) => {
      attempts.check(request);
      const login = loginIn(request);
      return whenKnown(check(login, request), (isRight) => {
        // Once more: while this was found out, others of its tries may have failed.
        attempts.check(request);
        if (isRight !== true) {
          attempts.fail(request);
          throw new HttpError(401, "a wrong user or password", { "WWW-Authenticate": challenge });
        }
        response.header("Cache-Control", "no-store").json({
          access_token: this.issue(login.user, request),
          token_type: "Bearer",
          expires_in: Math.floor(lifetime / 1000),
        });
      });
    };
    this.middleware = bearerAuth({ realm, check: (token, request) => this.verify(token, request) });
    this.logout = (request, response) => {
      const token = credentialsOf(request)?.token68;
      if (token !== undefined) this.revoke(token);
      response.status = 204;
      response.send();
    };
  }

  /** A token for a user, valid for the client that has sent this request. */
  issue(user: string, request: HttpRequest): string {
    const { hashes, random, clock, maxTokens = MAX_TOKENS } = this.#options;
    const now = clock.now();
    const id = randomBytes(random, ID_BYTES);
    const secret = randomBytes(random, SECRET_BYTES);
    const digest = hashes.digest("SHA-256", secret);
    const address = request.remoteAddress;
    this.#tokens.set(encodeBase64Url(id), { user, address, expires: now + this.#lifetime, digest });
    for (const [oldest, { expires }] of this.#tokens) {
      if (this.#tokens.size <= maxTokens && expires > now) break;
      this.#tokens.delete(oldest);
    }
    return encodeBase64Url(Uint8Array.of(...id, ...secret));
  }

  /** Whose token it is; undefined if it is not valid any more, or another client's. How long it takes tells nothing of its secret. */
  verify(token: string, request: HttpRequest): string | undefined {
    const known = this.find(token);
    return known !== undefined && known.address === request.remoteAddress ? known.user : undefined;
  }

  /** Ends a token. */
  revoke(token: string): void {
    if (this.find(token) !== undefined) this.#tokens.delete(idOf(decodeBase64Url(token)!));
  }

  private find(token: string): Token | undefined {
    const { hashes, clock } = this.#options;
    const bytes = decodeBase64Url(token);
    if (bytes?.length !== ID_BYTES + SECRET_BYTES) return undefined;
    const known = this.#tokens.get(idOf(bytes));
    const digest = hashes.digest("SHA-256", bytes.subarray(ID_BYTES));
    if (known === undefined || !constantTimeEqual(known.digest, digest)) return undefined;
    return known.expires > clock.now() ? known : undefined;
  }
}

function idOf(bytes: Uint8Array): string {
  return encodeBase64Url(bytes.subarray(0, ID_BYTES));
}

/** @throws HttpError 400 if the body has no user and password */
function loginIn(request: HttpRequest): Login {
  const body = request.json<{ readonly user?: unknown; readonly password?: unknown } | null>();
  const { user, password } = body ?? {};
  if (typeof user !== "string" || typeof password !== "string")
    throw new HttpError(400, "a login has `user` and `password`");
  return { user, password };
}
