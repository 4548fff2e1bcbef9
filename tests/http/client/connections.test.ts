import { beforeEach, describe, expect, it } from "@jest/globals";
import { NetworkError } from "../../../src/error/index.js";
import { RESPONSE_TIME, type RequestOptions } from "../../../src/http/index.js";
import { Conversation, ok } from "./conversation.js";
import type { MemoryPeer } from "./memory-network.js";

const PAGE = "http://192.0.2.1/";

let conversation: Conversation;

beforeEach(() => {
  conversation = new Conversation();
});

/** Has one request answered, so that its connection is kept. */
async function warmUp(url = PAGE): Promise<MemoryPeer> {
  const asked = conversation.client.request(url);
  const { peer } = await conversation.heard();
  peer.send(ok());
  await conversation.settle();
  await asked;
  return peer;
}

describe("a connection", () => {
  it("is used again, and kept for a while", async () => {
    const first = await warmUp();
    expect(await warmUp()).toBe(first);
    expect(conversation.client.connections).toBe(1);
    await conversation.advance(3_999);
    expect(first.isClosed).toBe(false);
    await conversation.advance(1);
    expect(first.isClosed).toBe(true);
    expect(conversation.client.connections).toBe(0);
    expect(conversation.time.pending).toBe(0);
  });

  it.each([
    ["says that it is the last response", ok("", "Connection: close\r\n")],
    ["speaks HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"],
    ["sends more than the response", `${ok("a")}HTTP/1.1 200 OK\r\n`],
  ])("is not used again if the server %s", async (_, answer) => {
    const asked = conversation.client.request(PAGE);
    const { peer } = await conversation.heard();
    peer.send(answer);
    await conversation.settle();
    expect((await asked).status).toBe(200);
    expect(peer.isClosed).toBe(true);
  });

  it("on which more than the response has come is not given to who waits for one", async () => {
    conversation = new Conversation({ limits: { connections: 1 } });
    const asked = [1, 2].map((number) => conversation.client.request(`${PAGE}${number}`));
    const { peer } = await conversation.heard();
    // The response ends where a read of the socket does.
    const first = ok("", `X-Fill: ${"x".repeat(1460 - ok("", "X-Fill: \r\n").length)}\r\n`);
    expect(first).toHaveLength(1460);
    peer.send(first + ok("planted"));
    await conversation.settle();
    expect((await asked[0]!).status).toBe(200);
    expect(peer.isClosed).toBe(true);
    const { peer: other } = await conversation.heard();
    other.send(ok("asked for"));
    await conversation.settle();
    expect(await (await asked[1]!).text()).toBe("asked for");
  });

  it("that is to be closed is not given to who asks while its response ends", async () => {
    const asked = conversation.client.request(PAGE);
    const { peer } = await conversation.heard();
    peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\n");
    await conversation.settle();
    let next: Promise<unknown> | undefined;
    (await asked).readBody({
      onData: () => undefined,
      onEnd: () => (next = conversation.client.request(PAGE)),
    });
    peer.take();
    peer.send("a");
    const { peer: other } = await conversation.heard();
    expect(peer.take()).toBe("");
    expect(other).not.toBe(peer);
    other.send(ok());
    await conversation.settle();
    expect(await next).toMatchObject({ status: 200 });
  });

  it("on which the server says something without being asked is closed", async () => {
    const peer = await warmUp();
    peer.send("HTTP/1.1 408 Request Timeout\r\n\r\n");
    await conversation.settle();
    expect(peer.isClosed).toBe(true);
  });

  it("that the server ends is closed", async () => {
    const peer = await warmUp();
    peer.end();
    await conversation.settle();
    expect(peer.isClosed).toBe(true);
    expect(conversation.client.connections).toBe(0);
  });
});

describe("a kept connection that the server has ended meanwhile", () => {
  it.each<[string, RequestOptions]>([
    ["GET", {}],
    ["PUT with its body", { method: "PUT", body: "body" }],
  ])("costs %s nothing but another one", async (_, options) => {
    const old = await warmUp();
    const asked = conversation.client.request(PAGE, options);
    await conversation.settle();
    const before = old.take();
    old.end();
    const { peer, request } = await conversation.heard();
    expect(peer).not.toBe(old);
    expect(request).toBe(before);
    peer.send(ok("here"));
    await conversation.settle();
    expect(await (await asked).text()).toBe("here");
  });

  it("is told to who must not ask twice", async () => {
    const old = await warmUp();
    const asked = conversation.client.request(PAGE, { method: "POST", body: "pay" });
    const failed = expect(asked).rejects.toMatchObject({ code: "ECONNRESET" });
    await conversation.settle();
    old.reset();
    await conversation.settle();
    await failed;
    expect(conversation.network.peers).toHaveLength(1);
  });

  it("is no excuse once the answer has begun, nor twice", async () => {
    const old = await warmUp();
    const begun = conversation.client.request(PAGE);
    await conversation.settle();
    let failed = expect(begun).rejects.toMatchObject({ code: "ECONNABORTED" });
    old.send("HTTP/1.1 2").end();
    await conversation.settle();
    await failed;

    const kept = await warmUp();
    const twice = conversation.client.request(PAGE);
    failed = expect(twice).rejects.toMatchObject({ code: "ECONNABORTED" });
    await conversation.settle();
    kept.end();
    (await conversation.heard()).peer.end();
    await conversation.settle();
    await failed;
    expect(conversation.network.peers).toHaveLength(3);
  });
});

describe("connections", () => {
  it("are a few to one origin: other requests wait their turn", async () => {
    const asked = [1, 2, 3, 4].map((number) => conversation.client.request(`${PAGE}${number}`));
    await conversation.settle();
    const { peers } = conversation.network;
    expect(peers.map((peer) => peer.take().slice(0, 6))).toEqual(["GET /1", "GET /2"]);
    peers[1]!.send(ok("b"));
    await conversation.settle();
    expect(await (await asked[1]!).text()).toBe("b");
    expect(peers[1]!.take().slice(0, 6)).toBe("GET /3");
    peers[0]!.send(ok("a"));
    await conversation.settle();
    expect(peers[0]!.take().slice(0, 6)).toBe("GET /4");
    expect(peers).toHaveLength(2);
  });

  it("are a few in all: an idle one makes room for another origin", async () => {
    conversation = new Conversation({ limits: { connections: 2 } });
    const oldest = await warmUp("http://192.0.2.1/");
    const busy = conversation.client.request("http://192.0.2.2/");
    await conversation.settle();
    const third = await warmUp("http://192.0.2.3/");
    expect(oldest.isClosed).toBe(true);
    const waiting = conversation.client.request("http://192.0.2.4/");
    await conversation.settle();
    expect(third.isClosed).toBe(true);
    const last = conversation.client.request("http://192.0.2.5/");
    await conversation.settle();
    expect(conversation.network.peers).toHaveLength(4);
    for (const peer of conversation.network.peers.slice(1))
      if (!peer.isClosed) peer.send(ok("", "Connection: close\r\n"));
    await conversation.settle();
    conversation.network.peers[4]!.send(ok());
    await conversation.settle();
    for (const request of [busy, waiting, last]) expect((await request).status).toBe(200);
  });

  it("that can't be had make only those fail that wait for them", async () => {
    conversation = new Conversation({ limits: { connections: 1 } });
    conversation.network.outcomes.set(
      "192.0.2.1:80",
      new NetworkError("ECONNREFUSED", "connect to", "192.0.2.1:80"),
    );
    const refused = expect(conversation.client.request(PAGE)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const asked = conversation.client.request("http://192.0.2.2/");
    await conversation.settle();
    await refused;
    conversation.network.peers.at(-1)!.send(ok());
    await conversation.settle();
    expect((await asked).status).toBe(200);
  });

  it("are not waited for by more than so many", async () => {
    conversation = new Conversation({ limits: { connections: 1, waiting: 2 } });
    const asked = [1, 2, 3].map((number) => conversation.client.request(`${PAGE}${number}`));
    await conversation.settle();
    await expect(conversation.client.request(PAGE)).rejects.toThrow(
      "2 requests wait for a connection (ENOBUFS)",
    );
    for (const request of asked) {
      conversation.network.peers[0]!.send(ok());
      await conversation.settle();
      expect((await request).status).toBe(200);
    }
  });

  it("are closed with the client", async () => {
    conversation = new Conversation({ limits: { connections: 2 } });
    await warmUp();
    const busy = expect(conversation.client.request(PAGE)).rejects.toMatchObject({ code: "ECANCELED" });
    conversation.network.outcomes.set("192.0.2.2:80", "silent");
    const opening = expect(conversation.client.request("http://192.0.2.2/")).rejects.toMatchObject({
      code: "ECANCELED",
    });
    const waiting = expect(conversation.client.request("http://192.0.2.3/")).rejects.toMatchObject({
      code: "ECANCELED",
    });
    await conversation.settle();
    conversation.client.close();
    await Promise.all([busy, opening, waiting]);
    expect(conversation.client.connections).toBe(0);
    expect(conversation.time.pending).toBe(0);
    expect(conversation.network.peers.every((peer) => peer.isClosed)).toBe(true);
  });
});

describe("a head that comes byte by byte", () => {
  it("has to be there in time all the same, which starts anew with each response 1xx", async () => {
    const asked = conversation.client.request(PAGE);
    const failed = expect(asked).rejects.toMatchObject({ code: "ETIMEDOUT" });
    const { peer } = await conversation.heard();
    await conversation.advance(RESPONSE_TIME - 1);
    peer.send("HTTP/1.1 102 Processing\r\n\r\n");
    await conversation.advance(RESPONSE_TIME - 1);
    expect(peer.isClosed).toBe(false);
    peer.send("H");
    await conversation.advance(1);
    await failed;
    expect(peer.isClosed).toBe(true);
  });
});
