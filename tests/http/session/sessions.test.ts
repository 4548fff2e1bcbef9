import { describe, expect, it } from "@jest/globals";
import { nodeHashes } from "../../../hosts/node/index.js";
import { NetworkError } from "../../../src/error/index.js";
import {
  clearCookie,
  cookiesOf,
  MAX_SESSION_VALUES,
  MemorySessionStore,
  sessionOf,
  sessions,
  setCookie,
  type SessionsOptions,
} from "../../../src/http/index.js";
import { SimulatedRandom } from "../../../simulator/index.js";
import { Dialogue, parts, request } from "../dialogue.js";

const KEY = new Uint8Array(32).fill(1);
const OTHER_KEY = new Uint8Array(32).fill(2);

/** A server that counts visits, and a browser that keeps one cookie. */
class Visits extends Dialogue {
  readonly store = new MemorySessionStore(3);
  cookie = "";

  constructor(options: Partial<SessionsOptions> = {}) {
    super();
    const random = SimulatedRandom.fromSeed(1);
    const { time, store } = this;
    const log = (_: string, message: string): void => void this.logged.push(message);
    this.server.use(
      sessions({ hashes: nodeHashes, random, clock: time, keys: [KEY], store, log, ...options }),
    );
    this.server.get("/", (_, response) => response.send("hello"));
    this.server.get("/visits", (asked, response) => {
      const session = sessionOf(asked);
      session.set("visits", Number(session.get("visits") ?? 0) + 1);
      response.send(String(session.get("visits")));
    });
    this.server.get("/peek", (asked, response) => {
      const session = sessionOf(asked);
      response.send(`${session.isNew} ${String(session.get("visits"))}`);
    });
    this.server.get("/forget", (asked, response) => {
      sessionOf(asked).delete("visits");
      sessionOf(asked).delete("visits");
      response.send();
    });
    this.server.get("/login", (asked, response) => {
      sessionOf(asked).regenerate();
      response.send();
    });
    this.server.get("/logout", (asked, response) => {
      sessionOf(asked).destroy();
      sessionOf(asked).destroy();
      response.send(String(sessionOf(asked).get("visits")));
    });
    this.server.start();
  }

  /** Sends the cookie, and keeps the one that comes. */
  get(path: string): { body: string; setCookies: string[] } {
    const { answer } = this.ask(
      request(`GET ${path}`, this.cookie === "" ? "" : `Cookie: a=b; ${this.cookie}\r\n`),
    );
    const { body, fields } = parts(answer);
    const setCookies = fields
      .filter((field) => field.startsWith("Set-Cookie: "))
      .map((field) => field.slice(12));
    for (const set of setCookies) this.cookie = set.split(";")[0]!;
    return { body, setCookies };
  }
}

describe("sessions", () => {
  it("remember a client from the first value on, by one cookie", () => {
    const visits = new Visits();
    expect(visits.get("/")).toEqual({ body: "hello", setCookies: [] });
    expect(visits.get("/peek")).toEqual({ body: "true undefined", setCookies: [] });
    const first = visits.get("/visits");
    expect(first.body).toBe("1");
    expect(first.setCookies).toEqual([
      expect.stringMatching(/^session=[\w-]{22}\.[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(visits.get("/visits")).toEqual({ body: "2", setCookies: [] });
    expect(visits.get("/peek")).toEqual({ body: "false 2", setCookies: [] });
    visits.get("/forget");
    expect(visits.get("/peek").body).toBe("false undefined");
    visits.cookie = "";
    expect(visits.get("/visits").body).toBe("1");
  });

  it.each([
    ["another id", (cookie: string) => cookie.replace(/=./, "=~")],
    ["another signature", (cookie: string) => cookie.slice(0, -2) + (cookie.endsWith("A") ? "BB" : "AA")],
    ["no signature", (cookie: string) => cookie.replace(/\..*/, "")],
    ["an empty signature", (cookie: string) => cookie.replace(/\..*/, ".")],
    ["an id that is not there", () => "session=.x"],
    ["nothing", () => "session="],
    ["a long value", () => `session=${"A.".repeat(1000)}`],
  ])("ignore a cookie with %s, and tell so once", (_, forge) => {
    const visits = new Visits();
    visits.get("/visits");
    const honest = visits.cookie;
    for (let times = 0; times < 2; times++) {
      visits.cookie = forge(honest);
      expect(visits.get("/visits").body).toBe("1");
    }
    expect(visits.logged).toEqual([expect.stringMatching(/session cookie from 192\.0\.2\.7 .* not signed/)]);
    visits.cookie = honest;
    expect(visits.get("/visits").body).toBe("2");
  });

  it("take no signature of another cookie", () => {
    const visits = new Visits();
    visits.get("/visits");
    const other = new Visits({ cookie: { name: "other" }, store: visits.store });
    other.cookie = visits.cookie.replace("session=", "other=");
    expect(other.get("/visits").body).toBe("1");
  });

  it("accept what an older key has signed, and sign with the first", () => {
    const old = new Visits();
    old.get("/visits");
    const rotated = new Visits({ keys: [OTHER_KEY, KEY], store: old.store });
    rotated.cookie = old.cookie;
    expect(rotated.get("/visits").body).toBe("2");
    rotated.get("/login");
    old.cookie = rotated.cookie;
    expect(old.get("/visits").body).toBe("1");
  });

  it("end after some time without use, each use counting", () => {
    const visits = new Visits({ idleTime: 1000, lifetime: 5000 });
    visits.get("/visits");
    for (let times = 0; times < 4; times++) {
      visits.time.advance(999);
      expect(visits.get("/peek").body).toBe("false 1");
    }
    visits.time.advance(1000);
    expect(visits.get("/peek").body).toBe("true undefined");
    expect(visits.store.size).toBe(0);
  });

  it("end after their lifetime, however much they are used", () => {
    const visits = new Visits({ idleTime: 1000, lifetime: 3000 });
    visits.get("/visits");
    for (let times = 0; times < 3; times++) {
      expect(visits.get("/peek").body).toBe("false 1");
      visits.time.advance(999);
    }
    visits.get("/login");
    visits.time.advance(3);
    expect(visits.get("/peek").body).toBe("true undefined");
  });

  it("are as many as the store takes: who has been away longest is forgotten", () => {
    const visits = new Visits();
    const cookies = [1, 2, 3].map(() => {
      visits.cookie = "";
      visits.get("/visits");
      return visits.cookie;
    });
    visits.cookie = cookies[0]!;
    visits.get("/peek");
    visits.cookie = "";
    visits.get("/visits");
    expect(visits.store.size).toBe(3);
    const isNew = cookies.map((cookie) => {
      visits.cookie = cookie;
      return visits.get("/peek").body.split(" ")[0];
    });
    expect(isNew).toEqual(["false", "true", "false"]);
  });

  it("get another id at a login, and the old one is worth nothing", () => {
    const visits = new Visits();
    expect(visits.get("/login").setCookies).toEqual([]);
    visits.get("/visits");
    const old = visits.cookie;
    expect(visits.get("/login").setCookies).toHaveLength(1);
    expect(visits.get("/visits").body).toBe("2");
    visits.cookie = old;
    expect(visits.get("/visits").body).toBe("1");
  });

  it("are over after a logout, and the cookie goes", () => {
    const visits = new Visits();
    expect(visits.get("/logout")).toEqual({ body: "undefined", setCookies: [] });
    visits.get("/visits");
    const old = visits.cookie;
    expect(visits.get("/logout")).toEqual({
      body: "undefined",
      setCookies: ["session=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly; SameSite=Lax"],
    });
    visits.cookie = old;
    expect(visits.get("/peek").body).toBe("true undefined");
  });

  it("are not brought back by a request that was on its way at the logout", () => {
    const visits = new Visits();
    let late: (() => void) | undefined;
    visits.server.get("/slow", (asked, response) => {
      const session = sessionOf(asked);
      session.get("visits");
      late = () => {
        session.set("visits", 100);
        response.send();
      };
    });
    visits.get("/visits");
    const old = visits.cookie;
    visits.get("/slow");
    visits.get("/logout");
    late!();
    visits.cookie = old;
    expect(visits.get("/peek").body).toBe("true undefined");
  });

  it("can't begin or change their id once the response is sent", () => {
    const visits = new Visits();
    const errors: unknown[] = [];
    const attempt = (action: () => void): void => {
      try {
        action();
      } catch (error) {
        errors.push((error as NetworkError).code);
      }
    };
    visits.server.get("/late", (asked, response) => {
      response.send();
      attempt(() => sessionOf(asked).set("visits", 7));
      attempt(() => sessionOf(asked).regenerate());
    });
    visits.get("/late");
    expect(errors).toEqual(["EINVAL"]);
    visits.get("/visits");
    visits.get("/late");
    expect(errors).toEqual(["EINVAL", "EINVAL"]);
    // What has begun can be changed.
    expect(visits.get("/peek").body).toBe("false 7");
  });

  it("hold so many values", () => {
    const visits = new Visits();
    visits.server.get("/fill", (asked, response) => {
      for (let index = 0; index < MAX_SESSION_VALUES; index++) sessionOf(asked).set(`n${index}`, index);
      sessionOf(asked).set("n0", "again");
      expect(() => sessionOf(asked).set("more", 1)).toThrow(/ENOBUFS/);
      response.send(String(sessionOf(asked).get("n0")));
    });
    expect(visits.get("/fill").body).toBe("again");
  });

  it("have a cookie as the app wants it", () => {
    const cookie = { name: "__Host-id", secure: true, sameSite: "Strict", maxAge: 60 } as const;
    const visits = new Visits({ cookie });
    expect(visits.get("/visits").setCookies).toEqual([
      expect.stringMatching(/^__Host-id=.*; Max-Age=60; Path=\/; Secure; HttpOnly; SameSite=Strict$/),
    ]);
    expect(visits.get("/visits").body).toBe("2");
  });

  it.each<[string, Partial<SessionsOptions>]>([
    ["no key", { keys: [] }],
    ["a short key", { keys: [KEY, new Uint8Array(15)] }],
    ["a cookie that no browser takes", { cookie: { name: "__Host-id", path: "/app" } }],
    ["no name of a cookie", { cookie: { name: "a b" } }],
  ])("refuse %s at once", (_, options) => {
    expect(() => new Visits(options)).toThrow(NetworkError);
  });

  it("say where they are not in use", () => {
    const dialogue = new Dialogue();
    dialogue.server.get("/", (asked) => void sessionOf(asked)).start();
    expect(parts(dialogue.ask(request("GET /")).answer).status).toBe(500);
    expect(dialogue.logged).toEqual([
      expect.stringMatching(/the middleware `sessions` is not in use here \(EINVAL\)/),
    ]);
  });
});

describe("cookies of requests and responses", () => {
  it("are read from all lines, set and cleared", () => {
    const dialogue = new Dialogue();
    dialogue.server.get("/", (asked, response) => {
      setCookie(response, "lang", "en", { path: "/", maxAge: 60 });
      clearCookie(response, "old", { path: "/", maxAge: 60, domain: "a.example" });
      response.json([...cookiesOf(asked)]);
    });
    dialogue.server.start();
    const { fields, body } = parts(
      dialogue.ask(request("GET /", "Cookie: a=1; b=2\r\ncookie: a=3; c=4\r\n")).answer,
    );
    expect(JSON.parse(body)).toEqual([
      ["a", "1"],
      ["b", "2"],
      ["c", "4"],
    ]);
    expect(fields.slice(0, 2)).toEqual([
      "Set-Cookie: lang=en; Max-Age=60; Path=/",
      "Set-Cookie: old=; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Domain=a.example; Path=/",
    ]);
    expect(parts(dialogue.ask(request("GET /")).answer).body).toBe("[]");
  });
});
