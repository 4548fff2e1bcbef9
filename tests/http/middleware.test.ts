import { beforeEach, describe, expect, it } from "@jest/globals";
import { NetworkError } from "../../src/error/index.js";
import { HttpError, Router, type Middleware } from "../../src/http/index.js";
import { Dialogue, parts, request } from "./dialogue.js";

let dialogue: Dialogue;
let trace: string[];

beforeEach(() => {
  dialogue = new Dialogue();
  trace = [];
  dialogue.server.start();
});

/** Leaves its name on the way in and on the way out. */
function passing(name: string): Middleware {
  return (_, __, next) => {
    trace.push(name);
    const rest = next();
    trace.push(`/${name}`);
    return rest;
  };
}

function router(name: string): Router {
  return new Router()
    .get("/page", (_, response) => {
      trace.push(name);
      response.send(name);
    })
    .get("/broken", () => {
      throw new Error(name);
    });
}

/** The answer's status and the way that the request went. */
function walk(line: string): string {
  trace = [];
  const { status } = parts(dialogue.ask(request(line)).answer);
  return [...trace, status].join(" ");
}

/** Lets promises run that wait for promises. */
async function settle(): Promise<void> {
  for (let count = 0; count < 20; count++) await Promise.resolve();
  dialogue.time.settle();
}

describe("middleware", () => {
  it("stands around handlers in the order of its registration, before or after theirs", () => {
    dialogue.server.use(passing("a")).mount("/x", router("x")).use(passing("b"));
    expect(walk("GET /x/page")).toBe("a b x /b /a 200");
  });

  it("stands around what the router answers itself", () => {
    dialogue.server.mount("/x", router("x")).use(passing("a"));
    expect(walk("GET /nowhere")).toBe("a 404");
    expect(walk("POST /x/page")).toBe("a 405");
    expect(walk("BREW /x/page")).toBe("a 501");
    expect(walk("OPTIONS /x/page")).toBe("a /a 204");
    expect(walk("OPTIONS *")).toBe("a /a 204");
    expect(walk("GET /x/page/")).toBe("a /a 308");
    expect(walk("CONNECT device:80")).toBe("a 405");
  });

  it("of a mounted router stands inside that of the router around it, and around nothing else", () => {
    const inner = router("inner").use(passing("c"));
    const outer = router("outer").use(passing("b")).mount("/inner", inner);
    dialogue.server.use(passing("a")).mount("/outer", outer).mount("/", router("root"));
    expect(walk("GET /outer/inner/page")).toBe("a b c inner /c /b /a 200");
    expect(walk("GET /outer/page")).toBe("a b outer /b /a 200");
    expect(walk("GET /page")).toBe("a root /a 200");
    expect(walk("GET /outer/inner/nowhere")).toBe("a b c 404");
    expect(walk("GET /outer/nowhere")).toBe("a b 404");
    expect(walk("GET /outers/nowhere")).toBe("a 404");
  });

  it.each([
    ["/admin", "GET /admin/page", "p admin /p 200"],
    ["/admin/", "GET /admin/page", "p admin /p 200"],
    ["/admin", "GET /admin/nowhere", "p 404"],
    ["/admin", "GET /admin", "p 404"],
    ["/admin", "GET /administrator/page", "404"],
    ["/admin", "GET /user/5/page", "user 200"],
    ["/admin", "GET /%61dmin/page", "p admin /p 200"],
    ["/admin", "GET /files/admin/page", "files 200"],
    ["/", "GET /user/5/page", "p user /p 200"],
    ["/user/<int:id>", "GET /user/5/page", "p user /p 200"],
    ["/user/<int:id>/page", "GET /user/5/page", "p user /p 200"],
    ["/user/<uuid:id>", "GET /user/5/page", "user 200"],
    ["/files/a", "GET /files/a/b/page", "p files /p 200"],
    ["/files/a", "GET /files/%61/b/page", "p files /p 200"],
    ["/files/a", "GET /files/a%2Fb/page", "404"],
    ["/files/a", "GET /files//a/page", "404"],
    ["/files/a", "GET /files/x/../a/page", "404"],
  ])("with the prefix %s meets %s like this: %s", (prefix, line, way) => {
    dialogue.server
      .use(prefix, passing("p"))
      .mount("/admin", router("admin"))
      .mount("/user/<int:id>", router("user"))
      .get("/files/<path:rest>", (_, response) => {
        trace.push("files");
        response.send();
      });
    expect(walk(line)).toBe(way);
  });

  it("with a prefix counts from where its router is mounted", () => {
    const user = router("user").use("/page", passing("p"));
    dialogue.server.mount("/user/<int:id>", user).mount("/", router("root"));
    expect(walk("GET /user/5/page")).toBe("p user /p 200");
    expect(walk("GET /page")).toBe("root 200");
  });

  it("can answer itself", () => {
    dialogue.server
      .use((incoming, response, next) => {
        if (incoming.header("x-key") !== "secret") return response.problem(403);
        return next();
      })
      .mount("/x", router("x"));
    expect(walk("GET /x/page")).toBe("403");
    expect(parts(dialogue.ask(request("GET /x/page", "X-Key: secret\r\n")).answer).body).toBe("x");
  });

  it("can leave something for those behind it", () => {
    dialogue.server
      .use((incoming, _, next) => {
        incoming.state["user"] = "Ada";
        return next();
      })
      .get("/", ({ state }, response) => response.json(state));
    expect(parts(dialogue.ask(request("GET /")).answer).body).toBe('{"user":"Ada"}');
  });

  it("can wait, before and after", async () => {
    dialogue.server
      .use(async (_, response, next) => {
        await Promise.resolve();
        trace.push("in");
        await next();
        trace.push(`out ${response.status}`);
      })
      .get("/", async (_, response) => {
        await Promise.resolve();
        trace.push("handler");
        response.status = 202;
        response.send();
      });
    const { client } = dialogue.ask(request("GET /"));
    await settle();
    expect(trace).toEqual(["in", "handler", "out 202"]);
    expect(parts(client.take()).status).toBe(202);
  });
});

describe("an error handler", () => {
  const telling = (name: string) => (error: unknown, _: unknown, response: { json(value: unknown): void }) =>
    response.json({ name, error: String(error) });

  function answerTo(line: string): unknown {
    return JSON.parse(parts(dialogue.ask(request(line)).answer).body);
  }

  it("answers for handlers that throw, and where there is no page", () => {
    dialogue.server.handleErrors(telling("root")).mount("/x", router("x"));
    expect(answerTo("GET /x/broken")).toEqual({ name: "root", error: "Error: x" });
    expect(answerTo("GET /nowhere")).toEqual({
      name: "root",
      error: "HttpError: 404 Not Found: no such page",
    });
    expect(answerTo("BREW /")).toMatchObject({ error: expect.stringContaining("501 Not Implemented") });
  });

  it("gets the methods that a page allows", () => {
    dialogue.server
      .get("/", (_, response) => response.send())
      .handleErrors((error, _, response) => response.json((error as HttpError).fields));
    expect(answerTo("POST /")).toEqual({ Allow: "GET, HEAD, OPTIONS" });
  });

  it("answers for what is mounted there, and the innermost comes first", () => {
    const inner = router("inner").handleErrors(telling("inner"));
    dialogue.server
      .handleErrors(telling("root"))
      .mount("/inner", inner)
      .mount("/plain", router("plain"))
      .mount("/", router("root"));
    expect(answerTo("GET /inner/broken")).toEqual({ name: "inner", error: "Error: inner" });
    expect(answerTo("GET /inner/nowhere")).toMatchObject({ name: "inner" });
    expect(answerTo("GET /plain/broken")).toEqual({ name: "root", error: "Error: plain" });
  });

  it("answers for middleware", () => {
    const failing: Middleware = () => {
      throw new Error("middleware");
    };
    dialogue.server.use(failing).handleErrors(telling("root")).mount("/x", router("x"));
    expect(answerTo("GET /x/page")).toEqual({ name: "root", error: "Error: middleware" });
  });

  it("hands on what it throws", () => {
    const inner = router("inner").handleErrors((error) => {
      throw new HttpError(400, `not ${String(error)}`);
    });
    dialogue.server.handleErrors(telling("root")).mount("/inner", inner);
    expect(answerTo("GET /inner/broken")).toEqual({
      name: "root",
      error: "HttpError: 400 Bad Request: not Error: inner",
    });
  });

  it("may wait, and answers for promises that are rejected", async () => {
    dialogue.server
      .get("/", async () => {
        await Promise.resolve();
        throw new Error("late");
      })
      .handleErrors(async (error, _, response) => {
        await Promise.resolve();
        response.send(String(error));
      });
    const { client } = dialogue.ask(request("GET /"));
    await settle();
    expect(parts(client.take()).body).toBe("Error: late");
  });

  it("is not asked when the answer is out already", () => {
    dialogue.server
      .get("/", (_, response) => {
        response.send("half");
        throw new Error("too late");
      })
      .handleErrors(() => trace.push("asked") as unknown as undefined);
    expect(walk("GET /")).toBe("200");
    expect(dialogue.logged.join()).toContain("too late");
  });

  it("is set once", () => {
    expect(() => new Router().handleErrors(telling("a")).handleErrors(telling("b"))).toThrow(NetworkError);
  });
});

describe("a mounted router", () => {
  it("takes no more", () => {
    const mounted = router("x");
    dialogue.server.mount("/x", mounted);
    expect(() => mounted.get("/late", () => undefined)).toThrow("a mounted router takes no more");
    expect(() => mounted.use(passing("late"))).toThrow(NetworkError);
    expect(() => mounted.mount("/late", new Router())).toThrow(NetworkError);
    expect(() => mounted.handleErrors(() => undefined)).toThrow(NetworkError);
  });

  it("can be mounted in several places", () => {
    const shared = router("shared");
    dialogue.server.mount("/one", shared).mount("/two", shared);
    expect([walk("GET /one/page"), walk("GET /two/page")]).toEqual(["shared 200", "shared 200"]);
  });

  it("shares paths with others, as long as the methods differ", () => {
    dialogue.server
      .mount("/x", router("x").use(passing("m")))
      .post("/x/page", (_, response) => response.send());
    expect(walk("GET /x/page")).toBe("m x /m 200");
    expect(walk("POST /x/page")).toBe("200");
    expect(() => dialogue.server.get("/x/page", () => undefined)).toThrow(NetworkError);
  });

  it("is found by the prefix with and without a slash", () => {
    dialogue.server.mount(
      "/x/",
      new Router().get("/", (_, response) => response.send()),
    );
    expect([walk("GET /x/"), walk("GET /x")]).toEqual(["200", "308"]);
  });

  it.each(["x", "/<path:rest>", "/x//", "/<a>/<a>"])("is refused under %j", (prefix) => {
    expect(() => new Router().mount(prefix, new Router())).toThrow(NetworkError);
  });

  it("is refused if it has a route for CONNECT, or is the router itself", () => {
    const proxy = new Router().connect(() => undefined);
    expect(() => new Router().mount("/", proxy)).toThrow(NetworkError);
    const looping = router("x");
    expect(() => looping.mount("/", looping)).toThrow(NetworkError);
  });
});
