import { describe, expect, it } from "@jest/globals";
import { nodeHashes } from "../../../hosts/node/index.js";
import type { Hashes } from "../../../src/host/index.js";
import {
  ATTEMPT_DELAY,
  constantTimeEqual,
  decodeBase64Url,
  MAX_ATTEMPTS,
  TOKEN_LIFETIME,
  TokenLogin,
  userOf,
  type HttpRequest,
  type TokenLoginOptions,
} from "../../../src/http/index.js";
import { SimulatedRandom } from "../../../simulator/index.js";
import { Dialogue, parts, request } from "../dialogue.js";

/** A server with a login. */
class Api extends Dialogue {
  readonly login: TokenLogin;

  constructor(options: Partial<TokenLoginOptions> = {}) {
    super();
    this.login = new TokenLogin({
      hashes: nodeHashes,
      random: SimulatedRandom.fromSeed(1),
      clock: this.time,
      check: ({ user, password }) => user === "admin" && constantTimeEqual("correct horse", password),
      ...options,
    });
    this.server.route("POST", "/login", this.login.handler);
    this.server.use("/api", this.login.middleware);
    this.server.get("/api/who", (asked, response) => response.send(userOf(asked)));
    this.server.route("POST", "/api/logout", this.login.logout);
    this.server.start();
  }

  post(body: string, type = "application/json"): { status: number; fields: string[]; body: string } {
    const fields = `Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body, "latin1")}\r\n`;
    return parts(this.ask(request("POST /login", fields, body)).answer);
  }

  token(): string {
    const { body } = this.post(RIGHT);
    return (JSON.parse(body) as { access_token: string }).access_token;
  }

  who(token: string): string | number {
    const { status, body } = parts(
      this.ask(request("GET /api/who", `Authorization: Bearer ${token}\r\n`)).answer,
    );
    return status === 200 ? body : status;
  }
}

const RIGHT = JSON.stringify({ user: "admin", password: "correct horse" });
const WRONG = JSON.stringify({ user: "admin", password: "battery staple" });

/** A request as another client would send it. */
function from(remoteAddress: string | undefined): HttpRequest {
  return { remoteAddress } as HttpRequest;
}

/** The token with one bit changed. */
function flip(token: string, index: number): string {
  const bytes = Buffer.from(token, "base64url");
  bytes[index]! ^= 1;
  return bytes.toString("base64url");
}

describe("a login", () => {
  it("gives a token, which opens the pages for the user", () => {
    const api = new Api();
    const { status, fields, body } = api.post(RIGHT);
    expect(status).toBe(200);
    expect(fields).toContain("Cache-Control: no-store");
    const answer = JSON.parse(body) as { access_token: string };
    expect(answer).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: "Bearer",
      expires_in: 3600,
    });
    expect(api.who(answer.access_token)).toBe("admin");
    expect(api.token()).not.toBe(answer.access_token);
  });

  it.each<[string, string, number]>([
    ["a wrong password", WRONG, 401],
    ["an unknown user", '{"user":"root","password":"correct horse"}', 401],
    ["no password", '{"user":"admin"}', 400],
    ["a password that is no text", '{"user":"admin","password":["correct horse"]}', 400],
    ["null", "null", 400],
    ["a number", "7", 400],
    ["what is no JSON", "{", 400],
    ["nothing", "", 400],
  ])("gives none for %s", (_, body, expected) => {
    const { status, fields } = new Api().post(body);
    expect(status).toBe(expected);
    expect(fields.filter((field) => field.startsWith("WWW-Authenticate"))).toEqual(
      expected === 401 ? ["WWW-Authenticate: Bearer"] : [],
    );
  });

  it("takes JSON only", () => {
    expect(
      new Api().post("user=admin&password=correct horse", "application/x-www-form-urlencoded").status,
    ).toBe(415);
  });

  it("waits for a check that takes its time", async () => {
    const api = new Api({ check: () => Promise.resolve(true) });
    const client = api.connect();
    api.say(
      client,
      request("POST /login", `Content-Type: application/json\r\nContent-Length: ${RIGHT.length}\r\n`, RIGHT),
    );
    await new Promise(process.nextTick);
    api.time.settle();
    expect(parts(client.take()).status).toBe(200);
  });

  it("makes who guesses wait; tokens that are valid stay so", () => {
    const api = new Api();
    const token = api.token();
    for (let times = 0; times < MAX_ATTEMPTS; times++) expect(api.post(WRONG).status).toBe(401);
    const { status, fields } = api.post(RIGHT);
    expect(status).toBe(429);
    expect(fields).toContain(`Retry-After: ${ATTEMPT_DELAY / 1000}`);
    expect(api.who(token)).toBe("admin");
    api.time.advance(ATTEMPT_DELAY);
    expect(api.post(RIGHT).status).toBe(200);
  });
});

describe("a token", () => {
  it("is of no use to another client", () => {
    const { login } = new Api();
    const token = login.issue("admin", from("192.0.2.7"));
    expect(login.verify(token, from("192.0.2.8"))).toBeUndefined();
    expect(login.verify(token, from(undefined))).toBeUndefined();
    expect(login.verify(token, from("192.0.2.7"))).toBe("admin");
  });

  it("is tied to nothing where addresses are not known", () => {
    const { login } = new Api();
    const token = login.issue("admin", from(undefined));
    expect(login.verify(token, from(undefined))).toBe("admin");
    expect(login.verify(token, from("192.0.2.7"))).toBeUndefined();
  });

  it("ends after its time", () => {
    const api = new Api();
    const token = api.token();
    api.time.advance(TOKEN_LIFETIME - 1);
    expect(api.who(token)).toBe("admin");
    api.time.advance(1);
    expect(api.who(token)).toBe(401);
  });

  it("ends at the logout, others do not", () => {
    const api = new Api();
    const [token, other] = [api.token(), api.token()];
    const logout = (): number =>
      parts(api.ask(request("POST /api/logout", `Authorization: Bearer ${token}\r\n`)).answer).status;
    expect(logout()).toBe(204);
    expect(logout()).toBe(401);
    expect(api.who(token)).toBe(401);
    expect(api.who(other)).toBe("admin");
    api.login.revoke(other);
    expect(api.who(other)).toBe(401);
    api.login.revoke("nothing");
  });

  it("ends when there are too many, the oldest first", () => {
    const api = new Api({ maxTokens: 2 });
    const tokens = [api.token(), api.token(), api.token()];
    expect(tokens.map((token) => api.who(token))).toEqual([401, "admin", "admin"]);
  });

  it.each([
    ["changed at its end", (token: string) => flip(token, 31)],
    ["changed at its start", (token: string) => flip(token, 0)],
    ["cut off", (token: string) => token.slice(0, 11)],
    ["longer", (token: string) => `${token}AAAA`],
    ["made up", () => "mF_9.B5f-4.1JqM"],
  ])("that is %s is none", (_, forge) => {
    const api = new Api();
    expect(api.who(forge(api.token()))).toBe(401);
  });

  it("is not kept, only its digest, and takes as much work if it is not known", () => {
    const digested: string[] = [];
    const hashes: Hashes = {
      ...nodeHashes,
      digest(algorithm, data) {
        digested.push(Buffer.from(data).toString("base64url"));
        return nodeHashes.digest(algorithm, data);
      },
    };
    const { login } = new Api({ hashes });
    const token = login.issue("admin", from("192.0.2.7"));
    const unknown = Buffer.alloc(32).toString("base64url");
    for (const shown of [token, unknown]) login.verify(shown, from("192.0.2.7"));
    const secrets = [token, token, unknown].map((text) => Buffer.from(decodeBase64Url(text)!.subarray(8)));
    expect(digested).toEqual(secrets.map((secret) => secret.toString("base64url")));
  });
});
