import { describe, expect, it } from "@jest/globals";
import { NetworkError } from "../../src/error/index.js";
import { HIGH_WATER_MARK, type HttpHandler, type HttpResponse } from "../../src/http/index.js";
import { Dialogue, parts, request } from "./dialogue.js";
import type { MemoryClient } from "./memory-io.js";

interface Writing {
  readonly dialogue: Dialogue;
  readonly client: MemoryClient;
  readonly response: HttpResponse;
}

/** A server whose one page is written by the test. */
function writing(line = "GET /", prepare?: (client: MemoryClient) => void): Writing {
  const dialogue = new Dialogue();
  let response: HttpResponse | undefined;
  dialogue.server.all("/", (_, given) => {
    response = given;
  });
  dialogue.server.start();
  const client = dialogue.connect();
  prepare?.(client);
  dialogue.say(client, line.includes("HTTP/") ? line : request(line));
  return { dialogue, client, response: response! };
}

function answered(handler: HttpHandler, line = "GET /"): string {
  const dialogue = new Dialogue();
  dialogue.server.all("/", handler).start();
  return dialogue.ask(request(line)).answer;
}

describe("a response that is written piece by piece", () => {
  it("goes in chunks, each when it is written", () => {
    const { client, response } = writing();
    expect(response.write("hello")).toBe(true);
    expect(client.take()).toBe("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
    response.write(Uint8Array.of(0x21));
    response.write("x".repeat(26));
    expect(client.take()).toBe(`1\r\n!\r\n1a\r\n${"x".repeat(26)}\r\n`);
    response.end();
    expect(client.take()).toBe("0\r\n\r\n");
  });

  it("puts a piece and its frame into one write", () => {
    const { client, response } = writing();
    response.write("hello");
    response.write("world");
    expect(client.writes).toHaveLength(2);
  });

  it("keeps the connection", () => {
    const { dialogue, client, response } = writing();
    response.write("a");
    response.end();
    client.take();
    dialogue.say(client, request("GET /"));
    expect(dialogue.server.connections).toBe(1);
  });

  it("has trailers behind its chunks", () => {
    const { client, response } = writing();
    response.write("a");
    response.end({ "X-Sum": "97", "X-More": "1" });
    expect(client.take()).toMatch(/\r\n0\r\nX-Sum: 97\r\nX-More: 1\r\n\r\n$/);
  });

  it("refuses trailers that would break the message", () => {
    const { response } = writing();
    response.write("a");
    expect(() => response.end({ "X-Sum": "1\r\n\r\n" })).toThrow(NetworkError);
    expect(() => response.end({ "X Sum": "1" })).toThrow(NetworkError);
    expect(() => response.end({ "Content-Length": "1" })).toThrow(NetworkError);
    response.end();
  });

  it("sends its head with an empty piece, which is no chunk", () => {
    const { client, response } = writing();
    response.write("");
    expect(client.take()).toBe("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    response.write(new Uint8Array(0));
    expect(client.take()).toBe("");
    response.end();
    expect(client.take()).toBe("0\r\n\r\n");
  });

  it("has its length where it is given, and no chunks", () => {
    const { client, response } = writing();
    response.length = 5;
    response.write("he");
    response.write("llo");
    response.end({ "X-Left": "out" });
    expect(client.take()).toBe("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  });

  it("goes to an HTTP/1.0 client until the end of the connection, though it would keep it", () => {
    const { client, response } = writing("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    response.write("a");
    response.write("b");
    response.end({ "X-Left": "out" });
    expect(client.take()).toBe("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab");
    expect(client.ended).toBe(true);
  });

  it("to HEAD is a head, with the fields that GET would get", () => {
    const { client, response } = writing("HEAD /");
    response.write("a");
    response.end();
    expect(client.take()).toBe("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    expect(client.closed).toBe(false);
  });

  it.each([204, 304])("with status %i is a head without framing", (status) => {
    const { client, response } = writing();
    response.status = status;
    response.write("a");
    response.end();
    const { fields, body } = parts(client.take());
    expect([fields, body]).toEqual([[], ""]);
  });

  it("says no more once it has ended", () => {
    const { response } = writing();
    response.write("a");
    response.end();
    expect(() => response.write("b")).toThrow("ended");
    expect(() => response.end()).toThrow("ended");
    expect(() => response.send("b")).toThrow("sent already");
  });

  it("is not sent whole once it has begun", () => {
    const { response } = writing();
    response.write("a");
    expect(() => response.send("b")).toThrow("sent already");
    expect(() => response.json({})).toThrow("sent already");
  });
});

describe("a body that is not what its length says", () => {
  it("breaks the connection off where it is too long, before a byte too much is sent", () => {
    const { dialogue, client, response } = writing();
    response.length = 3;
    response.write("ab");
    expect(response.write("cd")).toBe(false);
    expect(parts(client.take()).body).toBe("ab");
    expect(client.closed).toBe(true);
    expect(dialogue.logged).toEqual(["a body longer than its Content-Length"]);
    expect(response.write("e")).toBe(false);
  });

  it("breaks the connection off where it is too short", () => {
    const { dialogue, client, response } = writing();
    response.length = 3;
    response.write("ab");
    response.end();
    expect(client.closed).toBe(true);
    expect(dialogue.logged).toEqual(["a body ended 1 bytes before its Content-Length"]);
  });

  it("breaks the connection off where a source has less, and closes the source", () => {
    let closed = 0;
    const { dialogue, client, response } = writing();
    response.sendFrom({ length: 3, read: () => 0, close: () => closed++ });
    expect(client.closed).toBe(true);
    expect([dialogue.logged.length, closed]).toEqual([1, 1]);
  });

  it("breaks the connection off where a source throws, and closes the source", () => {
    let closed = 0;
    const { dialogue, client, response } = writing();
    const read = (): number => {
      throw new Error("worn out");
    };
    response.sendFrom({ read, close: () => closed++ });
    expect(client.closed).toBe(true);
    expect(dialogue.logged).toEqual(["a body's source failed: Error: worn out"]);
    expect(closed).toBe(1);
  });
});

describe("a client that reads slowly", () => {
  const PIECE = "x".repeat(1000);

  it("makes write say so, and onDrain that there is room again", () => {
    const { dialogue, client, response } = writing("GET /", (slow) => slow.stall(true));
    let drained = 0;
    response.onDrain = () => drained++;
    let pieces = 1;
    while (response.write(PIECE)) pieces++;
    expect(pieces * 1000).toBeGreaterThan(HIGH_WATER_MARK);
    dialogue.time.settle();
    expect(drained).toBe(0);
    client.stall(false);
    dialogue.time.settle();
    expect(drained).toBe(1);
    expect(response.write(PIECE)).toBe(true);
    response.end();
    dialogue.time.settle();
    expect(client.text.match(/x/g)).toHaveLength((pieces + 1) * 1000);
  });

  it("may have what is written all the time from onDrain", () => {
    const { dialogue, client, response } = writing();
    let left = 100;
    const fill = (): void => {
      while (left > 0 && response.write(PIECE)) left--;
      if (left > 0) left--;
      else if (left === 0) {
        left = -1;
        response.end();
      }
    };
    response.onDrain = fill;
    fill();
    dialogue.time.settle();
    expect(client.text.match(/x/g)).toHaveLength(100_000);
    expect(client.text.endsWith("0\r\n\r\n")).toBe(true);
  });

  it("has a source read no faster than it reads", () => {
    let read = 0;
    const { dialogue, client, response } = writing("GET /", (slow) => slow.stall(true));
    response.sendFrom({
      length: 1_000_000,
      read(buffer) {
        read += buffer.length;
        return buffer.fill(0x78).length;
      },
    });
    dialogue.time.settle();
    expect(read).toBeLessThanOrEqual(2 * HIGH_WATER_MARK);
    client.stall(false);
    dialogue.time.settle();
    expect(client.text.match(/x/g)).toHaveLength(1_000_000);
  });

  it("that goes away has the source closed, and the handler told", () => {
    const told: string[] = [];
    const { dialogue, client, response } = writing("GET /", (slow) => slow.stall(true));
    response.onClose = () => told.push("onClose");
    response.sendFrom({
      length: 1_000_000,
      read: (buffer) => buffer.length,
      close: () => told.push("close"),
    });
    client.reset();
    dialogue.time.settle();
    expect(told).toEqual(["close", "onClose"]);
    expect(dialogue.time.pending).toBe(0);
  });
});

describe("the fields of a response", () => {
  it("can be added, replaced and asked for", () => {
    const answer = answered((_, response) => {
      response.header("Set-Cookie", "a=1").header("Set-Cookie", "b=2").header("X-One", "1");
      response.setHeader("x-one", "2");
      expect(response.getHeader("X-ONE")).toBe("2");
      expect(response.getHeader("set-cookie")).toBe("a=1");
      expect(response.getHeader("X-Two")).toBeUndefined();
      response.send();
    });
    expect(parts(answer).fields).toEqual([
      "Set-Cookie: a=1",
      "Set-Cookie: b=2",
      "x-one: 2",
      "Content-Length: 0",
    ]);
  });

  it("are those of a redirect", () => {
    const answer = answered((_, response) => response.redirect("/there?a=b", 303));
    expect(parts(answer)).toEqual({
      status: 303,
      fields: ["Location: /there?a=b", "Content-Length: 0"],
      body: "",
    });
  });

  it("are those of a problem (RFC 9457)", () => {
    const answer = answered((_, response) => response.problem(409, "too warm", { celsius: 80 }));
    const { status, fields, body } = parts(answer);
    expect(status).toBe(409);
    expect(fields).toContain("Content-Type: application/problem+json");
    expect(JSON.parse(body)).toEqual({ title: "Conflict", status: 409, detail: "too warm", celsius: 80 });
  });

  it("have no body and no length with 304, and none but a length of 0 with 205", () => {
    const send =
      (status: number): HttpHandler =>
      (_, response) => {
        response.status = status;
        response.send("ignored");
      };
    expect(parts(answered(send(304)))).toMatchObject({ status: 304, body: "" });
    expect(answered(send(304))).not.toContain("Content-Length");
    expect(parts(answered(send(205)))).toMatchObject({ status: 205, body: "" });
    expect(answered(send(205))).toContain("Content-Length: 0\r\n");
  });

  it("have none with 205 either where a handler writes it piece by piece", () => {
    const write: HttpHandler = (_, response) => {
      response.status = 205;
      response.write("unwanted");
      response.end();
    };
    expect(answered(write)).toBe("HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n");
  });

  it("have Date where the time is known, once it is", () => {
    let now: number | undefined;
    const dialogue = new Dialogue({ wallClock: { now: () => now }, serverName: "Wirelet" });
    dialogue.server.get("/", (_, response) => response.send()).start();
    const client = dialogue.connect();
    const ask = (): string[] => parts(dialogue.say(client, request("GET /"))).fields;
    expect(ask()).toEqual(["Server: Wirelet", "Content-Length: 0"]);
    now = 784_111_777_999;
    expect(ask()).toEqual(["Server: Wirelet", "Date: Sun, 06 Nov 1994 08:49:37 GMT", "Content-Length: 0"]);
    now += 1;
    expect(ask()).toContain("Date: Sun, 06 Nov 1994 08:49:38 GMT");
    now = undefined;
    expect(ask()).toEqual(["Server: Wirelet", "Content-Length: 0"]);
  });
});

describe("informational responses", () => {
  it("go before the final one", () => {
    const { client, response } = writing();
    response.informational(103, { Link: "</style.css>; rel=preload" });
    response.send("done");
    expect(client.take()).toMatch(
      /^HTTP\/1.1 103 Early Hints\r\nLink: <\/style.css>; rel=preload\r\n\r\nHTTP\/1.1 200 OK\r\n/,
    );
  });

  it("are kept from HTTP/1.0 clients", () => {
    const { client, response } = writing("GET / HTTP/1.0\r\n\r\n");
    response.informational(103);
    response.send("done");
    expect(client.take()).toMatch(/^HTTP\/1.1 200 OK\r\n/);
  });

  it.each([100, 101, 200])("are not %i", (status) => {
    expect(() => writing().response.informational(status)).toThrow(NetworkError);
  });

  // RFC 9110 §8.6, RFC 9112 §6.1
  it.each(["Content-Length", "transfer-encoding", "Connection"])("have no %s", (name) => {
    expect(() => writing().response.informational(103, { [name]: "1" })).toThrow(NetworkError);
  });
});
