import { beforeEach, describe, expect, it } from "@jest/globals";
import { NetworkError } from "../../src/error/index.js";
import { type Answer, type HttpRequest, type HttpResponse, MAX_LINGER } from "../../src/http/index.js";
import { Dialogue, parts, request } from "./dialogue.js";

let dialogue: Dialogue;
let seen: HttpRequest[];
let awaiting: HttpResponse[];

beforeEach(() => {
  dialogue = new Dialogue();
  seen = [];
  awaiting = [];
  dialogue.server
    .get("/", (_, response) => response.send("hello"))
    .get("/umlaut", (_, response) => response.send("Grüße 🙂"))
    .get("/json", (_, response) => response.json({ a: [1, "ü"] }))
    .get("/bytes", (_, response) => response.send(Uint8Array.of(0, 1, 255)))
    .get("/empty", (_, response) => response.send())
    .get("/teapot", (_, response) => {
      response.status = 418;
      response.header("X-Tea", "Earl Grey").header("Content-Type", "text/x-tea").send("short");
    })
    .get("/later", (incoming, response) => {
      seen.push(incoming);
      awaiting.push(response);
    })
    .get("/throws", () => {
      throw new Error("broken");
    })
    .route("POST", "/echo", (incoming, response) => {
      seen.push(incoming);
      response.send(incoming.body);
    })
    .route("DELETE", "/echo", (_, response) => {
      response.status = 204;
      response.send();
    });
  dialogue.server.start();
});

describe("a response", () => {
  it("has status, length and body", () => {
    expect(dialogue.ask(request("GET /")).answer).toBe(
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello",
    );
  });

  it("counts its length in bytes", () => {
    const { body, fields } = parts(dialogue.ask(request("GET /umlaut")).answer);
    expect(Buffer.from(body, "latin1").toString("utf8")).toBe("Grüße 🙂");
    expect(fields).toContain("Content-Length: 12");
  });

  it("is JSON", () => {
    const { body, fields } = parts(dialogue.ask(request("GET /json")).answer);
    expect(JSON.parse(Buffer.from(body, "latin1").toString("utf8"))).toEqual({ a: [1, "ü"] });
    expect(fields).toContain("Content-Type: application/json");
  });

  it("is bytes", () => {
    const { body, fields } = parts(dialogue.ask(request("GET /bytes")).answer);
    expect(body).toBe("\0\u0001\u00ff");
    expect(fields).toContain("Content-Type: application/octet-stream");
  });

  it("is empty", () => {
    expect(dialogue.ask(request("GET /empty")).answer).toBe("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  });

  it("has the status and the fields that the handler sets", () => {
    const { status, fields } = parts(dialogue.ask(request("GET /teapot")).answer);
    expect(status).toBe(418);
    expect(fields).toEqual(["X-Tea: Earl Grey", "Content-Type: text/x-tea", "Content-Length: 5"]);
  });

  it("without content has no length", () => {
    expect(dialogue.ask(request("DELETE /echo")).answer).toBe("HTTP/1.1 204 No Content\r\n\r\n");
  });

  it("leaves in one write", () => {
    expect(dialogue.ask(request("GET /json")).client.writes).toHaveLength(1);
  });

  it("can come later", () => {
    const { client, answer } = dialogue.ask(request("GET /later"));
    expect(answer).toBe("");
    awaiting[0]!.send("now");
    expect(parts(client.take()).body).toBe("now");
  });

  it("is sent once", () => {
    dialogue.ask(request("GET /later"));
    awaiting[0]!.send("now");
    expect(awaiting[0]!.sent).toBe(true);
    expect(() => awaiting[0]!.send("again")).toThrow(NetworkError);
  });

  it.each([
    ["a line end in a value", "X", "a\r\nSet-Cookie: b"],
    ["a NUL in a value", "X", "\0"],
    ["a name that is no token", "X:", "a"],
    ["an empty name", "", "a"],
    ["the server's own Content-Length", "content-length", "3"],
    ["the server's own Transfer-Encoding", "Transfer-Encoding", "chunked"],
  ])("refuses %s", (_, name, value) => {
    dialogue.ask(request("GET /later"));
    expect(() => awaiting[0]!.header(name, value)).toThrow(NetworkError);
  });

  it("refuses a status that is none", () => {
    dialogue.ask(request("GET /later"));
    awaiting[0]!.status = 100;
    expect(() => awaiting[0]!.send()).toThrow("no final status");
  });
});

describe("a request", () => {
  it("reaches its handler with method, path, query, fields, body and the client's address", () => {
    dialogue.ask(request("POST /echo?a=b", "Content-Length: 3\r\nX-Two: 1\r\nx-two: 2\r\n", "abc"));
    const [incoming] = seen;
    expect(incoming).toMatchObject({ method: "POST", path: "/echo", query: "a=b", host: "device" });
    expect(incoming!.rawTarget).toBe("/echo?a=b");
    expect(incoming!.header("X-Two")).toBe("1, 2");
    expect(incoming!.header("X-Three")).toBeUndefined();
    expect(incoming!.remoteAddress).toBe("192.0.2.7");
    expect(Buffer.from(incoming!.body).toString()).toBe("abc");
  });

  it("with chunks is read", () => {
    const { answer } = dialogue.ask(
      request("POST /echo", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
    );
    expect(parts(answer).body).toBe("abcde");
  });

  it("with HEAD gets the head alone, with the length of the body", () => {
    expect(dialogue.ask(request("HEAD /")).answer).toBe(
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\n",
    );
  });

  it.each(["HEAD / HTTP/1.1\r\n\r\n", "HEAD /\r\n\r\n", "HEAD / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n"])(
    "with HEAD gets the head alone, even of a refusal: %j",
    (head) => {
      const { answer } = dialogue.ask(head);
      expect(parts(answer)).toMatchObject({ status: 400, body: "" });
    },
  );

  it("has its fields' bytes given back as they came", () => {
    dialogue.server.get("/name", (incoming, response) => {
      response.header("X-Name", incoming.header("x-name")!).header("Content-Type", "text/plain").send("ü");
    });
    const { answer } = dialogue.ask(request("GET /name", "X-Name: J\xc3\xbcrgen \xe0\r\n"));
    expect(answer).toContain("\r\nX-Name: J\xc3\xbcrgen \xe0\r\n");
    expect(parts(answer).body).toBe("\xc3\xbc");
    expect(answer).toContain("\r\nContent-Length: 2\r\n");
  });

  it("is sent elsewhere by what a URL may have", () => {
    dialogue.server.get("/old", (_, response) => response.redirect("/grüße?a=%20€"));
    expect(dialogue.ask(request("GET /old")).answer).toContain(
      "\r\nLocation: /gr%C3%BC%C3%9Fe?a=%20%E2%82%AC\r\n",
    );
  });

  it.each([
    ["GET /nowhere", 404, undefined],
    ["HEAD /nowhere", 404, undefined],
    ["POST /", 405, "Allow: GET, HEAD, OPTIONS"],
    ["TRACE /", 405, "Allow: GET, HEAD, OPTIONS"],
    ["GET /echo", 405, "Allow: POST, DELETE, OPTIONS"],
    ["HEAD /echo", 405, "Allow: POST, DELETE, OPTIONS"],
    ["CONNECT device:80", 405, "Allow: "],
    ["OPTIONS /", 204, "Allow: GET, HEAD, OPTIONS"],
    ["OPTIONS *", 204, "Allow: GET, POST, DELETE, HEAD, OPTIONS"],
    ["OPTIONS /nowhere", 404, undefined],
    ["BREW /", 501, undefined],
    ["get /", 501, undefined],
  ])("%s is answered %i, and the connection is kept", (line, status, allow) => {
    const { client, answer } = dialogue.ask(request(line));
    const { fields, body } = parts(answer);
    expect(parts(answer).status).toBe(status);
    if (allow !== undefined) expect(fields).toContain(allow);
    expect(body === "").toBe(line.startsWith("HEAD") || status === 204);
    expect(parts(dialogue.say(client, request("GET /"))).body).toBe("hello");
  });

  it("whose handler throws is answered 500, and the connection is kept", () => {
    const { client, answer } = dialogue.ask(request("GET /throws"));
    expect(parts(answer).status).toBe(500);
    expect(dialogue.logged).toEqual(["GET /throws: Error: broken"]);
    expect(parts(dialogue.say(client, request("GET /"))).status).toBe(200);
  });
});

describe("a connection", () => {
  it("is kept", () => {
    const { client } = dialogue.ask(request("GET /"));
    for (let count = 0; count < 5; count++)
      expect(parts(dialogue.say(client, request("GET /"))).body).toBe("hello");
    expect(dialogue.server.connections).toBe(1);
  });

  it("answers pipelined requests in order", () => {
    const { answer } = dialogue.ask(
      request("GET /") + request("GET /teapot") + request("HEAD /") + request("GET /json"),
    );
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual([
      "HTTP/1.1 200",
      "HTTP/1.1 418",
      "HTTP/1.1 200",
      "HTTP/1.1 200",
    ]);
    expect(answer.indexOf("hello")).toBeLessThan(answer.indexOf("short"));
  });

  it("waits with a pipelined request until the one before is answered", () => {
    const { client, answer } = dialogue.ask(request("GET /later") + request("GET /later") + request("GET /"));
    expect(answer).toBe("");
    expect(awaiting).toHaveLength(1);
    awaiting[0]!.send("first");
    dialogue.time.settle();
    expect(awaiting).toHaveLength(2);
    awaiting[1]!.send("second");
    dialogue.time.settle();
    expect(client.take().match(/first|second|hello/g)).toEqual(["first", "second", "hello"]);
  });

  it("keeps pipelined requests apart from those of another connection", () => {
    const [one, two] = [dialogue.connect(), dialogue.connect()];
    dialogue.say(two, request("GET /later"));
    // Answers the other connection, which then reads on, in the middle of this one's bytes.
    dialogue.server.get("/both", (_, response) => {
      two.send(request("GET /umlaut"));
      awaiting[0]!.send("other");
      response.send("own");
    });
    expect(dialogue.say(one, request("GET /both") + request("GET /")).match(/own|hello/g)).toEqual([
      "own",
      "hello",
    ]);
    expect(two.take()).toMatch(/other[^]*Gr/);
  });

  it("takes a thousand pipelined requests", () => {
    const { answer } = dialogue.ask(request("GET /").repeat(1000));
    expect(answer.split("hello")).toHaveLength(1001);
  });

  it("is closed behind Connection: close", () => {
    const { client, answer } = dialogue.ask(request("GET /", "Connection: close\r\n"));
    expect(parts(answer).fields).toContain("Connection: close");
    expect(client.closed).toBe(true);
    expect(dialogue.server.connections).toBe(0);
  });

  it("is closed where the handler wants it", () => {
    const { client } = dialogue.ask(request("GET /later"));
    awaiting[0]!.keepAlive = false;
    awaiting[0]!.send();
    expect(client.closed).toBe(false);
    client.end();
    dialogue.time.settle();
    expect(client.closed).toBe(true);
  });

  it("is closed behind an HTTP/1.0 request", () => {
    const { client, answer } = dialogue.ask("GET / HTTP/1.0\r\n\r\n");
    expect(parts(answer)).toMatchObject({ status: 200, body: "hello" });
    expect(client.closed).toBe(true);
  });

  it("is kept for an HTTP/1.0 client that asks for it, and says so", () => {
    const { client, answer } = dialogue.ask("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    expect(parts(answer).fields).toContain("Connection: keep-alive");
    expect(client.closed).toBe(false);
  });

  it("that the client half-closes still gets all its answers", () => {
    const client = dialogue.connect();
    client.send(request("GET /") + request("GET /later")).end();
    dialogue.time.settle();
    expect(parts(client.take()).body).toBe("hello");
    awaiting[0]!.send("late");
    dialogue.time.settle();
    expect(parts(client.take()).body).toBe("late");
    expect(client.closed).toBe(true);
  });

  it("that the client closes in between is closed", () => {
    const { client } = dialogue.ask(request("GET /"));
    client.end();
    dialogue.time.settle();
    expect(client.closed).toBe(true);
    expect(client.take()).toBe("");
  });

  it("that the client resets is forgotten, and a late response goes nowhere", () => {
    const { client } = dialogue.ask(request("GET /later"));
    client.reset();
    dialogue.time.settle();
    expect(dialogue.server.connections).toBe(0);
    awaiting[0]!.send("late");
    expect(client.take()).toBe("");
    expect(dialogue.time.pending).toBe(0);
  });

  it("that was reset while it waited is left out", () => {
    const client = dialogue.network.connect();
    client.reset();
    dialogue.time.settle();
    expect(dialogue.server.connections).toBe(0);
    expect(dialogue.logged).toHaveLength(1);
  });
});

describe("a body that waits for 100 Continue", () => {
  const expecting = "Expect: 100-continue\r\nContent-Length: 3\r\n";

  it("is asked for", () => {
    const { client, answer } = dialogue.ask(request("POST /echo", expecting));
    expect(answer).toBe("HTTP/1.1 100 Continue\r\n\r\n");
    expect(parts(dialogue.say(client, "abc")).body).toBe("abc");
  });

  it("is not asked for if it comes by itself", () => {
    const { answer } = dialogue.ask(request("POST /echo", expecting, "abc"));
    expect(answer).toMatch(/^HTTP\/1.1 200/);
  });

  it.each([
    ["POST /nowhere", "Content-Length: 3\r\n", 404],
    ["POST /", "Content-Length: 3\r\n", 405],
    ["BREW /", "Content-Length: 3\r\n", 501],
    ["POST /echo", "Content-Length: 9999\r\n", 413],
  ])("is not asked for where nobody wants it: %s %j", (line, length, status) => {
    const { answer } = dialogue.ask(request(line, `Expect: 100-continue\r\n${length}`));
    expect(parts(answer).status).toBe(status);
    expect(parts(answer).fields).toContain("Connection: close");
  });
});

describe("after a refusal", () => {
  it("the answer says why, and the connection ends", () => {
    const { client, answer } = dialogue.ask("GET / HTTP/1.1\r\n\r\n");
    expect(parts(answer).status).toBe(400);
    expect(parts(answer).fields).toContain("Content-Type: application/problem+json");
    expect(JSON.parse(parts(answer).body)).toEqual({
      title: "Bad Request",
      status: 400,
      detail: "no Host field",
    });
    expect(parts(answer).fields).toContain("Connection: close");
    dialogue.time.advance(1_000);
    expect(client.closed).toBe(true);
  });

  it("what still comes is read and dropped before the connection is closed", () => {
    const { client, answer } = dialogue.ask(
      request("POST /echo", "Content-Length: 9999\r\n", "x".repeat(3000)),
    );
    expect(parts(answer).status).toBe(413);
    expect(client.closed).toBe(false);
    expect(dialogue.say(client, "x".repeat(6999))).toBe("");
    expect(client.unread).toBe(0);
    client.end();
    dialogue.time.settle();
    expect(client.closed).toBe(true);
  });

  it("a client that sends on and on is cut off", () => {
    const { client } = dialogue.ask(request("POST /echo", "Content-Length: 9999999\r\n"));
    dialogue.say(client, "x".repeat(MAX_LINGER));
    expect(client.closed).toBe(false);
    dialogue.say(client, "x");
    expect(client.closed).toBe(true);
  });

  it("a request that the client cut short is answered 400", () => {
    const client = dialogue.connect();
    client.send("GET / HTTP/1.1\r\nHo").end();
    dialogue.time.settle();
    expect(parts(client.take()).status).toBe(400);
    expect(client.closed).toBe(true);
  });
});

describe("the server", () => {
  it("listens and stops", () => {
    expect(dialogue.server.port).toBe(80);
    dialogue.server.start();
    const { client } = dialogue.ask(request("GET /later"));
    dialogue.server.stop();
    expect(client.closed).toBe(true);
    expect(dialogue.server.port).toBe(0);
    expect(dialogue.network.listening).toEqual([]);
    expect(dialogue.time.pending).toBe(0);
    awaiting[0]!.send("late");
    dialogue.server.start();
    expect(parts(dialogue.ask(request("GET /")).answer).status).toBe(200);
  });

  it("can be stopped by a handler", () => {
    dialogue.server.get("/stop", (_, response) => {
      dialogue.server.stop();
      response.send("never seen");
    });
    const { client, answer } = dialogue.ask(request("GET /stop") + request("GET /"));
    expect(answer).toBe("");
    expect(client.closed).toBe(true);
  });

  it("tells of each response, refusals included", () => {
    const answers: Answer[] = [];
    const other = new Dialogue({ onAnswer: (answer) => answers.push(answer) });
    other.server.get("/", (_, response) => response.send("hello"));
    other.server.get("/pieces", (_, response) => {
      response.write("a");
      response.end();
    });
    other.server.start();
    other.ask(request("GET /?a") + request("GET /pieces") + request("PUT /"));
    other.ask("GET /\r\n\r\n");
    const client = { remoteAddress: "192.0.2.7", remotePort: 49152 };
    expect(answers).toEqual([
      { method: "GET", target: "/?a", status: 200, ...client },
      { method: "GET", target: "/pieces", status: 200, ...client },
      { method: "PUT", target: "/", status: 405, ...client },
      { method: "GET", target: undefined, status: 400, ...client },
    ]);
  });

  it("throws if it cannot listen", () => {
    expect(() => new Dialogue({ io: dialogue.network.io }).server.start()).toThrow("EADDRINUSE");
  });

  it("tells if it turns out that it cannot listen", () => {
    const errors: (Error | undefined)[] = [];
    const other = new Dialogue({ onError: (error) => errors.push(error) });
    other.server.start();
    other.network.failListener(80, new NetworkError("EADDRINUSE", "listen", "80"));
    expect(errors).toHaveLength(1);
    expect(other.server.port).toBe(0);
  });

  it("refuses a route without a slash", () => {
    expect(() => dialogue.server.get("x", () => undefined)).toThrow(NetworkError);
  });

  it("encodes with the host's encoder, an ASCII answer in one go", () => {
    let count = 0;
    const native = (text: string): Uint8Array => {
      count++;
      return new TextEncoder().encode(text);
    };
    const other = new Dialogue({ encode: native });
    other.server.get("/", (_, response) => response.send("u")).start();
    other.server.get("/umlaut", (_, response) => response.send("ü"));
    expect(parts(other.ask(request("GET /")).answer).body).toBe("u");
    expect(count).toBe(1);
    expect(parts(other.ask(request("GET /umlaut")).answer).body).toBe("\u00c3\u00bc");
  });
});
