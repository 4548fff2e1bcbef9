import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { nodeHashes } from "../../../hosts/node/index.js";
import { NetworkError } from "../../../src/error/index.js";
import type { DigestAlgorithm } from "../../../src/host/index.js";
import { digestResponse, digestUserHash } from "../../../src/http/auth/digest.js";
import {
  AttemptLimiter,
  digestAuth,
  digestSecret,
  NONCE_LIFETIME,
  userOf,
  type DigestAuthOptions,
} from "../../../src/http/index.js";
import { SimulatedRandom } from "../../../simulator/index.js";
import { VirtualTime } from "../../support/virtual-time.js";
import { Dialogue, parts, request } from "../dialogue.js";
import { answerTo, challengesIn, type DigestClient } from "./digest-client.js";

describe("the answer to a challenge", () => {
  // RFC 7616 §3.9.1.
  const nonce = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v";
  const cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
  it.each<[DigestAlgorithm, string]>([
    ["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
    ["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
  ])("is RFC 7616's for %s", (algorithm, expected) => {
    const secret = digestSecret(nodeHashes, algorithm, "Mufasa", "http-auth@example.org", "Circle of Life");
    const what = { nonce, nc: "00000001", cnonce, qop: "auth", method: "GET", uri: "/dir/index.html" };
    expect(digestResponse(nodeHashes, algorithm, { secret, ...what })).toBe(expected);
  });

  it("is RFC 7616's for a name in UTF-8, in an algorithm that is not offered", () => {
    // §3.9.2 as errata 4897 has it: the RFC's own figures are not SHA-512/256's.
    const digest = (_: string, data: Uint8Array): Uint8Array =>
      createHash("sha512-256").update(data).digest();
    const hashes = { ...nodeHashes, digest };
    const user = "J\u00e4s\u00f8n Doe";
    const realm = "api@example.org";
    expect(digestUserHash(hashes, "SHA-256", user, realm)).toBe(
      "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b",
    );
    const answer = digestResponse(hashes, "SHA-256", {
      secret: digestSecret(hashes, "SHA-256", user, realm, "Secret, or not?"),
      nonce: "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
      nc: "00000001",
      cnonce: "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
      qop: "auth",
      method: "GET",
      uri: "/doe.json",
    });
    expect(answer).toBe("3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5");
  });
});

const USER = { user: "Mufasa", password: "Circle of Life" };

/** A server with one page for one user. */
class Lair extends Dialogue {
  constructor(options: Partial<DigestAuthOptions> = {}) {
    super();
    const secretOf = (user: string): { password: string } | undefined =>
      user === "J\u00e4s\u00f8n Doe" || user === "Mufasa" ? { password: "Circle of Life" } : undefined;
    const random = SimulatedRandom.fromSeed(1);
    const { time } = this;
    this.server.use(
      digestAuth({
        realm: "pride@example.org",
        hashes: nodeHashes,
        random,
        clock: time,
        secretOf,
        ...options,
      }),
    );
    for (const method of ["GET", "POST"] as const)
      this.server.route(method, "/", (asked, response) => response.send(userOf(asked)));
    this.server.start();
  }

  challenge(algorithm = "SHA-256"): ReadonlyMap<string, string> {
    return challengesIn(this.ask(request("GET /")).answer).get(algorithm)!;
  }

  /** @returns status, and the body or whether the challenge says that the nonce is stale */
  show(authorization: string, line = "GET /"): [number, string | undefined] {
    const { answer } = this.ask(request(line, authorization));
    const { status, body } = parts(answer);
    const [challenge] = challengesIn(answer).values();
    return [status, status === 200 ? body : challenge?.get("stale")];
  }
}

describe("Digest authentication", () => {
  it("asks for SHA-256, else MD5, with one nonce", () => {
    const { answer } = new Lair().ask(request("GET /"));
    const { status, fields } = parts(answer);
    expect(status).toBe(401);
    expect(fields.slice(0, 2)).toEqual([
      expect.stringMatching(
        /^WWW-Authenticate: Digest realm="pride@example.org", qop="auth", algorithm=SHA-256, nonce="[\w-]{32}", charset=UTF-8$/,
      ),
      expect.stringMatching(/^WWW-Authenticate: Digest .* algorithm=MD5, /),
    ]);
    const nonces = [...challengesIn(answer).values()].map((challenge) => challenge.get("nonce"));
    expect(new Set(nonces).size).toBe(1);
  });

  it.each(["SHA-256", "MD5"])("lets in who knows the password, with %s", (algorithm) => {
    const lair = new Lair();
    expect(lair.show(answerTo(lair.challenge(algorithm), USER))).toEqual([200, "Mufasa"]);
  });

  it("takes MD5 where the client names no algorithm", () => {
    const lair = new Lair();
    const answer = answerTo(lair.challenge("MD5"), { ...USER, more: { algorithm: undefined } });
    expect(lair.show(answer)).toEqual([200, "Mufasa"]);
  });

  it("takes a secret instead of a password", () => {
    const secret = digestSecret(nodeHashes, "SHA-256", "Mufasa", "pride@example.org", "Circle of Life");
    const lair = new Lair({ secretOf: () => ({ secret: secret.toUpperCase() }) });
    expect(lair.show(answerTo(lair.challenge(), USER))).toEqual([200, "Mufasa"]);
  });

  it("waits for a secret that comes later", async () => {
    const lair = new Lair({ secretOf: () => Promise.resolve({ password: "Circle of Life" }) });
    const client = lair.connect();
    const answer = answerTo(lair.challenge(), USER);
    expect(lair.say(client, request("GET /", answer))).toBe("");
    await new Promise(process.nextTick);
    lair.time.settle();
    expect(parts(client.take())).toMatchObject({ status: 200, body: "Mufasa" });
  });

  it.each<[string, Partial<DigestClient>]>([
    ["another password", { password: "Circle of life" }],
    ["another user", { user: "Scar" }],
    ["another user without a password", { user: "Scar", password: "" }],
    ["another method", { method: "POST" }],
    ["another realm", { realm: "pride@example.net" }],
    ["an algorithm that was not offered", { more: { algorithm: "SHA-512-256" } }],
    ["a session's algorithm", { more: { algorithm: "SHA-256-sess" } }],
    ["a short response", { more: { response: '"753927fa"' } }],
    ["a hash of the name where names are wanted", { more: { userhash: "true" } }],
  ])("asks again for %s", (_, wrong) => {
    const lair = new Lair();
    expect(lair.show(answerTo(lair.challenge(), { ...USER, ...wrong }))).toEqual([401, undefined]);
  });

  it.each<[string, Record<string, string | undefined>]>([
    ["no user", { username: undefined }],
    ["two names", { "username*": "UTF-8''Mufasa" }],
    ["no realm", { realm: undefined }],
    ["no nonce", { nonce: undefined }],
    ["no uri", { uri: undefined }],
    ["no response", { response: undefined }],
    ["no cnonce", { cnonce: undefined }],
    ["no nc", { nc: undefined }],
    ["a short nc", { nc: "1" }],
    ["nc 0", { nc: "00000000" }],
    ["nc that is no number", { nc: "0000000x" }],
    ["no qop, as before RFC 2617", { qop: undefined }],
    ["qop auth-int", { qop: "auth-int" }],
    ["another page", { uri: '"/other"' }],
  ])("answers 400 to %s", (_, more) => {
    const lair = new Lair();
    expect(lair.show(answerTo(lair.challenge(), { ...USER, more }))).toEqual([400, undefined]);
  });

  it.each([
    "Digest",
    "Digest ",
    'Digest username="Mufasa',
    "Basic TXVmYXNhOng=",
    "Digest a=b, a=c",
    `Digest ${"x=y,".repeat(500)}`,
  ])("answers %s", (authorization) => {
    const [status] = new Lair().show(`Authorization: ${authorization}\r\n`);
    expect([400, 401]).toContain(status);
  });

  it("takes the page as the client names it, with its query", () => {
    const lair = new Lair();
    const uri = "/?q=%22a,b%22";
    expect(lair.show(answerTo(lair.challenge(), { ...USER, uri }), `GET ${uri}`)).toEqual([200, "Mufasa"]);
    expect(lair.show(answerTo(lair.challenge(), USER), "GET /?x")).toEqual([400, undefined]);
  });

  it.each(["http://device/?q", "/?q"])("takes %s for an absolute URL", (uri) => {
    const lair = new Lair();
    expect(lair.show(answerTo(lair.challenge(), { ...USER, uri }), "GET http://device/?q")).toEqual([
      200,
      "Mufasa",
    ]);
  });

  it("knows nobody, whatever a program says of who is not known", () => {
    const lair = new Lair({ secretOf: () => null as never });
    for (const password of ["", "null", "undefined"])
      expect(lair.show(answerTo(lair.challenge(), { user: "Scar", password }))[0]).toBe(401);
  });
});

describe("names of users", () => {
  const name = "J\u00e4s\u00f8n Doe";
  const jason = { user: name, password: "Circle of Life" };

  it.each([
    ["UTF-8", Buffer.from(`"${name}"`).toString("latin1"), undefined],
    ["ISO-8859-1", `"${name}"`, undefined],
    ["an extended value", undefined, "UTF-8''J%C3%A4s%C3%B8n%20Doe"],
    ["one with a language", undefined, "utf-8'de'J%c3%a4s%C3%B8n%20Doe"],
  ])("come in %s", (_, username, extended) => {
    const lair = new Lair();
    const more = { username, "username*": extended };
    expect(lair.show(answerTo(lair.challenge(), { ...jason, more }))).toEqual([
      200,
      Buffer.from(name).toString("latin1"),
    ]);
  });

  it.each(["J%C3%A4s", "ISO-8859-1''J", "UTF-8''%E4", "UTF-8''%C3%", "UTF-8''a'b", "UTF-8''J%zz"])(
    "do not come as %s",
    (extended) => {
      const lair = new Lair();
      const more = { username: undefined, "username*": `"${extended}"` };
      expect(lair.show(answerTo(lair.challenge(), { ...jason, more }))[0]).toBe(400);
    },
  );

  it.each(["SHA-256", "MD5"] as const)("come as hashes where that is offered, with %s", (algorithm) => {
    const lair = new Lair({ users: () => ["Mufasa", name] });
    const challenge = lair.challenge(algorithm);
    expect(challenge.get("userhash")).toBe("true");
    const hash = digestUserHash(nodeHashes, algorithm, name, "pride@example.org");
    const hashed = answerTo(challenge, { ...jason, more: { username: `"${hash}"`, userhash: "true" } });
    expect(lair.show(hashed)[0]).toBe(200);
    expect(lair.show(answerTo(lair.challenge(algorithm), USER))[0]).toBe(200);
    const unknown = answerTo(challenge, { ...jason, more: { username: '"x"', userhash: "true" } });
    expect(lair.show(unknown)).toEqual([401, undefined]);
  });
});

describe("nonces", () => {
  const number = (nc: number): string => nc.toString(16).padStart(8, "0");

  it("serve for many requests, each with a number of its own", () => {
    const lair = new Lair();
    const challenge = lair.challenge();
    for (const nc of [1, 2, 3, 10]) {
      expect(lair.show(answerTo(challenge, { ...USER, nc: number(nc) }))).toEqual([200, "Mufasa"]);
      expect(lair.show(answerTo(challenge, { ...USER, nc: number(nc) }))).toEqual([401, "true"]);
    }
  });

  it("let requests overtake each other, but not by much", () => {
    const lair = new Lair();
    const challenge = lair.challenge();
    const show = (nc: number): number => lair.show(answerTo(challenge, { ...USER, nc: number(nc) }))[0];
    expect([3, 1, 2, 2, 1, 3].map(show)).toEqual([200, 200, 200, 401, 401, 401]);
    expect([35, 4, 3, 34, 34].map(show)).toEqual([200, 200, 401, 200, 401]);
    expect([0xffffffff, 0xffffffe0, 0xffffffdf, 0xfffffffe].map(show)).toEqual([200, 200, 401, 200]);
  });

  it("end, and who knows the password gets another one without being asked", () => {
    const lair = new Lair();
    const [used, unused] = [lair.challenge(), lair.challenge()];
    expect(lair.show(answerTo(used, USER))[0]).toBe(200);
    lair.time.advance(NONCE_LIFETIME - 1);
    expect(lair.show(answerTo(used, { ...USER, nc: "00000002" }))[0]).toBe(200);
    lair.time.advance(1);
    expect(lair.show(answerTo(used, { ...USER, nc: "00000003" }))).toEqual([401, "true"]);
    expect(lair.show(answerTo(unused, USER))).toEqual([401, "true"]);
    expect(lair.show(answerTo(unused, { ...USER, password: "?" }))).toEqual([401, undefined]);
    expect(lair.show(answerTo(lair.challenge(), USER))[0]).toBe(200);
  });

  it.each([
    ["made up", () => "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"],
    ["of another server", () => new Lair({ random: SimulatedRandom.fromSeed(2) }).challenge().get("nonce")!],
    ["changed", (nonce: string) => (nonce.startsWith("A") ? "B" : "A") + nonce.slice(1)],
    ["cut off", (nonce: string) => nonce.slice(0, 16)],
  ])("that are %s are stale", (_, forge) => {
    const lair = new Lair();
    const nonce = forge(lair.challenge().get("nonce")!);
    expect(lair.show(answerTo(lair.challenge(), { ...USER, nonce }))).toEqual([401, "true"]);
  });

  it("are never accepted again when they had to be forgotten", () => {
    const lair = new Lair({ maxNonces: 2 });
    const challenges = [1, 2, 3].map(() => {
      lair.time.advance(1);
      return lair.challenge();
    });
    for (const challenge of challenges) expect(lair.show(answerTo(challenge, USER))[0]).toBe(200);
    // The first was forgotten.
    const again = challenges.map((challenge) => lair.show(answerTo(challenge, { ...USER, nc: "00000002" })));
    expect(again).toEqual([
      [401, "true"],
      [200, "Mufasa"],
      [200, "Mufasa"],
    ]);
  });

  it("cost nothing as long as nobody knows the password", () => {
    const lair = new Lair({ maxNonces: 1 });
    const challenge = lair.challenge();
    expect(lair.show(answerTo(challenge, USER))[0]).toBe(200);
    for (let times = 0; times < 50; times++)
      lair.show(answerTo(lair.challenge(), { ...USER, password: "guess" }));
    expect(lair.show(answerTo(challenge, { ...USER, nc: "00000002" }))[0]).toBe(200);
  });
});

it("makes who guesses wait, and counts no replay as a guess", () => {
  const clock = new VirtualTime();
  const lair = new Lair({ attempts: new AttemptLimiter({ clock, attempts: 2, delay: 10_000 }) });
  const challenge = lair.challenge();
  for (let times = 0; times < 5; times++) lair.show(answerTo(challenge, USER));
  for (let times = 0; times < 2; times++)
    expect(lair.show(answerTo(challenge, { ...USER, password: "guess" }))[0]).toBe(401);
  const { answer } = lair.ask(request("GET /", answerTo(challenge, { ...USER, nc: "00000002" })));
  expect(parts(answer).status).toBe(429);
  expect(parts(answer).fields).toContain("Retry-After: 10");
});

it("refuses what it can't ask for", () => {
  expect(() => new Lair({ algorithms: [] })).toThrow(NetworkError);
  expect(() => new Lair({ realm: "a\nb" })).toThrow(NetworkError);
});
