import { NetworkError } from "../../error/index.js";
import type { DigestAlgorithm } from "../../host/index.js";
import { HttpError } from "../server/http-error.js";
import type { Middleware } from "../server/middleware.js";
import type { HttpRequest } from "../server/request.js";
import type { HttpResponse } from "../server/response.js";
import type { AttemptLimiter } from "./attempt-limiter.js";
import { admit, askForCredentials, credentialsOf, whenKnown, type MaybePromise } from "./authorization.js";
import { encodeBase64Url } from "./base64.js";
import { formatAuth } from "./challenges.js";
import { constantTimeEqual } from "./constant-time.js";
import { parseDigest, type DigestCredentials } from "./digest-credentials.js";
import { digestResponse, digestSecret, digestUserHash } from "./digest.js";
import { fieldText } from "./latin1.js";
import { randomBytes } from "./random-bytes.js";
import { Nonces, type NonceOptions } from "./nonces.js";

/** A user's password, or what `digestSecret` has made of it. */
export type DigestSecret = { readonly password: string } | { readonly secret: string };

export interface DigestAuthOptions extends NonceOptions {
  /** What the user is asked for a password of: browsers show it. With another one secrets are others. */
  readonly realm: string;
  /** Undefined if there is no such user. A secret is of one algorithm. */
  readonly secretOf: (user: string, algorithm: DigestAlgorithm) => MaybePromise<DigestSecret | undefined>;
  /**
   * The preferred one first. Absent: SHA-256, and MD5 for clients that know nothing else (RFC 7616 §3.2 has it for them only).
   */
  readonly algorithms?: readonly ("SHA-256" | "MD5")[];
  /** All users, where clients may send a hash of the name instead of it (RFC 7616 §3.4.4). */
  readonly users?: () => Iterable<string>;
  readonly attempts?: AttemptLimiter;
}

/**
 * Lets in who knows a password, without having it sent (RFC 7616, qop "auth"): where there is no HTTPS. Each request has to
 * bear a number of its own, so that none can be repeated by who has read it. `userOf` tells who it is.
 *
 * qop "auth-int" is not offered: the body would have to be read before it is known who has sent it.
 *
 * @throws NetworkError EINVAL without algorithms, and for a realm with control characters
 */
export function digestAuth(options: DigestAuthOptions): Middleware {
  const guard = new DigestGuard(options);
  return (request, response, next) => guard.admit(request, response, next);
}

/** Bytes of a password that nobody has to know. */
const DECOY_BYTES = 16;

class DigestGuard {
  readonly #options: DigestAuthOptions;
  /** As it stands in a client's answer. */
  readonly #realm: string;
  readonly #algorithms: readonly DigestAlgorithm[];
  readonly #nonces: Nonces;
  /** Stands for users that there are not: to refuse them takes as long as others, and nobody knows this password. */
  readonly #nobody: DigestSecret;

  constructor(options: DigestAuthOptions) {
    const { realm, random, algorithms = ["SHA-256", "MD5"] } = options;
    if (algorithms.length === 0) throw new NetworkError("EINVAL", "use Digest", realm, "no algorithm");
    this.#options = options;
    this.#realm = fieldText(realm);
    this.#algorithms = algorithms;
    this.#nobody = { password: encodeBase64Url(randomBytes(random, DECOY_BYTES)) };
    this.#nonces = new Nonces(options);
    // A realm that can't be written fails here rather than at the first request.
    this.challenges(false);
  }

  admit(
    request: HttpRequest,
    response: HttpResponse,
    next: () => void | Promise<void>,
  ): void | Promise<void> {
    const { attempts } = this.#options;
    attempts?.check(request);
    const credentials = credentialsOf(request);
    if (credentials?.scheme !== "digest") return this.ask(response, "a password is needed");
    const digest = parseDigest(credentials);
    if (digest === undefined) throw new HttpError(400, "malformed Digest credentials");
    if (!isFor(digest.uri, request)) throw new HttpError(400, "Digest credentials for another page");
    const algorithm = this.#algorithms.find((name) => name.toLowerCase() === digest.algorithm.toLowerCase());
    if (algorithm === undefined || digest.realm !== this.#realm)
      return this.ask(response, "credentials that were not asked for");
    return whenKnown(this.userOf(digest, algorithm, request.method), (user) => {
      // RFC 7616 §3.3: who knows the password is told that the nonce is stale, and need not be asked for it again.
      if (user !== undefined && !this.#nonces.accept(digest.nonce, parseInt(digest.nc, 16)))
        return this.ask(response, "a nonce that is used up", true);
      return admit(user, request, attempts, next, () => this.ask(response, "a wrong user or password"));
    });
  }

  /** Who has sent it; undefined if there is no such user, or the password is wrong. */
  private userOf(
    digest: DigestCredentials,
    algorithm: DigestAlgorithm,
    method: string,
  ): MaybePromise<string | undefined> {
    const { hashes, realm, secretOf } = this.#options;
    const user = digest.isUserHash ? this.userWithHash(digest.user, algorithm) : digest.user;
    return whenKnown(user === undefined ? undefined : secretOf(user, algorithm), (known) => {
      const given = known ?? this.#nobody;
      const secret =
        "secret" in given
          ? given.secret.toLowerCase()
          : digestSecret(hashes, algorithm, user ?? digest.user, realm, given.password);
      const expected = digestResponse(hashes, algorithm, { ...digest, secret, method });
      const isRight = constantTimeEqual(expected, digest.response.toLowerCase());
      return isRight ? user : undefined;
    });
  }

  private userWithHash(hash: string, algorithm: DigestAlgorithm): string | undefined {
    const { hashes, realm, users } = this.#options;
    if (users === undefined) return undefined;
    for (const user of users()) {
      if (digestUserHash(hashes, algorithm, user, realm) === hash.toLowerCase()) return user;
    }
    return undefined;
  }

  private ask(response: HttpResponse, detail: string, isStale = false): void {
    askForCredentials(response, detail, ...this.challenges(isStale));
  }

  /** One for each algorithm (RFC 7616 §3.7): clients take the first that they know. */
  private challenges(isStale: boolean): string[] {
    const nonce = this.#nonces.issue();
    return this.#algorithms.map((algorithm) =>
      formatAuth("Digest", {
        realm: this.#options.realm,
        qop: "auth",
        algorithm: { token: algorithm },
        nonce,
        charset: { token: "UTF-8" },
        userhash: this.#options.users === undefined ? undefined : { token: "true" },
        stale: isStale ? { token: "true" } : undefined,
      }),
    );
  }
}

/** True if it is what was asked for (RFC 7616 §3.4.6): with an absolute URL for a target, clients may name the path alone. */
function isFor(uri: string, { rawTarget, path, query }: HttpRequest): boolean {
  return uri === rawTarget || uri === (query === undefined ? path : `${path}?${query}`);
}
