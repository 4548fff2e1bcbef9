import { beforeEach, describe, expect, it } from "@jest/globals";
import { Conversation, ok } from "./conversation.js";

const URL = "http://192.0.2.1/";

let conversation: Conversation;

beforeEach(() => {
  conversation = new Conversation();
});

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
    expect(response).toMatchObject({
      status: 200,
      statusText: "OK",
      ok: true,
      httpVersion: "1.1",
      redirected: false,
    });
    expect(response.url).toBe("http://192.0.2.1:8080/a?b");
    expect(response.header("x-b")).toBe("c");
    expect(await response.text()).toBe("hello");
  });

  it("uses a kept connection again", async () => {
    for (const body of ["one", "two"]) {
      const asked = conversation.client.request(URL);
      (await conversation.heard()).peer.send(ok(body));
      await conversation.settle();
      expect(await (await asked).text()).toBe(body);
    }
    expect(conversation.network.peers).toHaveLength(1);
    expect(conversation.client.connections).toBe(1);
    await conversation.advance(4000);
    expect(conversation.client.connections).toBe(0);
    expect(conversation.network.peers[0]!.isClosed).toBe(true);
  });
});
