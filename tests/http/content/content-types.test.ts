import { describe, expect, it } from "@jest/globals";
import { CONTENT_TYPES, contentTypeOf } from "../../../src/http/index.js";

describe("the type of a file", () => {
  it.each([
    ["index.html", "text/html; charset=utf-8"],
    ["/www/Index.HTM", "text/html; charset=utf-8"],
    ["app.min.js", "text/javascript; charset=utf-8"],
    ["module.mjs", "text/javascript; charset=utf-8"],
    ["feed.xml", "text/xml"],
    ["data.json", "application/json"],
    ["logo.svg", "image/svg+xml"],
    ["archive.tar.gz", "application/gzip"],
    [".htaccess", "application/octet-stream"],
    [".gz", "application/octet-stream"],
    ["dir.html/", "application/octet-stream"],
    ["dir.html/README", "application/octet-stream"],
    ["README", "application/octet-stream"],
    ["trailing.", "application/octet-stream"],
    ["a.constructor", "application/octet-stream"],
    ["a.__proto__", "application/octet-stream"],
    ["a.unknown", "application/octet-stream"],
    ["", "application/octet-stream"],
  ])("%j is %s", (name, type) => {
    expect(contentTypeOf(name)).toBe(type);
  });
});

describe("the table of types", () => {
  const types = new Set(Object.values(CONTENT_TYPES));

  it.each([
    ["text", "plain html css javascript csv xml"],
    ["application", "json xml pdf zip gzip octet-stream x-www-form-urlencoded"],
    ["image", "jpeg png gif svg+xml webp x-icon"],
    ["audio", "mpeg wav ogg"],
    ["video", "mp4 mpeg quicktime webm"],
    ["font", "woff woff2 ttf"],
  ])("has the common ones of %s: %s", (group, names) => {
    const wanted = names.split(" ").map((name) => `${group}/${name}`);
    expect(wanted.filter((type) => !types.has(type))).toEqual([]);
  });

  it("has extensions in lower case and types without parameters", () => {
    for (const [extension, type] of Object.entries(CONTENT_TYPES)) {
      expect(extension).toMatch(/^[a-z0-9]+$/);
      expect(type).toMatch(/^(text|application|image|audio|video|font)\/[a-z0-9.+-]+$/);
    }
  });
});
