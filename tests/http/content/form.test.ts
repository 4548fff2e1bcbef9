import { beforeEach, describe, expect, it } from "@jest/globals";
import {
  FORM_LIMITS,
  formOf,
  HttpError,
  MAX_FORM_FIELDS,
  queryOf,
  readForm,
  type HttpHandler,
} from "../../../src/http/index.js";
import { Dialogue, parts, request } from "../dialogue.js";

let dialogue: Dialogue;

beforeEach(() => {
  dialogue = new Dialogue();
  dialogue.server.start();
});

const URLENCODED = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data; boundary=b";

/** A POST of this body. */
function post(contentType: string | undefined, body: string, path = "/form"): string {
  const type = contentType === undefined ? "" : `Content-Type: ${contentType}\r\n`;
  return request(`POST ${path}`, `${type}Content-Length: ${body.length}\r\n`, body);
}

function part(head: string, content: string): string {
  return `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
}

const TWO_PARTS = `${part('name="a"', "1")}${part('name="f"; filename="x.txt"\r\nContent-Type: text/x', "content")}--b--\r\n`;

describe("the form in a body", () => {
  function entriesOf(contentType: string | undefined, body: string): { status: number; body: unknown } {
    dialogue.server.post("/form", (incoming, response) => {
      response.json(
        formOf(incoming).entries.map(([name, value]) => [
          name,
          typeof value === "string"
            ? value
            : { ...value, bytes: Buffer.from(value.bytes).toString("latin1") },
        ]),
      );
    });
    const answer = parts(dialogue.ask(post(contentType, body)).answer);
    return { status: answer.status, body: JSON.parse(answer.body) };
  }

  it.each([
    [URLENCODED, "a=1&b=c+d&a=2"],
    ["Application/X-WWW-Form-Urlencoded; charset=UTF-8", "a=1&b=c+d&a=2"],
  ])("of the type %s is read", (type, body) => {
    expect(entriesOf(type, body)).toEqual({
      status: 200,
      body: [
        ["a", "1"],
        ["b", "c d"],
        ["a", "2"],
      ],
    });
  });

  it("in parts is read, with its files", () => {
    expect(entriesOf(MULTIPART, TWO_PARTS)).toEqual({
      status: 200,
      body: [
        ["a", "1"],
        ["f", { fileName: "x.txt", contentType: "text/x", bytes: "content" }],
      ],
    });
  });

  it.each([
    ['name="a"', "\u00c3\u00bc", "ü"],
    ['name="a"\r\nContent-Type: text/plain; charset=iso-8859-1', "\u00fc", "ü"],
    ['name="a"', "", ""],
  ])("has texts in their charsets: %j", (head, content, text) => {
    const answer = entriesOf(MULTIPART, `${part(head, content)}--b--`);
    expect(Buffer.from((answer.body as [[string, string]])[0][1], "latin1").toString("utf8")).toBe(text);
  });

  it.each([
    ["no type", undefined, "a=1", 415],
    ["another type", "application/json", "{}", 415],
    ["no boundary", "multipart/form-data", "--b--", 415],
    ["a malformed body", MULTIPART, "hello", 400],
    [
      "an unknown charset",
      MULTIPART,
      `${part('name="a"\r\nContent-Type: text/plain; charset=koi8-r', "x")}--b--`,
      415,
    ],
    ["no UTF-8", MULTIPART, `${part('name="a"', "\xff")}--b--`, 400],
    ["too many fields", URLENCODED, "a&".repeat(MAX_FORM_FIELDS + 1), 413],
  ])("with %s is refused", (_, type, body, status) => {
    expect(entriesOf(type, body).status).toBe(status);
  });

  it("may have so many fields", () => {
    expect(entriesOf(URLENCODED, "a&".repeat(MAX_FORM_FIELDS)).status).toBe(200);
  });

  it("may have more, or less, where the handler says so", () => {
    const limits = { ...FORM_LIMITS, fields: 2, parts: 1 };
    dialogue.server.post("/limited", (incoming, response) => {
      response.json([formOf(incoming, limits).entries.length, queryOf(incoming, limits).entries.length]);
    });
    const status = (type: string, body: string): number =>
      parts(dialogue.ask(post(type, body, "/limited?a&b&c")).answer).status;
    expect(parts(dialogue.ask(post(URLENCODED, "a&b", "/limited?a&b&c")).answer).body).toBe("[2,2]");
    expect(status(URLENCODED, "a&b&c")).toBe(413);
    expect(status(MULTIPART, `${part('name="a"', "")}--b--`)).toBe(200);
    expect(status(MULTIPART, TWO_PARTS)).toBe(413);
  });

  it("gives texts and files by their names", () => {
    const found: unknown[] = [];
    dialogue.server.post("/form", (incoming, response) => {
      const form = formOf(incoming);
      found.push(
        form.get("a"),
        form.getAll("a"),
        form.has("a"),
        form.has("x"),
        form.get("x"),
        form.getAll("x"),
      );
      found.push(
        form.file("a")?.fileName,
        form.files("a").length,
        form.file("x"),
        form.get("f"),
        form.has("f"),
      );
      response.send();
    });
    const body = part('name="a"', "1") + part('name="a"; filename="n"', "") + part('name="a"', "2");
    dialogue.ask(post(MULTIPART, `${body}${part('name="f"; filename="m"', "")}--b--`));
    expect(found).toEqual(["1", ["1", "2"], true, false, undefined, [], "n", 1, undefined, undefined, true]);
  });
});

describe("the query of a request", () => {
  it.each([
    ["/", []],
    ["/?", []],
    [
      "/?q=a+b&q=%C3%BC&c",
      [
        ["q", "a b"],
        ["q", "ü"],
        ["c", ""],
      ],
    ],
    [`/?${"a&".repeat(MAX_FORM_FIELDS + 1)}`, Array.from({ length: MAX_FORM_FIELDS }, () => ["a", ""])],
  ])("of %j is read as a form", (target, entries) => {
    let seen: unknown;
    dialogue.server.get("/", (incoming, response) => {
      seen = queryOf(incoming).entries;
      response.send();
    });
    dialogue.ask(request(`GET ${target}`));
    expect(seen).toEqual(entries);
  });
});

describe("a form that is read as it arrives", () => {
  let events: string[];

  beforeEach(() => {
    events = [];
    const handler: HttpHandler = (incoming, response) => {
      readForm(incoming, {
        onPart: ({ name, fileName }) => events.push(`part ${name} ${fileName ?? ""}`),
        onData: (bytes) => events.push(Buffer.from(bytes).toString()),
        onPartEnd: () => events.push("part end"),
        onEnd: () => {
          events.push("end");
          response.send("done");
        },
        onError: (error) => {
          events.push(error.message);
          if (error instanceof HttpError) response.problem(error.status, error.detail);
        },
      });
    };
    dialogue.server.post("/form", handler, { body: "stream", maxBody: 4096 }).post("/whole", handler);
  });

  it("is told of part by part, as it comes", () => {
    const message = post(MULTIPART, TWO_PARTS);
    const cut = message.indexOf("tent\r\n");
    const { client } = dialogue.ask(message.slice(0, cut));
    expect(events).toEqual(["part a ", "1", "part end", "part f x.txt", "con"]);
    const answer = dialogue.say(client, message.slice(cut));
    expect(events.slice(5)).toEqual(["tent", "part end", "end"]);
    expect(parts(answer).body).toBe("done");
  });

  it("is told of in the same way if it comes byte by byte", () => {
    const client = dialogue.connect();
    for (const byte of post(MULTIPART, TWO_PARTS)) dialogue.say(client, byte);
    expect(events.join("|")).toBe("part a |1|part end|part f x.txt|c|o|n|t|e|n|t|part end|end");
  });

  it("is answered behind its last byte, and the connection is kept", () => {
    const { client, answer } = dialogue.ask(post(MULTIPART, `${TWO_PARTS}epilogue`));
    expect(parts(answer).body).toBe("done");
    expect(parts(dialogue.say(client, post(MULTIPART, TWO_PARTS))).body).toBe("done");
  });

  it("that is malformed is told of once", () => {
    const { answer } = dialogue.ask(post(MULTIPART, `${part('nome="a"', "1")}--b--`));
    expect(events).toEqual(["400 Bad Request: a part of a form without a name"]);
    expect(parts(answer).status).toBe(400);
  });

  it("that is cut short is malformed", () => {
    const { answer } = dialogue.ask(post(MULTIPART, part('name="a"', "1")));
    expect(events.at(-1)).toBe("400 Bad Request: a form that is cut short");
    expect(parts(answer).status).toBe(400);
  });

  it("whose client goes ends with that", () => {
    const { client } = dialogue.ask(post(MULTIPART, TWO_PARTS).slice(0, -20));
    client.reset();
    dialogue.time.settle();
    expect(events.at(-1)).toMatch(/ECONN/);
    expect(events.filter((event) => event === "end")).toEqual([]);
  });

  it("is refused if it is of another type", () => {
    expect(parts(dialogue.ask(post(URLENCODED, "a=1")).answer).status).toBe(415);
    expect(events).toEqual([]);
  });

  it("is read in the same way where it was taken whole", () => {
    expect(parts(dialogue.ask(post(MULTIPART, TWO_PARTS, "/whole")).answer).body).toBe("done");
    expect(events).toEqual(["part a ", "1", "part end", "part f x.txt", "content", "part end", "end"]);
  });
});
