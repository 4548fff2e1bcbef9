import { encodeUtf8, type Hashes, type Random } from "../../src/host/index.js";
import { digestResponse } from "../../src/http/auth/digest.js";
import {
  AttemptLimiter,
  basicAuth,
  bearerAuth,
  digestAuth,
  digestSecret,
  formatSetCookie,
  HttpError,
  parseChallenges,
  parseCookieDate,
  parseCookies,
  parseSetCookie,
  sessionOf,
  sessions,
  TokenLogin,
  userOf,
  type HttpRequest,
  type HttpResponse,
  type Middleware,
} from "../../src/http/index.js";

/** Asked of a site inside an engine, and asked of one in Node by whoever compares the two. */
export interface Asked {
  readonly page: "basic" | "digest" | "bearer" | "session" | "texts";
  /** Milliseconds that pass before. */
  readonly wait: number;
  /** Authorization or Cookie; for "texts" what is to be read. */
  readonly field: string;
  /** Instead of the field what lets a client in, as far as it got something to be let in with. */
  readonly isRight: boolean;
}

/** No good hash, but one that needs nothing of an engine but its arithmetic: both are to get the same from it. */
const hashes: Hashes = {
  digest: (algorithm, data) => spread(algorithm === "MD5" ? 16 : 32, [data]),
  hmac: (_, key, data) => spread(32, [key, data]),
};

function spread(length: number, pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 0x811c9dc5;
  for (const piece of pieces) for (const byte of piece) state = Math.imul(state ^ byte, 0x01000193);
  for (let index = 0; index < length; index++) {
    state = Math.imul(state ^ index, 0x01000193);
    bytes[index] = state >>> 11;
  }
  return bytes;
}

const USER = "J\u00e4s\u00f8n";
const PASSWORD = "\u20ac 7";
const REALM = "d\u00fcne";

/** A site with sessions and each kind of authentication. It keeps what it gave to its client, as a client does. */
export class AuthSite {
  #now = 0;
  #seed = 1;
  #cookie = "";
  #nonce = "";
  #count = 0;
  readonly #middleware: Readonly<Record<string, Middleware>>;
  readonly #login: TokenLogin;

  constructor() {
    const clock = { now: () => this.#now };
    const random: Random = {
      uint32: () => (this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0),
    };
    const attempts = new AttemptLimiter({ clock, attempts: 20 });
    const check = ({ user, password }: { user: string; password: string }): boolean =>
      user === USER && password === PASSWORD;
    const secretOf = (user: string): { password: string } | undefined =>
      user === USER ? { password: PASSWORD } : undefined;
    this.#login = new TokenLogin({ hashes, random, clock, check, maxTokens: 3 });
    this.#middleware = {
      basic: basicAuth({ realm: REALM, check, attempts }),
      digest: digestAuth({
        realm: REALM,
        hashes,
        random,
        clock,
        secretOf,
        users: () => ["x", USER],
        maxNonces: 2,
      }),
      bearer: bearerAuth({ realm: REALM, check: (token, request) => this.#login.verify(token, request) }),
      session: sessions({ hashes, random, clock, keys: [new Uint8Array(16)], idleTime: 50_000 }),
    };
  }

  /** What the site answers, as text. */
  answer(asked: Asked): string {
    this.#now += asked.wait;
    if (asked.page === "texts") return readAll(asked.field);
    const lines: string[] = [];
    const put = (name: string, value: string): unknown => (lines.push(`${name}: ${value}`), response);
    const problem = (status: number, detail: string): void => void lines.push(`${status} ${detail}`);
    const response = { sent: false, header: put, problem };
    const request = this.#request(asked.page, asked.field, asked.isRight);
    const next = (): void => void lines.push(this.#page(asked, request));
    try {
      void this.#middleware[asked.page]!(request, response as unknown as HttpResponse, next);
    } catch (error) {
      lines.push(
        error instanceof HttpError ? `${error.message} ${JSON.stringify(error.fields)}` : String(error),
      );
    }
    for (const line of lines) this.#keep(line);
    return lines.join("\n");
  }

  #request(page: Asked["page"], field: string, isRight: boolean): HttpRequest {
    const remoteAddress = "192.0.2.7";
    const right = isRight ? this.#right(page, { remoteAddress } as HttpRequest) : field;
    const name = page === "session" ? "cookie" : "authorization";
    const fields = {
      has: (asked: string) => asked === name,
      get: (asked: string) => (asked === name ? right : undefined),
      getAll: () => [right],
    };
    return {
      method: "GET",
      rawTarget: "/",
      path: "/",
      secure: true,
      remoteAddress,
      fields,
      state: {},
    } as unknown as HttpRequest;
  }

  #right(page: Asked["page"], request: HttpRequest): string {
    if (page === "session") return this.#cookie;
    if (page === "bearer") return `Bearer ${this.#login.issue(USER, request)}`;
    // Base64 of the user and password above.
    if (page === "basic") return "Basic SsOkc8O4bjrigqwgNw==";
    const secret = digestSecret(hashes, "MD5", USER, REALM, PASSWORD);
    const nc = (++this.#count).toString(16).padStart(8, "0");
    const answer = { secret, nonce: this.#nonce, nc, cnonce: "c", qop: "auth", method: "GET", uri: "/" };
    const response = digestResponse(hashes, "MD5", answer);
    const realm = String.fromCharCode(...encodeUtf8(REALM));
    return `Digest username*=UTF-8''J%C3%A4s%C3%B8n, realm="${realm}", nonce="${this.#nonce}", nc=${nc}, cnonce=c, qop=auth, uri="/", response=${response}`;
  }

  #page({ page, isRight }: Asked, request: HttpRequest): string {
    if (page !== "session") return `in: ${userOf(request)}`;
    const session = sessionOf(request);
    session.set("visits", Number(session.get("visits") ?? 0) + 1);
    if (isRight && this.#now % 3 === 0) session.regenerate();
    if (isRight && this.#now % 11 === 0) session.destroy();
    return `visits: ${String(session.get("visits"))}`;
  }

  /** As a client does. */
  #keep(line: string): void {
    const [name, value] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)];
    if (name === "Set-Cookie") this.#cookie = value.slice(0, value.indexOf(";"));
    const nonce =
      name === "WWW-Authenticate" ? parseChallenges(value)[0]?.parameters.get("nonce") : undefined;
    if (nonce !== undefined) [this.#nonce, this.#count] = [nonce, 0];
  }
}

/** What all the codecs make of a text. */
function readAll(text: string): string {
  let written: string;
  try {
    written = formatSetCookie(text, text, { path: `/${text}`, expires: 1e12 });
  } catch (error) {
    written = String(error);
  }
  const challenges = parseChallenges(text).map(({ parameters, ...rest }) => ({
    ...rest,
    parameters: [...parameters],
  }));
  return JSON.stringify([
    [...parseCookies(text)],
    parseSetCookie(text),
    parseCookieDate(text),
    challenges,
    written,
  ]);
}
