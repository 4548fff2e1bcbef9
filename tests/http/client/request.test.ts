import { beforeEach, describe, expect, it } from "@jest/globals";
import { NetworkError } from "../../../src/error/index.js";
import { Ipv4Address } from "../../../src/address/index.js";
import type { RequestOptions } from "../../../src/http/index.js";
import { Conversation, ok } from "./conversation.js";

const PAGE = "http://192.0.2.1/";

let conversation: Conversation;

beforeEach(() => {
  conversation = new Conversation();
});

/** What is sent for a request. */
async function sent(options: RequestOptions, url = PAGE): Promise<string> {
  conversation.client.request(url, options).catch(() => undefined);
  return (await conversation.heard()).request;
}

describe("a request", () => {
  it("is a head with Host first", async () => {
    const asked = conversation.client.request("http://192.0.2.1:8080/a?b#c", {
      headers: { "X-A": ["1", "2"] },
    });
    const { peer, request } = await conversation.heard();
    expect(peer.where).toBe("192.0.2.1:8080");
    expect(request).toBe(
      "GET /a?b HTTP/1.1\r\nHost: 192.0.2.1:8080\r\nUser-Agent: wirelet\r\nX-A: 1\r\nX-A: 2\r\n\r\n",
    );
    peer.send(ok("hello", "X-B: c\r\n"));
    await conversation.settle();
    const response = await asked;
    expect(response).toMatchObject({ status: 200, statusText: "OK", ok: true, httpVersion: "1.1" });
    expect(response).toMatchObject({ redirected: false, bodyUsed: false, contentLength: 5 });
    expect(response.url).toBe("http://192.0.2.1:8080/a?b");
    expect(response.header("x-b")).toBe("c");
    expect(await response.text()).toBe("hello");
    expect(response.bodyUsed).toBe(true);
  });

  it.each<[string, RequestOptions, string, string?]>([
    [
      "text",
      { method: "POST", body: "Grüße" },
      "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 7\r\n\r\nGr\xc3\xbc\xc3\x9fe",
    ],
    [
      "text of another type",
      { method: "PUT", body: "{}", headers: { "content-type": "application/json" } },
      "content-type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    ],
    ["bytes", { method: "PATCH", body: Uint8Array.of(0, 255) }, "Content-Length: 2\r\n\r\n\0\xff"],
    [
      "an empty body",
      { method: "POST", body: "", headers: { "Content-Type": "a/b" } },
      "Content-Type: a/b\r\nContent-Length: 0\r\n\r\n",
    ],
    ["no body", { method: "POST" }, "Content-Length: 0\r\n\r\n"],
    ["no body where there seldom is one", { method: "DELETE" }, "User-Agent: wirelet\r\n\r\n"],
    ["a user", { auth: { user: "ann", password: "é:" } }, "Authorization: Basic YW5uOsOpOg==\r\n\r\n"],
    ["a token", { auth: { bearer: "t" } }, "Authorization: Bearer t\r\n\r\n"],
    ["the URL's user", {}, "Authorization: Basic YW5uOnM6Yw==\r\n\r\n", "http://ann:s%3Ac@192.0.2.1/"],
    [
      "its own credentials",
      { headers: { Authorization: "X" } },
      "Authorization: X\r\n\r\n",
      "http://ann@192.0.2.1/",
    ],
    ["another agent", { headers: [["User-Agent", "me"]] }, "192.0.2.1\r\nUser-Agent: me\r\n\r\n"],
    [
      "another host",
      { headers: { Host: "virtual" } },
      "GET / HTTP/1.1\r\nHost: virtual\r\nUser-Agent: wirelet\r\n\r\n",
    ],
    [
      "OPTIONS for all",
      { method: "OPTIONS" },
      "OPTIONS * HTTP/1.1\r\nHost: 192.0.2.1\r\nUser-Agent: wirelet\r\n\r\n",
      "http://192.0.2.1/*",
    ],
    ["a value of any byte", { headers: { "X-A": "\xff\t!" } }, "X-A: \xff\t!\r\n\r\n"],
  ])("with %s", async (...[, options, end, url]) => {
    expect((await sent(options, url)).endsWith(end)).toBe(true);
  });

  it.each<[RequestOptions, string, string?]>([
    [{ method: "GET /" }, "the method is no token"],
    [{ method: "CONNECT" }, "a tunnel is opened with `tunnel`"],
    [{ headers: { "a b": "c" } }, "its name is no token"],
    [{ headers: { a: "b\r\nc: d" } }, "its value has a character"],
    [{ headers: { a: "€" } }, "its value has a character"],
    [{ headers: { "Content-Length": "1" } }, "the client sets it itself"],
    [{ headers: { "transfer-encoding": "chunked" } }, "the client sets it itself"],
    [{ timeout: -1 }, "not a number of milliseconds"],
    [{ auth: { user: "a:b", password: "" } }, "write credentials"],
    [{ body: 1 as never }, "send body"],
    [{}, "neither http: nor https:", "ftp://192.0.2.1/"],
  ])("is refused: %j (%s)", async (...[options, reason, url = PAGE]) => {
    await expect(conversation.client.request(url, options)).rejects.toThrow(reason);
    expect(conversation.network.peers).toHaveLength(0);
  });

  it("tells no agent if it is to", async () => {
    conversation = new Conversation({ userAgent: "" });
    expect(await sent({})).toBe("GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n");
  });

  it("leaves in one segment with a small body", async () => {
    await sent({ method: "POST", body: "small" });
    expect(conversation.network.peers[0]!.writes).toHaveLength(1);
  });
});

describe("a name", () => {
  it("is connected to at the first of its addresses that answers", async () => {
    conversation = new Conversation({
      resolve: (name) => [
        Ipv4Address.parse("192.0.2.7"),
        Ipv4Address.parse(name === "two.test" ? "192.0.2.8" : "192.0.2.9"),
      ],
    });
    conversation.network.outcomes.set(
      "192.0.2.7:80",
      new NetworkError("ECONNREFUSED", "connect to", "192.0.2.7:80"),
    );
    const asked = conversation.client.request("http://two.test/");
    const { peer, request } = await conversation.heard();
    expect(peer.where).toBe("192.0.2.8:80");
    expect(request).toContain("Host: two.test\r\n");
    peer.send(ok());
    await conversation.settle();
    expect((await asked).status).toBe(200);
  });

  it("needs a resolver, unless it is this host's", async () => {
    await expect(conversation.client.request("http://device.test/")).rejects.toMatchObject({
      code: "ENOTSUP",
    });
    await sent({}, "http://localhost:81/");
    expect(conversation.network.peers[0]!.where).toBe("127.0.0.1:81");
  });

  it("that has no address is unreachable", async () => {
    conversation = new Conversation({ resolve: () => [] });
    await expect(conversation.client.request("http://device.test/")).rejects.toMatchObject({
      code: "EHOSTUNREACH",
    });
  });
});

describe("a request fails", () => {
  it("if nobody listens", async () => {
    conversation.network.outcomes.set(
      "192.0.2.1:80",
      new NetworkError("ECONNREFUSED", "connect to", "192.0.2.1:80"),
    );
    const asked = conversation.client.request(PAGE);
    void conversation.settle();
    await expect(asked).rejects.toThrow("connect to 192.0.2.1:80: connection refused (ECONNREFUSED)");
    expect(conversation.client.connections).toBe(0);
  });

  it.each([
    ["if the answer is no HTTP", "SSH-2.0-x\r\n\r\n", "GET http://192.0.2.1/: it is not HTTP (EPROTO)"],
    [
      "if the head is too long",
      `HTTP/1.1 200 OK\r\nA: ${"x".repeat(9000)}\r\n\r\n`,
      "a head of more than 8192 bytes (EMSGSIZE)",
    ],
    [
      "if a protocol is spoken that nobody asked for",
      "HTTP/1.1 101 Other\r\n\r\n",
      "it changes to another protocol (EPROTO)",
    ],
  ])("%s", async (_, answer, error) => {
    const asked = conversation.client.request(PAGE);
    const { peer } = await conversation.heard();
    peer.send(answer);
    void conversation.settle();
    await expect(asked).rejects.toThrow(error);
    expect(peer.isClosed).toBe(true);
  });

  it.each([
    [
      "ends",
      "GET http://192.0.2.1/: the server ended the connection before any of it had come (ECONNABORTED)",
    ],
    ["is reset", "ECONNRESET"],
  ])("if the connection %s", async (how, error) => {
    const asked = conversation.client.request(PAGE);
    const { peer } = await conversation.heard();
    if (how === "ends") peer.end();
    else peer.reset();
    void conversation.settle();
    await expect(asked).rejects.toThrow(error);
  });

  it("if https is asked for and there is no TLS", async () => {
    conversation = new Conversation({ secure: undefined });
    await expect(conversation.client.request("https://192.0.2.1/")).rejects.toThrow(
      "https needs the option `secure`",
    );
  });
});

describe("time", () => {
  it.each<[string, (() => void) | undefined, RequestOptions, number, string]>([
    [
      "to connect",
      () => conversation.network.outcomes.set("192.0.2.1:80", "silent"),
      {},
      15_000,
      "not connected within 15000 ms",
    ],
    ["to answer", undefined, {}, 60_000, "no answer came within 60000 ms"],
    ["for all of it", undefined, { timeout: 500 }, 500, "not done within 500 ms"],
    [
      "to take the request",
      () => (conversation.network.room = 0),
      {},
      30_000,
      "the server took nothing of the request for 30000 ms",
    ],
  ])("%s is limited", async (_, prepare, options, time, error) => {
    prepare?.();
    const asked = conversation.client.request(PAGE, options);
    const failed = expect(asked).rejects.toMatchObject({
      code: "ETIMEDOUT",
      message: expect.stringContaining(error),
    });
    await conversation.advance(time - 1);
    expect(conversation.client.connections).toBe(1);
    await conversation.advance(1);
    await failed;
    expect(conversation.client.connections).toBe(0);
    expect(conversation.time.pending).toBe(0);
  });

  it("runs on while a body is read", async () => {
    const asked = conversation.client.request(PAGE, { timeout: 500 });
    (await conversation.heard()).peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx");
    await conversation.settle();
    const failed = expect((await asked).bytes()).rejects.toMatchObject({ code: "ETIMEDOUT" });
    await conversation.advance(500);
    await failed;
  });

  it("stops with the body", async () => {
    const asked = conversation.client.request(PAGE, { timeout: 500 });
    (await conversation.heard()).peer.send(ok("x"));
    await conversation.advance(600);
    expect(await (await asked).text()).toBe("x");
  });
});

describe("a signal", () => {
  it("cancels the wait for an answer", async () => {
    const controller = new AbortController();
    const asked = conversation.client.request(PAGE, { signal: controller.signal });
    const { peer } = await conversation.heard();
    controller.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    expect(peer.isClosed).toBe(true);
  });

  it("cancels the reading of a body", async () => {
    const controller = new AbortController();
    const asked = conversation.client.request(PAGE, { signal: controller.signal });
    const { peer } = await conversation.heard();
    peer.send("HTTP/1.1 200 OK\r\n\r\nendless");
    await conversation.settle();
    const text = (await asked).text();
    controller.abort(new Error("enough"));
    await expect(text).rejects.toThrow("enough");
    expect(peer.isClosed).toBe(true);
  });

  it("that has fired already lets nothing be sent", async () => {
    await expect(
      conversation.client.request(PAGE, { signal: AbortSignal.abort(new Error("no")) }),
    ).rejects.toThrow("no");
    expect(conversation.network.peers).toHaveLength(0);
  });

  it("ends the making of a connection that nobody else waits for", async () => {
    conversation.network.outcomes.set("192.0.2.1:80", "silent");
    const controller = new AbortController();
    const asked = conversation.client.request(PAGE, { signal: controller.signal });
    await conversation.settle();
    controller.abort(new Error("enough"));
    await expect(asked).rejects.toThrow("enough");
    expect(conversation.client.connections).toBe(0);
    expect(conversation.time.pending).toBe(0);
  });
});
