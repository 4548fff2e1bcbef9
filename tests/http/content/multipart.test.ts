import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  boundaryOf,
  MAX_PART_HEAD,
  MAX_PARTS,
  MultipartBody,
  MultipartParser,
  type FormPart,
} from "../../../src/http/index.js";

interface Seen {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly contentType: string;
  readonly content: string;
}

/** What comes of a body that is cut at these places: its parts, and "end", or the status of its refusal. */
function read(body: string | Uint8Array, cuts: readonly number[] = [], boundary = "b"): (Seen | string)[] {
  const bytes = typeof body === "string" ? Buffer.from(body, "latin1") : Buffer.from(body);
  const seen: (Seen | string)[] = [];
  let content: Buffer[] | undefined;
  let part: Omit<Seen, "content">;
  const parser = new MultipartParser(boundary, {
    onPart({ name, fileName, contentType }) {
      expect(content).toBeUndefined();
      content = [];
      part = { name, fileName, contentType };
    },
    onData: (data) => {
      expect(data.length).toBeGreaterThan(0);
      content!.push(Buffer.from(data));
    },
    onPartEnd() {
      seen.push({ ...part, content: Buffer.concat(content!).toString("latin1") });
      content = undefined;
    },
    onEnd: () => seen.push("end"),
    onRefusal: ({ status }) => seen.push(String(status)),
  });
  let start = 0;
  for (const cut of [...cuts, bytes.length]) {
    // What is borrowed is gone when the call returns.
    const piece = Uint8Array.from(bytes.subarray(start, cut));
    parser.push(piece);
    piece.fill(0x2d);
    start = cut;
  }
  parser.end();
  return seen;
}

function text(name: string, content: string): Seen {
  return { name, fileName: undefined, contentType: "text/plain", content };
}

const DISPOSITION = 'Content-Disposition: form-data; name="a"';

/** One part with this head and this content. */
function single(head: string, content = "x"): string {
  return `--b\r\n${head}\r\n\r\n${content}\r\n--b--\r\n`;
}

describe("a form in parts", () => {
  it.each<[string, string, (Seen | string)[]]>([
    ["a text", single(DISPOSITION, "hello"), [text("a", "hello"), "end"]],
    ["nothing", "--b--", ["end"]],
    ["an empty text", single(DISPOSITION, ""), [text("a", ""), "end"]],
    ["a part without content", `--b\r\n${DISPOSITION}\r\n\r\n--b--`, [text("a", ""), "end"]],
    ["a line end as content", single(DISPOSITION, "\r\n"), [text("a", "\r\n"), "end"]],
    [
      "two texts",
      `--b\r\n${DISPOSITION}\r\n\r\n1\r\n--b\r\n${DISPOSITION}\r\n\r\n2\r\n--b--`,
      [text("a", "1"), text("a", "2"), "end"],
    ],
    ["preamble and epilogue", `pre\r\n--\r\n${single(DISPOSITION)}--b\r\nafter`, [text("a", "x"), "end"]],
    ["blanks behind delimiters", `--b \t\r\n${DISPOSITION}\r\n\r\nx\r\n--b--  \r\n`, [text("a", "x"), "end"]],
    [
      "content like a delimiter",
      single(DISPOSITION, "\r\r\n-\r\n--\r\n--a--b\n--b\r--b\r\n\r\n"),
      [text("a", "\r\r\n-\r\n--\r\n--a--b\n--b\r--b\r\n\r\n"), "end"],
    ],
    [
      "a file",
      single('content-type: image/png\r\nCONTENT-DISPOSITION: Form-Data; filename="p.png"; name=a', "\0\r\n"),
      [{ name: "a", fileName: "p.png", contentType: "image/png", content: "\0\r\n" }, "end"],
    ],
    [
      "a file that was not chosen",
      single(`${DISPOSITION}; filename=""\r\nContent-Type: application/octet-stream`, ""),
      [{ name: "a", fileName: "", contentType: "application/octet-stream", content: "" }, "end"],
    ],
    ["an empty name", single('Content-Disposition: form-data; name=""'), [text("", "x"), "end"]],
  ])("has %s", (_, body, seen) => {
    expect(read(body)).toEqual(seen);
  });

  it.each([
    ['"a"', "a"],
    ["a", "a"],
    ['"\u00c3\u00a9\u00e2\u0082\u00ac"', "é€"],
    ['"\u00ff"', "\ufffd"],
    ['"a%22b%0D%0a"', 'a"b\r\n'],
    ['"100%25%41"', "100%25%41"],
    ['"a\\"b\\\\c"', 'a"b\\c'],
    ['"a;b=c"', "a;b=c"],
  ])("is named %s: %j", (written, name) => {
    expect(read(single(`Content-Disposition: form-data; name=${written}`))[0]).toEqual(text(name, "x"));
  });

  it.each([
    ["photo.jpg", "photo.jpg"],
    ["C:\\Users\\Ada\\photo.jpg", "photo.jpg"],
    ["../../etc/passwd", "passwd"],
    ["folder/", ""],
    ["\u00c3\u00bc.txt", "ü.txt"],
  ])("has a file %j, which is %j without its folders", (written, fileName) => {
    expect(read(single(`${DISPOSITION}; filename="${written}"`))[0]).toMatchObject({ fileName });
  });

  it.each([
    ["no delimiter", "hello", "400"],
    ["nothing at all", "", "400"],
    ["no last delimiter", `--b\r\n${DISPOSITION}\r\n\r\nx`, "400"],
    ["a last delimiter without its end", `--b\r\n${DISPOSITION}\r\n\r\nx\r\n--b-`, "400"],
    ["a delimiter that goes on", `--bb\r\n${DISPOSITION}\r\n\r\nx\r\n--b--`, "400"],
    ["a delimiter with a bare line feed", `--b\n${DISPOSITION}\r\n\r\nx\r\n--b--`, "400"],
    ["a delimiter with a bare carriage return", `--b\rx`, "400"],
    ["text behind a delimiter's blanks", "--b x\r\n", "400"],
    ["a part without a head", "--b\r\n\r\nx\r\n--b--", "400"],
    ["a part without Content-Disposition", single("Content-Type: text/plain"), "400"],
    ["a part without a name", single("Content-Disposition: form-data"), "400"],
    ["an attachment", single('Content-Disposition: attachment; name="a"'), "400"],
    ["a disposition twice", single(`${DISPOSITION}\r\n${DISPOSITION}`), "400"],
    ["a name that does not end", single('Content-Disposition: form-data; name="a'), "400"],
    ["a name that is not written right", single("Content-Disposition: form-data; name=a b"), "400"],
    ["a malformed head", single(`${DISPOSITION}\r\nX`), "400"],
    ["a folded head", single(`${DISPOSITION}\r\n  ; filename=x`), "400"],
    ["a control character in a head", single('Content-Disposition: form-data; name="a\0"'), "400"],
    ["an encoded part", single(`${DISPOSITION}\r\nContent-Transfer-Encoding: Base64`), "400"],
    ["a head of many lines", single(`${DISPOSITION}${"\r\nX: y".repeat(8)}`), "431"],
    ["a head that is too long", single(`${DISPOSITION}\r\nX: ${"y".repeat(MAX_PART_HEAD)}`), "413"],
    ["a head that does not end", `--b\r\n${"y".repeat(MAX_PART_HEAD + 1)}`, "413"],
  ])("is refused with %s", (_, body, status) => {
    expect(read(body).at(-1)).toBe(status);
    expect(read(body).filter((each) => typeof each === "string")).toHaveLength(1);
    const everywhere = Array.from({ length: body.length }, (_, index) => index);
    expect(read(body, everywhere)).toEqual(read(body));
  });

  it("may have so many parts and no more", () => {
    const part = `--b\r\n${DISPOSITION}\r\n\r\nx\r\n`;
    expect(read(`${part.repeat(MAX_PARTS)}--b--`).at(-1)).toBe("end");
    expect(read(`${part.repeat(MAX_PARTS + 1)}--b--`).at(-1)).toBe("413");
  });

  it("has a head that may be just so long", () => {
    const rest = MAX_PART_HEAD - `${DISPOSITION}\r\nX: \r\n\r\n`.length;
    expect(read(single(`${DISPOSITION}\r\nX: ${"y".repeat(rest)}`)).at(-1)).toBe("end");
    expect(read(single(`${DISPOSITION}\r\nX: ${"y".repeat(rest + 1)}`)).at(-1)).toBe("413");
  });

  const content = fc.string({ unit: fc.constantFrom("\r", "\n", "-", "b", "\r\n--b", "\r\n--", "x") });

  it("gives the same wherever it is cut, in two and byte by byte", () => {
    const body = `p\r\n--b\r\n${DISPOSITION}\r\n\r\n\r\n-\r\n--\r\r\n\r\n--b \r\n${DISPOSITION}; filename=x\r\n\r\n\r\n--b--e`;
    const whole = read(body);
    expect(whole).toHaveLength(3);
    for (let cut = 0; cut <= body.length; cut++) expect(read(body, [cut])).toEqual(whole);
    expect(
      read(
        body,
        Array.from(body, (_, index) => index),
      ),
    ).toEqual(whole);
  });

  it("gives the same however it is cut, whatever is in it", () => {
    fc.assert(
      fc.property(content, content, fc.array(fc.nat(200)), (one, two, places) => {
        const body = `--b\r\n${DISPOSITION}\r\n\r\n${one}\r\n--b\r\n${DISPOSITION}\r\n\r\n${two}\r\n--b--`;
        const cuts = places.filter((place) => place < body.length).sort((a, b) => a - b);
        expect(read(body, cuts)).toEqual(read(body));
      }),
    );
  });

  it("gives back the parts that it was made of", () => {
    const safe = content.filter((each) => !`\r\n${each}`.includes("\r\n--b"));
    fc.assert(
      fc.property(fc.array(safe, { minLength: 1, maxLength: 5 }), (contents) => {
        const body = contents.map((each) => `--b\r\n${DISPOSITION}\r\n\r\n${each}\r\n`).join("");
        expect(read(`${body}--b--`)).toEqual([...contents.map((each) => text("a", each)), "end"]);
      }),
    );
  });
});

describe("the boundary of a Content-Type", () => {
  it.each([
    ["multipart/form-data; boundary=abc", "abc"],
    ['Multipart/Form-Data; charset=utf-8; Boundary="a b:c"', "a b:c"],
    [`multipart/form-data; boundary=${"a".repeat(70)}`, "a".repeat(70)],
    [`multipart/form-data; boundary=${"a".repeat(71)}`, undefined],
    ["multipart/form-data", undefined],
    ['multipart/form-data; boundary=""', undefined],
    ['multipart/form-data; boundary="é"', undefined],
    ["multipart/mixed; boundary=abc", undefined],
    ["", undefined],
  ])("%j is %j", (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary);
  });
});

describe("a form that is written in parts", () => {
  const random = { uint32: () => 0xabcdef };

  /** Reads it whole, so many bytes at a time. */
  function write(parts: readonly FormPart[], size = 64): { contentType: string; bytes: Buffer } {
    const body = new MultipartBody(parts, random);
    const pieces: Buffer[] = [];
    const buffer = new Uint8Array(size);
    for (let count = body.read(buffer); count > 0; count = body.read(buffer))
      pieces.push(Buffer.from(buffer.subarray(0, count)));
    const bytes = Buffer.concat(pieces);
    if (body.length !== undefined) expect(body.length).toBe(bytes.length);
    return { contentType: body.contentType, bytes };
  }

  it("looks like this", () => {
    const { contentType, bytes } = write([
      { name: "a", value: "1" },
      { name: 'ü"\r\n', value: Uint8Array.of(0), fileName: "x.bin" },
      { name: "c", value: "<p>", fileName: "", contentType: "text/html" },
    ]);
    const boundary = "form-00abcdef00abcdef00abcdef00abcdef";
    expect(contentType).toBe(`multipart/form-data; boundary=${boundary}`);
    expect(bytes.toString("utf8").split("\r\n")).toEqual([
      `--${boundary}`,
      'Content-Disposition: form-data; name="a"',
      "",
      "1",
      `--${boundary}`,
      'Content-Disposition: form-data; name="ü%22%0D%0A"; filename="x.bin"',
      "Content-Type: application/octet-stream",
      "",
      "\0",
      `--${boundary}`,
      'Content-Disposition: form-data; name="c"; filename=""',
      "Content-Type: text/html",
      "",
      "<p>",
      `--${boundary}--`,
      "",
    ]);
  });

  it("is read by this parser, and by Node", async () => {
    const names = fc
      .string({ unit: "grapheme" })
      .filter((name) => !/[\\%\p{Cc}]/u.test(name) && Buffer.from(name).toString() === name);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ name: names, value: fc.uint8Array() }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 100 }),
        async (parts, size) => {
          const { contentType, bytes } = write(
            parts.map((part) => ({ ...part, fileName: "f" })),
            size,
          );
          const seen = read(bytes, [], boundaryOf(contentType));
          const contents = parts.map(({ value }) => Buffer.from(value).toString("latin1"));
          expect(seen.slice(0, -1).map((part) => (part as Seen).content)).toEqual(contents);
          expect(seen.slice(0, -1).map((part) => (part as Seen).name)).toEqual(parts.map(({ name }) => name));
          const form = await new Response(bytes, { headers: { "Content-Type": contentType } }).formData();
          expect([...form.keys()]).toEqual(parts.map(({ name }) => name));
          const files = await Promise.all([...form.values()].map((file) => (file as File).arrayBuffer()));
          expect(files.map((file) => Buffer.from(file).toString("latin1"))).toEqual(contents);
        },
      ),
    );
  });

  it("by Node is read by this parser", async () => {
    const form = new FormData();
    form.append('na"me\n', "välue");
    form.append("file", new File(["content\r\n--"], 'f"ü.txt', { type: "text/x" }));
    const response = new Response(form);
    const boundary = boundaryOf(response.headers.get("content-type")!);
    const seen = read(new Uint8Array(await response.arrayBuffer()), [], boundary);
    expect(seen).toEqual([
      text('na"me\r\n', Buffer.from("välue").toString("latin1")),
      { name: "file", fileName: 'f"ü.txt', contentType: "text/x", content: "content\r\n--" },
      "end",
    ]);
  });

  it("reads its sources as it is read, and closes them", () => {
    let left = 1000;
    let closed = 0;
    const source = {
      read(buffer: Uint8Array): number {
        const count = Math.min(7, left, buffer.length);
        buffer.fill(0x61, 0, count);
        left -= count;
        return count;
      },
      close: () => void closed++,
    };
    const body = new MultipartBody([{ name: "a", value: source }], random);
    expect(body.length).toBeUndefined();
    const buffer = new Uint8Array(100);
    let total = 0;
    for (let count = body.read(buffer); count > 0; count = body.read(buffer)) total += count;
    expect(total).toBe(1000 + write([{ name: "a", value: "" }]).bytes.length);
    body.close();
    expect(closed).toBe(1);
    expect(new MultipartBody([{ name: "a", value: { ...source, length: 5 } }], random).length).toBe(
      5 + write([{ name: "a", value: "" }]).bytes.length,
    );
  });

  it("refuses a type that would end its line", () => {
    const part = { name: "a", value: "", contentType: "text/x\r\nX: y" };
    expect(() => new MultipartBody([part], random)).toThrow("control character");
  });
});
