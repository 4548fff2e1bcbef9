import { beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { NetworkError } from "../../src/error/index.js";
import { Refusal, Router } from "../../src/http/index.js";
import { Dialogue, parts, request } from "./dialogue.js";

const NOTHING = (): void => undefined;

/** Which of these GET routes a path finds, and with which parameters; else the status of the refusal. */
function found(paths: readonly string[], path: string): unknown {
  const router = new Router();
  for (const each of paths) router.get(each, NOTHING, { maxBody: paths.indexOf(each) });
  const match = router.find("GET", path);
  if (match instanceof Refusal) return match.status;
  const { maxBody } = match.options;
  return maxBody === undefined ? "redirect" : [paths[maxBody], match.params];
}

describe("a path", () => {
  it.each([
    ["/", "/", {}],
    ["/a/b", "/a/b", {}],
    ["/a/b/", "/a/b/", {}],
    ["/item/<int:id>/", "/item/5/", { id: 5 }],
    ["/item/<int:id>", "/item/007", { id: 7 }],
    ["/<name>", "/a", { name: "a" }],
    ["/<string:name>", "/5", { name: "5" }],
    ["/<a>/<b>", "/1/2", { a: "1", b: "2" }],
    ["/<uuid:id>", "/F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6", { id: "f81d4fae-7dec-11d0-a765-00a0c91e6bf6" }],
    ["/files/<path:rest>", "/files/a/b.html", { rest: "a/b.html" }],
    ["/files/<path:rest>", "/files/a/", { rest: "a/" }],
    ["/files/<path:rest>", "/files/", { rest: "" }],
    ["/<path:rest>", "/", { rest: "" }],
    ["/<int:year>/<path:rest>", "/2026/a/b", { year: 2026, rest: "a/b" }],
    ["/<name>", "/a%20b%2Fc%C3%A9", { name: "a b/cé" }],
    ["/<path:rest>", "/a%20b/%25", { rest: "a b/%" }],
    ["/café/<int:id>", "/caf%c3%a9/%35", { id: 5 }],
    ["/café", "/caf%C3%A9", {}],
    ["/about", "/%61bout", {}],
    ["/<name>", "/..%2fa", { name: "../a" }],
  ])("%s is that of %s", (pattern, path, params) => {
    expect(found([pattern], path)).toEqual([pattern, params]);
  });

  it.each([
    ["/a", "/b"],
    ["/a", "/A"],
    ["/item/<int:id>", "/item/-5"],
    ["/item/<int:id>", "/item/5.0"],
    ["/item/<int:id>", "/item/0x5"],
    ["/item/<int:id>", "/item/9007199254740992"],
    ["/item/<int:id>", "/item/99999999999999999999"],
    ["/item/<int:id>", "/item/a/b"],
    ["/<uuid:id>", "/f81d4fae7dec11d0a76500a0c91e6bf6"],
    ["/<name>", "/"],
    ["/<name>", "/.."],
    ["/<name>", "/%2e%2e"],
    ["/<a>/<b>", "/1"],
    ["/<a>/<b>", "//2"],
    ["/<path:rest>", "/a/../b"],
    ["/<path:rest>", "/a/%2e%2E"],
    ["/<path:rest>", "//a"],
    ["/<path:rest>", "/a//b"],
    ["/<path:rest>", "/a%2fb"],
    ["/a/b", "/a%2Fb"],
  ])("%s is not that of %s", (pattern, path) => {
    expect(found([pattern], path)).toBe(404);
  });

  it.each(["/%", "/%4", "/%zz", "/%ff", "/a/%c0%ae", "/%ed%a0%80"])(
    "that is no percent-encoded UTF-8 is refused: %s",
    (path) => {
      expect(found(["/<path:rest>"], path)).toBe(400);
    },
  );

  const paths = [
    "/<path:rest>",
    "/<name>",
    "/<int:number>",
    "/<uuid:id>",
    "/about",
    "/<name>/edit",
    "/<int:number>/<path:rest>",
    "/about/<path:rest>",
    "/<name>/<int:number>/x",
  ];

  it.each([
    ["/about", "/about"],
    ["/f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "/<uuid:id>"],
    ["/12345678", "/<int:number>"],
    ["/12345678a", "/<name>"],
    ["/a/b", "/<path:rest>"],
    ["/about/edit", "/about/<path:rest>"],
    ["/5/edit", "/<int:number>/<path:rest>"],
    ["/a/edit", "/<name>/edit"],
    ["/5/6/x", "/<int:number>/<path:rest>"],
    ["/a/6/x", "/<name>/<int:number>/x"],
    ["/a/6/y", "/<path:rest>"],
  ])("%s goes to the most specific route, %s, whatever the order of registration", (path, pattern) => {
    expect(found(paths, path)).toEqual([pattern, expect.anything()]);
    expect(found([...paths].reverse(), path)).toEqual([pattern, expect.anything()]);
  });

  it("goes to the one that comes first of all that match, compared segment by segment", () => {
    // A whole number is what "int" takes, "-" what only "string" takes; "path" takes the rest, the empty rest too.
    const ranks: readonly string[] = ["a", "1", "<uuid:>", "<int:>", "<string:>", "<path:>"];
    const kinds = {
      "<int:>": /^[0-9]+$/,
      "<string:>": /^[^/]+$/,
      "<uuid:>": /^f{8}(-f{4}){3}-f{12}$/,
    } as const;
    const takes = (segment: string, text: string): boolean =>
      segment in kinds ? kinds[segment as keyof typeof kinds].test(text) : segment === text;
    const matches = (pattern: readonly string[], path: readonly string[]): boolean =>
      pattern.at(-1) === "<path:>"
        ? path.length >= pattern.length && pattern.slice(0, -1).every((each, at) => takes(each, path[at]!))
        : path.length === pattern.length && pattern.every((each, at) => takes(each, path[at]!));
    const compare = (one: readonly string[], two: readonly string[]): number => {
      const at = one.findIndex((each, index) => each !== two[index]);
      return at < 0 ? 0 : Math.sign(ranks.indexOf(one[at]!) - ranks.indexOf(two[at]!));
    };
    const written = (segments: readonly string[]): string =>
      `/${segments.map((each, at) => each.replace(":>", `:p${at}>`)).join("/")}`;
    const inner = fc.constantFrom("a", "1", "<uuid:>", "<int:>", "<string:>");
    const pattern = fc
      .tuple(fc.array(inner, { minLength: 1, maxLength: 4 }), fc.constantFrom(undefined, "", "<path:>"))
      .map(([segments, end]) => (end === undefined ? segments : [...segments, end]));
    const uuid = "ffffffff-ffff-ffff-ffff-ffffffffffff";
    const path = fc
      .tuple(
        fc.array(fc.constantFrom("a", "1", "2", "-", uuid), { minLength: 1, maxLength: 5 }),
        fc.boolean(),
      )
      .map(([segments, slash]) => (slash ? [...segments, ""] : segments));
    const patterns = fc.uniqueArray(pattern, { selector: written, minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(patterns, path, (registered, asked) => {
        const match = found(registered.map(written), `/${asked.join("/")}`);
        const [first] = registered.filter((each) => matches(each, asked)).sort(compare);
        if (first === undefined) expect(["redirect", 404]).toContain(match);
        else expect(match).toEqual([written(first), expect.anything()]);
      }),
      { numRuns: 1000 },
    );
  });

  it("keeps the parameters of the route that was found, not of those that were tried", () => {
    expect(found(["/<int:a>/<int:b>/x", "/<c>/<d>/y"], "/1/2/y")).toEqual(["/<c>/<d>/y", { c: "1", d: "2" }]);
  });
});

describe("a route is refused", () => {
  it.each([
    "",
    "a",
    "//",
    "/a//b",
    "/./a",
    "/a/..",
    "/<float:x>",
    "/<int:>",
    "/<>",
    "/<a b>",
    "/<int:id",
    "/int:id>",
    "/a<int:id>",
    "/<int:id>.json",
    "/<a>/<int:a>",
    "/<toString>",
    "/<int:__proto__>",
    "/<path:rest>/",
    "/<path:rest>/a",
    "/a?b",
    "/a#b",
    "/a%20b",
  ])("with the path %j", (path) => {
    expect(() => new Router().get(path, NOTHING)).toThrow(NetworkError);
  });

  it.each(["", "GE T", "GET:", "é"])("with the method %j", (method) => {
    expect(() => new Router().route(method, "/", NOTHING)).toThrow(NetworkError);
  });

  it("with a path for CONNECT", () => {
    expect(() => new Router().route("CONNECT", "/", NOTHING)).toThrow("for a host");
  });

  it.each([
    ["/a", "/a"],
    ["/<int:a>", "/<int:b>"],
    ["/<a>/", "/<string:b>/"],
    ["/x/<path:a>", "/x/<path:b>"],
  ])("where its method has one: %s and %s", (one, two) => {
    const router = new Router().get(one, NOTHING).post(two, NOTHING);
    expect(() => router.get(two, NOTHING)).toThrow(`GET ${two}: "${one}" has one already (EINVAL)`);
  });

  it("for CONNECT where there is one", () => {
    expect(() => new Router().connect(NOTHING).connect(NOTHING)).toThrow(NetworkError);
  });
});

describe("over a connection", () => {
  let dialogue: Dialogue;

  beforeEach(() => {
    dialogue = new Dialogue();
    dialogue.server
      .get("/item/<int:id>/", ({ params, body }, response) => {
        response.json({ id: params.id, body: Buffer.from(body).toString() });
      })
      .put("/item/<int:number>/", ({ params }, response) => response.json({ number: params.number }))
      .route("BREW", "/pot", (_, response) => response.send("tea"))
      .all("/echo", ({ method }, response) => response.send(method))
      .post("/echo", (_, response) => response.send("posted"))
      .get("/async", async (_, response) => {
        await Promise.resolve();
        response.send("later");
      })
      .start();
  });

  it("serves a GET with a body", () => {
    const fields = "Content-Length: 4\r\nX-Custom-Header: value\r\n";
    const { body } = parts(dialogue.ask(request("GET /item/5/", fields, "test")).answer);
    expect(JSON.parse(body)).toEqual({ id: 5, body: "test" });
  });

  it.each([
    ["PUT /item/5/", 200, '{"number":5}'],
    ["BREW /pot", 200, "tea"],
    ["GET /echo", 200, "GET"],
    ["OPTIONS /echo", 200, "OPTIONS"],
    ["BREW /echo", 200, "BREW"],
    ["STEEP /echo", 200, "STEEP"],
    ["POST /echo", 200, "posted"],
  ])("%s is answered %i %s", (line, status, body) => {
    expect(parts(dialogue.ask(request(line)).answer)).toMatchObject({ status, body });
  });

  it.each([
    ["POST /item/5/", 405, "Allow: GET, PUT, HEAD, OPTIONS"],
    ["OPTIONS /item/5/", 204, "Allow: GET, PUT, HEAD, OPTIONS"],
    ["BREW /item/5/", 405, "Allow: GET, PUT, HEAD, OPTIONS"],
    ["BREW /nowhere", 404, undefined],
    ["STEEP /pot", 501, undefined],
    ["STEEP /nowhere", 501, undefined],
    ["TRACE /echo", 405, "Allow: POST, GET, HEAD, PUT, DELETE, PATCH, OPTIONS"],
    ["CONNECT device:80", 405, "Allow: "],
  ])("%s is answered %i", (line, status, allow) => {
    const answer = parts(dialogue.ask(request(line)).answer);
    expect(answer.status).toBe(status);
    expect(answer.fields.find((field) => field.startsWith("Allow"))).toBe(allow);
  });

  it.each([
    ["GET /item/5", "/item/5/"],
    ["GET /item/5?a=b&c", "/item/5/?a=b&c"],
    ["POST /item/%35", "/item/%35/"],
    ["OPTIONS /item/5", "/item/5/"],
    ["BREW /pot/", "/pot"],
  ])("%s is redirected to %s", (line, location) => {
    const answer = parts(dialogue.ask(request(line)).answer);
    expect(answer.status).toBe(308);
    expect(answer.fields).toContain(`Location: ${location}`);
  });

  it.each(["/\\evil.example", "/\\evil.example//", "/\\/evil.example/x/"])(
    "does not lead a browser, to which a backslash is a slash, to another host: %s",
    (target) => {
      const elsewhere = new Dialogue();
      elsewhere.server.get("/<name>/", () => undefined).get("/<a>/<b>/<c>", () => undefined);
      elsewhere.server.get("/<path:path>", () => undefined).start();
      const { fields } = parts(elsewhere.ask(request(`GET ${target}`)).answer);
      const location = fields.find((field) => field.startsWith("Location: "))?.slice(10);
      if (location !== undefined) expect(new URL(location, "http://device/").host).toBe("device");
    },
  );

  it("has CONNECT answered by who was set for it", () => {
    dialogue.server.connect(({ rawTarget, params }, response) => {
      response.status = 403;
      response.json([rawTarget, params]);
    });
    expect(parts(dialogue.ask(request("CONNECT device:80")).answer)).toMatchObject({
      status: 403,
      body: '["device:80",{}]',
    });
    expect(parts(dialogue.ask(request("OPTIONS *")).answer).fields).toContain(
      "Allow: GET, PUT, BREW, POST, HEAD, DELETE, PATCH, OPTIONS",
    );
  });

  it("does not redirect to another host", () => {
    dialogue.server.get("/<name>/", NOTHING).get("/<a>/<b>/", NOTHING).get("/<path:rest>", NOTHING);
    for (const path of ["//example.org", "/%2fexample.org/..", "//example.org/a", "///"])
      expect(parts(dialogue.ask(request(`GET ${path}`)).answer).status).toBe(404);
  });

  it("waits for asynchronous handlers", async () => {
    const { client } = dialogue.ask(request("GET /async"));
    await Promise.resolve();
    await Promise.resolve();
    expect(parts(client.take()).body).toBe("later");
  });
});
