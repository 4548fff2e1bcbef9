import { describe, expect, it } from "@jest/globals";
import {
  ATTEMPT_DELAY,
  AttemptLimiter,
  basicAuth,
  bearerAuth,
  constantTimeEqual,
  formatBasic,
  MAX_ATTEMPTS,
  userOf,
  type BasicAuthOptions,
  type BearerAuthOptions,
} from "../../../src/http/index.js";
import type { Middleware } from "../../../src/http/index.js";
import { Dialogue, parts, request } from "../dialogue.js";

function guarded(middleware: (dialogue: Dialogue) => Middleware): Dialogue {
  const dialogue = new Dialogue();
  dialogue.server.use("/private", middleware(dialogue));
  dialogue.server.get("/private", (asked, response) => response.send(`for ${userOf(asked)}`));
  dialogue.server.get("/", (asked, response) => response.send(`for ${userOf(asked)}`));
  dialogue.server.start();
  return dialogue;
}

function show(
  dialogue: Dialogue,
  authorization?: string,
): { status: number; challenge: string | undefined; body: string } {
  const line = authorization === undefined ? "" : `Authorization: ${authorization}\r\n`;
  const { status, fields, body } = parts(dialogue.ask(request("GET /private", line)).answer);
  return { status, body, challenge: fields.find((field) => field.startsWith("WWW-Authenticate"))?.slice(18) };
}

describe("Basic authentication", () => {
  const withBasic = (options: Partial<BasicAuthOptions> = {}): Dialogue =>
    guarded(() =>
      basicAuth({
        realm: "WallyWorld",
        check: ({ user, password }) => user === "Aladdin" && constantTimeEqual("open sesame", password),
        ...options,
      }),
    );
  const RIGHT = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
  const WRONG = "Basic QWxhZGRpbjpPcGVuIHNlc2FtZQ==";

  it("asks for a password, as problem+json", () => {
    const { status, challenge, body } = show(withBasic());
    expect(status).toBe(401);
    expect(challenge).toBe('Basic realm="WallyWorld", charset="UTF-8"');
    expect(JSON.parse(body)).toEqual({ title: "Unauthorized", status: 401, detail: "a password is needed" });
  });

  it("lets in who has it", () => {
    expect(show(withBasic(), RIGHT)).toMatchObject({
      status: 200,
      body: "for Aladdin",
      challenge: undefined,
    });
  });

  it.each([WRONG, "Basic", "Basic !", "Basic QWxhZGRpbg==", "Bearer abc", 'Basic "', "Basic a, Basic b"])(
    "asks again after %s",
    (authorization) => {
      expect(show(withBasic(), authorization)).toMatchObject({
        status: 401,
        challenge: 'Basic realm="WallyWorld", charset="UTF-8"',
      });
    },
  );

  it("asks again if there are two lines: which one would others take?", () => {
    expect(show(withBasic(), `${RIGHT}\r\nAuthorization: ${RIGHT}`).status).toBe(401);
  });

  it("leaves pages outside of it alone", () => {
    expect(parts(withBasic().ask(request("GET /")).answer).body).toBe("for undefined");
  });

  it("names the realm in UTF-8", () => {
    expect(show(withBasic({ realm: 'Gr\u00fc\u00dfe "\u20ac"' })).challenge).toBe(
      `Basic realm="${Buffer.from('Gr\u00fc\u00dfe \\"\u20ac\\"').toString("latin1")}", charset="UTF-8"`,
    );
  });

  it.each([true, false])("waits for an answer that comes later: %s", async (isRight) => {
    const dialogue = withBasic({ check: () => Promise.resolve(isRight) });
    const client = dialogue.connect();
    expect(dialogue.say(client, request("GET /private", `Authorization: ${RIGHT}\r\n`))).toBe("");
    await new Promise(process.nextTick);
    dialogue.time.settle();
    expect(parts(client.take()).status).toBe(isRight ? 200 : 401);
  });

  it.each<[string, unknown]>([
    ["a promise of another kind", { then: (resolve: (isRight: boolean) => void) => resolve(false) }],
    ["a text", "wrong"],
    ["a number", 1],
    ["null", null],
  ])("does not take %s for a yes", (_, answer) => {
    expect(show(withBasic({ check: () => answer as boolean }), RIGHT).status).not.toBe(200);
  });

  it("answers 500 if the check fails, and lets nobody in", () => {
    const dialogue = withBasic({
      check: () => {
        throw new Error("no database");
      },
    });
    expect(show(dialogue, RIGHT).status).toBe(500);
  });

  it("makes who guesses wait, whatever is tried meanwhile", () => {
    const dialogue = guarded(({ time }) =>
      basicAuth({
        realm: "x",
        check: ({ password }) => password === "open sesame",
        attempts: new AttemptLimiter({ clock: time }),
      }),
    );
    for (let times = 0; times < MAX_ATTEMPTS; times++) {
      expect(show(dialogue, WRONG).status).toBe(401);
      // Neither who only asks nor who succeeds counts, or takes failures back.
      expect(show(dialogue).status).toBe(times + 1 < MAX_ATTEMPTS ? 401 : 429);
      expect(show(dialogue, RIGHT).status).toBe(times + 1 < MAX_ATTEMPTS ? 200 : 429);
    }
    dialogue.time.advance(ATTEMPT_DELAY - 1);
    expect(show(dialogue, RIGHT).status).toBe(429);
    dialogue.time.advance(1);
    expect(show(dialogue, RIGHT).status).toBe(200);
    expect(show(dialogue, WRONG).status).toBe(401);
    expect(show(dialogue, RIGHT).status).toBe(200);
  });
});

it("counts tries side by side, however long each takes", async () => {
  const dialogue = guarded(({ time }) =>
    basicAuth({
      realm: "x",
      // The right one is the last of all.
      check: async ({ password }) => {
        await Promise.resolve();
        return password === "open sesame";
      },
      attempts: new AttemptLimiter({ clock: time, attempts: 3 }),
    }),
  );
  const guesses = ["a", "b", "c", "open sesame"].map((password) =>
    formatBasic({ user: "Aladdin", password }),
  );
  const clients = guesses.map((guess) => {
    const client = dialogue.connect();
    dialogue.say(client, request("GET /private", `Authorization: ${guess}\r\n`));
    return client;
  });
  await new Promise(process.nextTick);
  dialogue.time.settle();
  expect(clients.map((client) => parts(client.take()).status)).toEqual([401, 401, 401, 429]);
});

describe("Bearer authentication", () => {
  const withBearer = (options: Partial<BearerAuthOptions> = {}): Dialogue =>
    guarded(() =>
      bearerAuth({
        check: (token) => (constantTimeEqual("mF_9.B5f-4.1JqM", token) ? "the bearer" : undefined),
        ...options,
      }),
    );

  it.each([
    // RFC 6750 §3.
    [undefined, 401, "Bearer"],
    ["Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", 401, "Bearer"],
    ["Bearer mF_9.B5f-4.1JqN", 401, 'Bearer error="invalid_token"'],
    ["Bearer", 400, 'Bearer error="invalid_request"'],
    ['Bearer token="mF_9.B5f-4.1JqM"', 400, 'Bearer error="invalid_request"'],
    ["Bearer mF_9.B5f-4.1JqM x", 401, "Bearer"],
  ])("%s: %d", (authorization, status, challenge) => {
    expect(show(withBearer(), authorization)).toMatchObject({ status, challenge });
  });

  it("lets in who shows the token", () => {
    expect(show(withBearer(), "bearer mF_9.B5f-4.1JqM")).toMatchObject({
      status: 200,
      body: "for the bearer",
    });
  });

  it.each([true, null, {}])("does not take %j for a user", (user) => {
    expect(show(withBearer({ check: () => user as never }), "Bearer x").status).toBe(401);
  });

  it("names the realm, if there is one", () => {
    expect(show(withBearer({ realm: "example" })).challenge).toBe('Bearer realm="example"');
    expect(show(withBearer({ realm: "example" }), "Bearer x").challenge).toBe(
      'Bearer realm="example", error="invalid_token"',
    );
  });
});
