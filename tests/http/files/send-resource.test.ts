import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { formatHttpDate, type Resource } from "../../../src/http/index.js";
import { request } from "../dialogue.js";
import type { MemoryClient } from "../memory-io.js";
import { FileDialogue, latin1, parseAnswer, partsOf, positions, resource } from "./support.js";

const CONTENT = positions(5000);
const CHANGED = Date.UTC(2026, 0, 15, 12);
const ABOUT = { contentType: "image/png", etag: '"v1"', lastModified: CHANGED };

function serving(one: Resource): FileDialogue {
  return new FileDialogue({ find: (path) => (path === "file" ? one : undefined) });
}

describe("a resource is sent", () => {
  it("with all that is known of it", () => {
    const file = resource(CONTENT, ABOUT);
    const { status, fields, body } = serving(file).ask("GET /file");
    expect(status).toBe(200);
    expect(Object.fromEntries(fields)).toEqual({
      "accept-ranges": "bytes",
      "content-length": "5000",
      "content-type": "image/png",
      etag: '"v1"',
      "last-modified": "Thu, 15 Jan 2026 12:00:00 GMT",
    });
    expect(body).toBe(latin1(CONTENT));
    expect(file.open).toBe(false);
  });

  it("without validators, if it has none", () => {
    const { fields } = serving(resource(CONTENT)).ask("GET /file");
    expect([fields.has("etag"), fields.has("last-modified")]).toEqual([false, false]);
  });

  it("if it is empty", () => {
    const { status, fields, body } = serving(resource(new Uint8Array(0))).ask("GET /file");
    expect([status, fields.get("content-length"), body]).toEqual([200, "0", ""]);
  });

  it("to HEAD with the same fields and no body, ranges ignored", () => {
    const files = serving(resource(CONTENT, ABOUT));
    const { status, fields, body } = files.ask("HEAD /file", { Range: "bytes=0-1" });
    expect([status, body]).toEqual([200, ""]);
    expect(fields).toEqual(files.ask("GET /file").fields);
  });
});

describe("a resource that is being sent", () => {
  function begun(file: Resource, range = ""): { files: FileDialogue; client: MemoryClient } {
    const files = serving(file);
    const client = files.dialogue.connect(1000);
    client.stall(true);
    files.dialogue.say(client, request("GET /file", range));
    return { files, client };
  }

  it("is held until the client has it all", () => {
    const file = resource(CONTENT);
    const { files, client } = begun(file);
    expect(file.open).toBe(true);
    client.stall(false);
    files.dialogue.time.settle();
    expect([file.open, parseAnswer(client.text).body]).toEqual([false, latin1(CONTENT)]);
  });

  it.each(["", "Range: bytes=0-999,4000-\r\n"])("is given back when the client goes: %p", (range) => {
    const file = resource(CONTENT);
    const { files, client } = begun(file, range);
    client.reset();
    files.dialogue.time.settle();
    expect(file.open).toBe(false);
  });

  it.each(["", "Range: bytes=0-999,2000-\r\n"])("is cut off if it becomes shorter: %p", (range) => {
    let length = 5000;
    const file = resource(CONTENT, {
      read(position, buffer) {
        const count = Math.min(buffer.length, Math.max(0, length - position));
        buffer.set(CONTENT.subarray(position, position + count));
        return count;
      },
    });
    const { files, client } = begun(file, range);
    length = 2500;
    client.stall(false);
    files.dialogue.time.settle();
    const { fields, body } = parseAnswer(client.text);
    expect(client.closed).toBe(true);
    expect(body.length).toBeLessThan(Number(fields.get("content-length")));
    expect(body).not.toMatch(/--\r\n$/);
  });
});

describe("a conditional request", () => {
  it("is answered 304 without what only a whole representation has", () => {
    const file = resource(CONTENT, ABOUT);
    const { status, fields, body } = serving(file).ask("GET /file", { "If-None-Match": '"v1"' });
    expect([status, body]).toEqual([304, ""]);
    expect(Object.fromEntries(fields)).toEqual({ etag: '"v1"' });
    expect(file.open).toBe(false);
  });

  it("is answered 304 with a date, where that is all there is", () => {
    const file = resource(CONTENT, { lastModified: CHANGED });
    const date = formatHttpDate(CHANGED);
    const { status, fields } = serving(file).ask("GET /file", { "If-Modified-Since": date });
    expect([status, Object.fromEntries(fields)]).toEqual([304, { "last-modified": date }]);
  });

  it("is answered 412 in words, with nothing of the resource that a cache might keep", () => {
    const { status, fields } = serving(resource(CONTENT, ABOUT)).ask("GET /file", { "If-Match": '"v2"' });
    expect([status, fields.get("content-type")]).toEqual([412, "application/problem+json"]);
    expect([...fields.keys()].sort()).toEqual(["content-length", "content-type"]);
  });

  it("is evaluated before ranges are", () => {
    const asked = { Range: "bytes=9999-", "If-None-Match": '"v1"' };
    expect(serving(resource(CONTENT, ABOUT)).ask("GET /file", asked).status).toBe(304);
  });
});

describe("a range", () => {
  const files = serving(resource(CONTENT, ABOUT));

  it("is sent as 206, with what the whole would have", () => {
    const { status, fields, body } = files.ask("GET /file", { Range: "bytes=100-199" });
    expect([status, body]).toEqual([206, latin1(CONTENT.subarray(100, 200))]);
    expect(Object.fromEntries(fields)).toEqual({
      "accept-ranges": "bytes",
      "content-length": "100",
      "content-range": "bytes 100-199/5000",
      "content-type": "image/png",
      etag: '"v1"',
      "last-modified": "Thu, 15 Jan 2026 12:00:00 GMT",
    });
  });

  it("that is not there is answered 416 with the length", () => {
    const { status, fields } = files.ask("GET /file", { Range: "bytes=5000-" });
    expect([status, fields.get("content-range")]).toEqual([416, "bytes */5000"]);
    expect([...fields.keys()].sort()).toEqual(["content-length", "content-range", "content-type"]);
  });

  it.each([
    ["malformed", "bytes=2-1"],
    ["of another unit", "lines=1-2"],
  ])("that is %s is not obeyed", (_, range) => {
    const { status, body } = files.ask("GET /file", { Range: range });
    expect([status, body.length]).toEqual([200, 5000]);
  });

  it.each([
    ['"v1"', 206],
    ['W/"v1"', 200],
    ['"v0"', 200],
    [formatHttpDate(CHANGED), 206],
    [formatHttpDate(CHANGED + 1000), 200],
  ])("is wanted only of the state that the client has part of: %s", (ifRange, status) => {
    expect(files.ask("GET /file", { Range: "bytes=4000-", "If-Range": ifRange }).status).toBe(status);
  });

  it("that is not there any more is not missed, if the client would have the whole then", () => {
    expect(files.ask("GET /file", { Range: "bytes=9000-", "If-Range": '"v0"' }).status).toBe(200);
    expect(files.ask("GET /file", { Range: "bytes=9000-", "If-Range": '"v1"' }).status).toBe(416);
  });

  it("joined of two is no multipart", () => {
    const { fields } = files.ask("GET /file", { Range: "bytes=0-99,50-149" });
    expect(fields.get("content-range")).toBe("bytes 0-149/5000");
  });

  it("after another goes as a part of multipart/byteranges", () => {
    const answer = files.ask("GET /file", { Range: "bytes=-10, 0-9" });
    expect(answer.status).toBe(206);
    expect(answer.fields.has("content-range")).toBe(false);
    expect(answer.fields.get("content-length")).toBe(String(answer.body.length));
    expect(partsOf(answer.fields.get("content-type")!, answer.body)).toEqual([
      { type: "image/png", range: "4990-4999/5000", content: latin1(CONTENT.subarray(4990)) },
      { type: "image/png", range: "0-9/5000", content: latin1(CONTENT.subarray(0, 10)) },
    ]);
  });

  const position = fc.integer({ min: 0, max: 6000 });
  const spec = fc.oneof(
    fc.tuple(position, position).map(([one, other]) => `${Math.min(one, other)}-${Math.max(one, other)}`),
    position.map((first) => `${first}-`),
    position.map((count) => `-${count}`),
  );

  it("has the bytes of the file, whichever are asked for", () => {
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 6 }), (specs) => {
        const answer = files.ask("GET /file", { Range: `bytes=${specs.join()}` });
        if (answer.status === 416) return;
        expect(answer.status).toBe(206);
        expect(answer.fields.get("content-length")).toBe(String(answer.body.length));
        const single = answer.fields.get("content-range");
        const parts =
          single === undefined
            ? partsOf(answer.fields.get("content-type")!, answer.body)
            : [{ range: single.replace("bytes ", ""), content: answer.body }];
        for (const { range, content } of parts) {
          const [, first, last] = /^(\d+)-(\d+)\/5000$/.exec(range)!;
          expect(content).toBe(latin1(CONTENT.subarray(Number(first), Number(last) + 1)));
        }
      }),
    );
  });

  it("after range is the whole, for a client that is cut off again and again", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 2000 }), { maxLength: 10 }), (cuts) => {
        let got = "";
        for (const cut of cuts) {
          const range = got === "" ? undefined : `bytes=${got.length}-`;
          const { status, body, fields } = files.ask("GET /file", {
            Range: range,
            "If-Range": range && '"v1"',
          });
          if (status === 416) break;
          expect(fields.get("etag")).toBe('"v1"');
          got += body.slice(0, cut);
        }
        const { body } = files.ask("GET /file", { Range: `bytes=${got.length}-` });
        expect(got.length === 5000 ? got : got + body).toBe(latin1(CONTENT));
      }),
    );
  });
});

describe("a compressed variant", () => {
  const packed = positions(700).reverse();
  const gzip = resource(packed, { ...ABOUT, etag: '"v1-gzip"' });
  const files = serving(resource(CONTENT, { ...ABOUT, gzip }));

  it("is sent to who accepts it, with its own validators", () => {
    const { status, fields, body } = files.ask("GET /file", { "Accept-Encoding": "gzip, br" });
    expect([status, body]).toEqual([200, latin1(packed)]);
    expect(Object.fromEntries(fields)).toEqual({
      "accept-ranges": "bytes",
      "content-encoding": "gzip",
      "content-length": "700",
      "content-type": "image/png",
      etag: '"v1-gzip"',
      "last-modified": "Thu, 15 Jan 2026 12:00:00 GMT",
      vary: "Accept-Encoding",
    });
  });

  it.each([
    ["nothing said", undefined],
    ["another coding", "br"],
    ["gzip forbidden", "gzip;q=0"],
    ["none wanted", "identity"],
    ["none liked better", "gzip;q=0.5, identity"],
    ["nothing acceptable", "*;q=0"],
  ])("is not sent with %s, and caches are told that it may differ", (_, accept) => {
    const { fields, body } = files.ask("GET /file", { "Accept-Encoding": accept });
    expect(body).toBe(latin1(CONTENT));
    expect([fields.get("vary"), fields.get("content-encoding")]).toEqual(["Accept-Encoding", undefined]);
  });

  it("is what its tag is compared with", () => {
    const accept = { "Accept-Encoding": "gzip" };
    expect(files.ask("GET /file", { ...accept, "If-None-Match": '"v1-gzip"' }).status).toBe(304);
    expect(files.ask("GET /file", { ...accept, "If-None-Match": '"v1"' }).status).toBe(200);
    expect(files.ask("GET /file", { "If-None-Match": '"v1-gzip"' }).status).toBe(200);
    const { fields } = files.ask("GET /file", { ...accept, "If-None-Match": '"v1-gzip"' });
    expect(Object.fromEntries(fields)).toEqual({ etag: '"v1-gzip"', vary: "Accept-Encoding" });
  });

  it("has ranges of its own bytes", () => {
    const { status, fields, body } = files.ask("GET /file", {
      "Accept-Encoding": "gzip",
      Range: "bytes=600-",
    });
    expect([status, body]).toEqual([206, latin1(packed.subarray(600))]);
    expect([fields.get("content-range"), fields.get("content-encoding")]).toEqual([
      "bytes 600-699/700",
      "gzip",
    ]);
  });

  it("goes whole if several ranges are asked for, as their delimiters are not compressed", () => {
    const asked = { "Accept-Encoding": "gzip", Range: "bytes=0-0,-1" };
    const { status, fields, body } = files.ask("GET /file", asked);
    expect([status, fields.get("content-encoding"), body]).toEqual([200, "gzip", latin1(packed)]);
  });

  it("does not encode an error", () => {
    const accept = { "Accept-Encoding": "gzip" };
    const beyond = files.ask("GET /file", { ...accept, Range: "bytes=700-" });
    expect([beyond.status, beyond.fields.get("content-range")]).toEqual([416, "bytes */700"]);
    expect(beyond.fields.has("content-encoding")).toBe(false);
    const failed = files.ask("GET /file", { ...accept, "If-Match": '"v0"' });
    expect([failed.status, failed.fields.has("content-encoding")]).toEqual([412, false]);
  });
});
