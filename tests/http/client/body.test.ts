import { beforeEach, describe, expect, it } from "@jest/globals";
import { MAX_READ_AHEAD, type BodyReader, type HttpClientResponse } from "../../../src/http/index.js";
import { Conversation, ok } from "./conversation.js";
import type { MemoryPeer } from "./memory-network.js";

const PAGE = "http://192.0.2.1/";

let conversation: Conversation;

beforeEach(() => {
  conversation = new Conversation();
});

/** The response whose head, and whatever else, is `answer`. */
async function answered(answer: string): Promise<{ response: HttpClientResponse; peer: MemoryPeer }> {
  const asked = conversation.client.request(PAGE);
  const { peer } = await conversation.heard();
  peer.send(answer);
  await conversation.settle();
  return { response: await asked, peer };
}

describe("a response's body", () => {
  it("comes in chunks, with trailers", async () => {
    const { response, peer } = await answered(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n",
    );
    const text = response.text();
    peer.send("4\r\n two\r\n0\r\nDigest: d\r\n\r\n");
    await conversation.settle();
    expect(await text).toBe("one two");
    expect(response.trailers?.get("digest")).toBe("d");
    expect(response.contentLength).toBeUndefined();
  });

  it("comes up to the end of the connection", async () => {
    const { response, peer } = await answered("HTTP/1.0 200 OK\r\n\r\nto the ");
    const text = response.text();
    peer.send("end").end();
    await conversation.settle();
    expect(await text).toBe("to the end");
    expect(response.httpVersion).toBe("1.0");
    expect(peer.isClosed).toBe(true);
  });

  it.each([
    ["text/plain", "Gr\xc3\xbc\xff", "Grü\ufffd"],
    ["text/plain; charset=ISO-8859-1", "Gr\xfc\xdf", "Grüß"],
    ['text/plain; charset="utf-8"', "\xe2\x82\xac", "€"],
  ])("is text of %s", async (type, bytes, text) => {
    const { response } = await answered(ok(bytes, `Content-Type: ${type}\r\n`));
    expect(await response.text()).toBe(text);
  });

  it("is text of no other charset", async () => {
    const { response } = await answered(ok("x", "Content-Type: text/plain; charset=utf-16\r\n"));
    await expect(response.text()).rejects.toThrow("text in the charset utf-16 (ENOTSUP)");
  });

  it("is JSON, or is not", async () => {
    expect(await (await answered(ok('{"a":1}'))).response.json<{ a: number }>()).toEqual({ a: 1 });
    await expect((await answered(ok("{"))).response.json()).rejects.toMatchObject({ code: "EPROTO" });
  });

  it("is read once", async () => {
    const { response } = await answered(ok("x"));
    await response.bytes();
    await expect(response.bytes()).rejects.toMatchObject({ code: "EALREADY" });
  });

  it.each([
    ["cut short", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "ECONNABORTED"],
    ["malformed", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "EPROTO"],
  ])("that is %s is rejected", async (_, answer, code) => {
    const { response, peer } = await answered(answer);
    const failed = expect(response.bytes()).rejects.toMatchObject({ code });
    peer.end();
    await conversation.settle();
    await failed;
    expect(conversation.client.connections).toBe(0);
  });

  it.each([
    ["announced", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n"],
    ["that comes", `HTTP/1.1 200 OK\r\n\r\n${"x".repeat(11)}`],
  ])("%s beyond the limit is not held", async (_, answer) => {
    conversation = new Conversation({ limits: { body: 10 } });
    const { response, peer } = await answered(answer);
    await expect(response.bytes()).rejects.toThrow("a body of more than 10 bytes (EMSGSIZE)");
    expect(peer.isClosed).toBe(true);
  });

  it("that stalls is given up", async () => {
    const { response } = await answered("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
    const failed = expect(response.bytes()).rejects.toThrow(
      "nothing of the body came for 30000 ms (ETIMEDOUT)",
    );
    await conversation.advance(30_000);
    await failed;
  });

  it("may take its time while nobody reads it", async () => {
    const { response, peer } = await answered(`HTTP/1.1 200 OK\r\n\r\n${"x".repeat(2 * MAX_READ_AHEAD)}`);
    await conversation.advance(600_000);
    const text = response.text();
    await conversation.settle();
    peer.end();
    await conversation.settle();
    expect(await text).toHaveLength(2 * MAX_READ_AHEAD);
  });

  it("that is cancelled ends the connection, unless all of it has come", async () => {
    const part = await answered("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc");
    const failed = expect(part.response.bytes()).rejects.toMatchObject({ code: "ECANCELED" });
    part.response.cancel();
    await failed;
    expect(part.peer.isClosed).toBe(true);
    const whole = await answered(ok("abc"));
    whole.response.cancel();
    expect(whole.peer.isClosed).toBe(false);
  });
});

describe("a body that is read piece by piece", () => {
  it("stays in the socket until it is wanted", async () => {
    const { response, peer } = await answered("HTTP/1.1 200 OK\r\n\r\n");
    const total = 20 * MAX_READ_AHEAD;
    peer.send(new Uint8Array(total).fill(0x78)).end();
    await conversation.settle();
    expect(total - peer.unread.length).toBeLessThanOrEqual(MAX_READ_AHEAD + 1460);
    let length = 0;
    const reading = (async () => {
      for await (const piece of response.body) {
        length += piece.length;
        expect(total - peer.unread.length - length).toBeLessThanOrEqual(MAX_READ_AHEAD + 1460);
      }
    })();
    for (let round = 0; round < 20; round++) await conversation.settle();
    await reading;
    expect(length).toBe(total);
  });

  it("ends the connection when the loop is left", async () => {
    const { response, peer } = await answered("HTTP/1.1 200 OK\r\n\r\nendless");
    for await (const piece of response.body) {
      expect(Buffer.from(piece).toString()).toBe("endless");
      break;
    }
    expect(peer.isClosed).toBe(true);
  });

  it("rejects the loop if it is cut short", async () => {
    const { response, peer } = await answered("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
    peer.reset();
    await conversation.settle();
    const pieces: string[] = [];
    await expect(
      (async () => {
        for await (const piece of response.body) pieces.push(Buffer.from(piece).toString());
      })(),
    ).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(pieces).toEqual(["abc"]);
  });

  it("comes to callbacks, which can pause it", async () => {
    const { response, peer } = await answered("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    const told: string[] = [];
    const reader: BodyReader = {
      onData: (bytes) => {
        told.push(Buffer.from(bytes).toString());
        if (told.length === 1) response.pause();
      },
      onEnd: (trailers) => told.push(`end ${trailers?.get("a")}`),
    };
    response.readBody(reader);
    peer.send("1\r\na\r\n").send("1\r\nb\r\n").send("0\r\nA: t\r\n\r\n");
    await conversation.settle();
    expect(told).toEqual(["a"]);
    response.resume();
    await conversation.settle();
    expect(told).toEqual(["a", "b", "end t"]);
    expect(() => response.readBody(reader)).toThrow("its body is being read");
  });

  it("is cancelled by a reader that throws, which is told why", async () => {
    const { response, peer } = await answered("HTTP/1.1 200 OK\r\n\r\n");
    const told: unknown[] = [];
    const error = new Error("full");
    response.readBody({
      onData: () => {
        throw error;
      },
      onEnd: () => told.push("end"),
      onError: (cause) => told.push(cause),
    });
    peer.send("more");
    await conversation.settle();
    expect(told).toEqual([error]);
    expect(peer.isClosed).toBe(true);
  });
});
