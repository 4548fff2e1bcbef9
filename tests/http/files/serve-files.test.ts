import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  bundle,
  isEntityTag,
  serveFiles,
  type HttpRequest,
  type HttpResponse,
} from "../../../src/http/index.js";
import { Dialogue, request } from "../dialogue.js";
import { FileDialogue, latin1, parseAnswer } from "./support.js";

const PAGE = "<h1>Grüße</h1>";

const site = bundle({
  "index.html": PAGE,
  "style.css": { content: "h1 { color: red }", etag: '"build-7"', gzip: Uint8Array.of(1, 2, 3) },
  "img/logo.png": Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
  "docs/index.html": { content: "<h1>Docs</h1>", lastModified: Date.UTC(2026, 0, 1) },
  "docs/a:b/index.html": "<h1>Colon</h1>",
  "größe.txt": { content: "1,70 m", contentType: "text/plain; charset=utf-8" },
  data: "no ending",
});

describe("files", () => {
  const files = new FileDialogue(site);

  it.each([
    ["/", Buffer.from(PAGE).toString("latin1"), "text/html; charset=utf-8"],
    ["/index.html", Buffer.from(PAGE).toString("latin1"), "text/html; charset=utf-8"],
    ["/style.css", "h1 { color: red }", "text/css; charset=utf-8"],
    ["/style.css?v=7", "h1 { color: red }", "text/css; charset=utf-8"],
    ["/img/logo.png", "\x89PNG", "image/png"],
    ["/docs/", "<h1>Docs</h1>", "text/html; charset=utf-8"],
    ["/gr%C3%B6%C3%9Fe.txt", "1,70 m", "text/plain; charset=utf-8"],
    ["/%69ndex.html", Buffer.from(PAGE).toString("latin1"), "text/html; charset=utf-8"],
    ["/data", "no ending", "application/octet-stream"],
  ])("are found by their path: %s", (path, content, type) => {
    const { status, fields, body } = files.ask(`GET ${path}`);
    expect([status, body, fields.get("content-type")]).toEqual([200, content, type]);
    expect(isEntityTag(fields.get("etag")!)).toBe(true);
  });

  it.each([
    "/none",
    "/img/",
    "/img",
    "/index.html/",
    "//index.html",
    "/INDEX.HTML",
    "/docs/../index.html",
    "/./index.html",
    "/img%2Flogo.png",
    "/__proto__",
    "/constructor",
    "/index.html%00",
  ])("are not there: %s", (path) => {
    expect(files.ask(`GET ${path}`).status).toBe(404);
  });

  it.each([
    ["/docs", "./docs/"],
    ["/docs?page=2&all", "./docs/?page=2&all"],
    ["/docs/a:b", "./a:b/"],
    ["/docs/a%3Ab", "./a%3Ab/"],
  ])("in a folder are looked for with a slash behind it: %s", (path, location) => {
    const { status, fields } = files.ask(`GET ${path}`);
    expect([status, fields.get("location")]).toEqual([308, location]);
    const target = new URL(location, `http://device${path}`);
    expect(files.ask(`GET ${target.pathname}${target.search}`).status).toBe(200);
  });

  it("never lead to another host", () => {
    const everywhere = {
      find: (path: string) => (path.endsWith("/index.html") ? site.find("data") : undefined),
    };
    const serve = serveFiles(everywhere);
    const path = fc.string({ unit: fc.constantFrom("/", "a", ":", ".", "\\", "%2F", "@"), minLength: 1 });
    fc.assert(
      fc.property(path, (text) => {
        let location = "";
        const asked = { params: { path: text }, path: `/${text}`, query: undefined };
        const answer = { redirect: (target: string) => (location = target) };
        if (text.endsWith("/")) return;
        void serve(asked as HttpRequest<{ path: string }>, answer as unknown as HttpResponse);
        for (const base of ["http://device/", "http://device/docs/a"])
          expect(new URL(location, base).host).toBe("device");
      }),
    );
  });

  it("are cached as it is said for all, or for each", () => {
    const forAll = new FileDialogue(site, { cacheControl: "no-cache" });
    expect(forAll.ask("GET /style.css").fields.get("cache-control")).toBe("no-cache");
    const tag = forAll.ask("GET /style.css").fields.get("etag");
    expect(forAll.ask("GET /style.css", { "If-None-Match": tag }).fields.get("cache-control")).toBe(
      "no-cache",
    );
    expect(forAll.ask("GET /none").fields.has("cache-control")).toBe(false);
    expect(forAll.ask("GET /style.css", { Range: "bytes=99-" }).fields.has("cache-control")).toBe(false);
    const forEach = new FileDialogue(site, {
      cacheControl: (path) => (path.startsWith("img/") ? "max-age=31536000, immutable" : undefined),
    });
    expect(forEach.ask("GET /img/logo.png").fields.get("cache-control")).toBe("max-age=31536000, immutable");
    expect(forEach.ask("GET /style.css").fields.has("cache-control")).toBe(false);
  });

  it("have another index if that is said", () => {
    const other = new FileDialogue(bundle({ "start.htm": "hello", "sub/start.htm": "sub" }), {
      index: "start.htm",
    });
    expect(other.ask("GET /").body).toBe("hello");
    expect(other.ask("GET /sub").fields.get("location")).toBe("./sub/");
    expect(other.ask("GET /index.html").status).toBe(404);
  });

  it("can be below a path", () => {
    const dialogue = new Dialogue();
    dialogue.server.get("/static/<path:path>", serveFiles(site)).start();
    const ask = (path: string): ReturnType<typeof parseAnswer> =>
      parseAnswer(dialogue.ask(request(`GET ${path}`)).answer);
    expect(ask("/static/").status).toBe(200);
    expect(ask("/static/style.css").status).toBe(200);
    expect(ask("/static/docs").fields.get("location")).toBe("./docs/");
    expect(ask("/style.css").status).toBe(404);
  });
});

describe("a bundle", () => {
  it("makes a tag of the content, or takes the one it is given", () => {
    const tagOf = (path: string): string | undefined => site.find(path)?.etag;
    expect(tagOf("style.css")).toBe('"build-7"');
    expect(site.find("style.css")?.gzip?.etag).toBe('"build-7-gzip"');
    expect(tagOf("index.html")).not.toBe(tagOf("docs/index.html"));
    const again = bundle({ page: PAGE });
    expect(again.find("page")?.etag).toBe(tagOf("index.html"));
    const packed = bundle({ page: { content: PAGE, gzip: Uint8Array.of(1) } });
    expect(packed.find("page")?.gzip?.etag).not.toBe(tagOf("index.html"));
  });

  it("gives all its bytes, in pieces of any size", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 100 }), (content, size) => {
        const file = bundle({ file: content }).find("file")!;
        const pieces: Uint8Array[] = [];
        const buffer = new Uint8Array(size);
        for (let at = 0; at < file.length;) {
          const count = file.read(at, buffer);
          expect(count).toBeGreaterThan(0);
          pieces.push(buffer.slice(0, count));
          at += count;
        }
        expect(latin1(Buffer.concat(pieces))).toBe(latin1(content));
      }),
    );
  });

  it("can be frozen, as what is preloaded on a device is", () => {
    const file = Object.freeze(Object.freeze(bundle({ page: PAGE })).find("page")!);
    const buffer = new Uint8Array(100);
    expect(Buffer.from(buffer.subarray(0, file.read(0, buffer))).toString()).toBe(PAGE);
  });
});
