import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { cors, HttpError, type CorsOptions } from "../../../src/http/index.js";
import { Dialogue, parts, request } from "../dialogue.js";

const ORIGIN = "https://app.example";

interface CorsAnswer {
  readonly status: number;
  readonly body: string;
  /** Those that CORS is about, and Allow. */
  readonly fields: string[];
}

function originLine(origin: string | undefined): string {
  return origin === undefined ? "" : `Origin: ${origin}\r\n`;
}

function read(answer: string): CorsAnswer {
  const { status, body, fields } = parts(answer);
  return {
    status,
    body,
    fields: fields.filter((field) => /^(access-control|vary|allow)/i.test(field)).sort(),
  };
}

/** A server with CORS, and what it says to browsers. */
class CorsDialogue {
  readonly #dialogue = new Dialogue();

  constructor(options: CorsOptions) {
    this.#dialogue.server
      .use(cors(options))
      .get("/", (_, response) => response.send("ok"))
      .get("/error", () => {
        throw new HttpError(403, "not you");
      })
      .get("/later", () => Promise.reject(new HttpError(409)))
      .start();
  }

  ask(line: string, origin?: string, more = ""): CorsAnswer {
    return read(this.#dialogue.ask(request(line, originLine(origin) + more)).answer);
  }

  /** The same where promises stand between. */
  async askLater(line: string, origin: string): Promise<CorsAnswer> {
    const { client } = this.#dialogue.ask(request(line, originLine(origin)));
    while (client.text === "") await Promise.resolve();
    return read(client.text);
  }

  preflight(origin: string): CorsAnswer {
    return this.ask("OPTIONS /", origin, "Access-Control-Request-Method: PUT\r\n");
  }
}

describe("CORS", () => {
  const open = new CorsDialogue({ origins: "*" });
  const closed = new CorsDialogue({
    origins: [ORIGIN, "http://localhost:5173"],
    methods: ["PUT", "DELETE"],
    headers: ["Content-Type", "X-Token"],
    exposedHeaders: ["ETag"],
    credentials: true,
    maxAge: 600,
  });

  it("for everybody needs to know nobody", () => {
    const fields = ["Access-Control-Allow-Origin: *"];
    expect(open.ask("GET /", ORIGIN)).toEqual({ status: 200, body: "ok", fields });
    expect(open.ask("GET /").fields).toEqual([]);
    expect(open.preflight(ORIGIN)).toEqual({ status: 204, body: "", fields });
  });

  it("names the origin that it has been told of, and lets caches know", () => {
    expect(closed.ask("GET /", ORIGIN)).toEqual({
      status: 200,
      body: "ok",
      fields: [
        "Access-Control-Allow-Credentials: true",
        `Access-Control-Allow-Origin: ${ORIGIN}`,
        "Access-Control-Expose-Headers: ETag",
        "Vary: Origin",
      ],
    });
  });

  it("answers what a browser asks first, without the handler", () => {
    expect(closed.preflight(ORIGIN)).toEqual({
      status: 204,
      body: "",
      fields: [
        "Access-Control-Allow-Credentials: true",
        "Access-Control-Allow-Headers: Content-Type, X-Token",
        "Access-Control-Allow-Methods: PUT, DELETE",
        `Access-Control-Allow-Origin: ${ORIGIN}`,
        "Access-Control-Max-Age: 600",
        "Vary: Origin",
      ],
    });
  });

  it.each([
    ["another", "https://evil.example"],
    ["one that begins the same", `${ORIGIN}.evil.example`],
    ["one that ends the same", "https://my-app.example"],
    ["another scheme", "http://app.example"],
    ["another port", `${ORIGIN}:8443`],
    ["a sandboxed page's", "null"],
    ["two", `${ORIGIN}, https://evil.example`],
    ["a wildcard", "*"],
    ["none at all", undefined],
  ])("tells an origin that it does not know nothing but to vary: %s", (_, origin) => {
    expect(closed.ask("GET /", origin)).toEqual({ status: 200, body: "ok", fields: ["Vary: Origin"] });
    if (origin === undefined) return;
    const fields = ["Allow: GET, HEAD, OPTIONS", "Vary: Origin"];
    expect(closed.preflight(origin)).toEqual({ status: 204, body: "", fields });
  });

  it("leaves an OPTIONS alone that is no preflight", () => {
    const { status, fields } = closed.ask("OPTIONS /", ORIGIN);
    expect(status).toBe(204);
    expect(fields).toContain("Allow: GET, HEAD, OPTIONS");
    expect(fields).not.toContain("Access-Control-Allow-Methods: PUT, DELETE");
  });

  it.each([
    ["/error", 403],
    ["/none", 404],
    ["/later", 409],
  ])("lets a script read why it failed: %s", async (path, expected) => {
    const { status, fields } = await closed.askLater(`GET ${path}`, ORIGIN);
    expect(status).toBe(expected);
    expect(fields).toContain(`Access-Control-Allow-Origin: ${ORIGIN}`);
  });

  it("lets a function choose", () => {
    const chosen = new CorsDialogue({ origins: (origin) => origin.endsWith(".example") });
    expect(chosen.ask("GET /", ORIGIN).fields).toEqual([
      `Access-Control-Allow-Origin: ${ORIGIN}`,
      "Vary: Origin",
    ]);
    expect(chosen.ask("GET /", "https://app.test").fields).toEqual(["Vary: Origin"]);
  });

  it("is only for the origins of a list", () => {
    const origin = fc.constantFrom("https://a.example", "https://b.example", "http://a.example:81", "null");
    fc.assert(
      fc.property(fc.uniqueArray(origin), origin, fc.boolean(), (origins, asking, credentials) => {
        const { fields } = new CorsDialogue({ origins, credentials }).ask("GET /", asking);
        const known = origins.includes(asking);
        const allowed = fields.find((field) => field.startsWith("Access-Control-Allow-Origin"));
        expect(allowed).toBe(known ? `Access-Control-Allow-Origin: ${asking}` : undefined);
        expect(fields.includes("Access-Control-Allow-Credentials: true")).toBe(credentials && known);
      }),
    );
  });

  it.each<[string, CorsOptions]>([
    ["everybody with credentials", { origins: "*", credentials: true }],
    ["a wildcard in a list", { origins: ["*"] }],
    ["all headers with credentials", { origins: [ORIGIN], headers: ["*"], credentials: true }],
    ["all methods with credentials", { origins: [ORIGIN], methods: ["*"], credentials: true }],
    ["everything exposed with credentials", { origins: [ORIGIN], exposedHeaders: ["*"], credentials: true }],
    ["an origin with a slash behind it", { origins: [`${ORIGIN}/`] }],
    ["an origin with a path", { origins: [`${ORIGIN}/app`] }],
    ["an origin without a scheme", { origins: ["app.example"] }],
    ["an origin in capitals", { origins: ["https://APP.example"] }],
    ["a max-age below 0", { origins: "*", maxAge: -1 }],
    ["a max-age in parts of a second", { origins: "*", maxAge: 0.5 }],
  ])("refuses what no browser would take: %s", (_, options) => {
    expect(() => cors(options)).toThrow(expect.objectContaining({ code: "EINVAL" }));
  });

  it("takes wildcards without credentials", () => {
    const any = new CorsDialogue({ origins: "*", methods: ["*"], headers: ["*", "Authorization"] });
    expect(any.preflight(ORIGIN).fields).toEqual([
      "Access-Control-Allow-Headers: *, Authorization",
      "Access-Control-Allow-Methods: *",
      "Access-Control-Allow-Origin: *",
    ]);
  });
});
