import { describe, expect, it } from "@jest/globals";
import { Conversation, ok } from "./conversation.js";

const PROXY = "http://ann:secret@192.0.2.9:3128";
const WHO = "Proxy-Authorization: Basic YW5uOnNlY3JldA==\r\n";

describe("https", () => {
  it("speaks TLS with the host, and HTTP in it", async () => {
    const conversation = new Conversation();
    const asked = conversation.client.request("https://192.0.2.1/a");
    const { peer, request } = await conversation.heard();
    expect(peer.where).toBe("192.0.2.1:443");
    expect(conversation.secured).toEqual(["192.0.2.1 http/1.1"]);
    expect(request).toContain("GET /a HTTP/1.1\r\nHost: 192.0.2.1\r\n");
    peer.send(ok());
    await conversation.settle();
    expect((await asked).url).toBe("https://192.0.2.1/a");
    void conversation.client.request("https://[2001:db8::1]:444/");
    expect((await conversation.heard()).peer.where).toBe("2001:db8::1:444");
    expect(conversation.secured[1]).toBe("2001:db8::1 http/1.1");
  });
});

describe("a proxy", () => {
  it("is told the whole URL of a plain request, over connections that all origins share", async () => {
    const conversation = new Conversation({ proxy: PROXY });
    for (const host of ["device.test", "other.test:81"]) {
      const asked = conversation.client.request(`http://u:p@${host}/a?b#c`);
      const { peer, request } = await conversation.heard();
      expect(peer.where).toBe("192.0.2.9:3128");
      expect(request).toBe(
        `GET http://${host}/a?b HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: wirelet\r\nAuthorization: Basic dTpw\r\n${WHO}\r\n`,
      );
      peer.send(ok());
      await conversation.settle();
      expect((await asked).status).toBe(200);
    }
    expect(conversation.network.peers).toHaveLength(1);
  });

  it("connects a secure request through, with TLS at the end of the tunnel", async () => {
    const conversation = new Conversation({ proxy: PROXY });
    const asked = conversation.client.request("https://shop.test/cart");
    const { peer, request } = await conversation.heard();
    expect(request).toBe(`CONNECT shop.test:443 HTTP/1.1\r\nHost: shop.test:443\r\n${WHO}\r\n`);
    expect(conversation.secured).toEqual([]);
    peer.send("HTTP/1.1 200 Connection established\r\n\r\n");
    await conversation.settle();
    expect(conversation.secured).toEqual(["shop.test http/1.1"]);
    const inside = peer.take();
    expect(inside).toContain("GET /cart HTTP/1.1\r\nHost: shop.test\r\n");
    expect(inside).not.toContain("Proxy-Authorization");
    peer.send(ok("bought"));
    await conversation.settle();
    expect(await (await asked).text()).toBe("bought");
    void conversation.client.request("https://shop.test/again");
    expect((await conversation.heard()).request).toContain("GET /again HTTP/1.1");
    expect(conversation.network.peers).toHaveLength(1);
  });

  it.each([
    [
      "HTTP/1.1 407 Who are you?\r\nContent-Length: 0\r\n\r\n",
      "the proxy answered 407 Who are you? (EACCES)",
    ],
    [
      "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 4\r\n\r\nnope",
      "the proxy answered 502 Bad Gateway (ECONNREFUSED)",
    ],
    ["SOCKS\r\n\r\n", "it is not HTTP (EPROTO)"],
    ["HTTP/1.1 200 OK\r\n\r\n\x15\x03", "a TLS server that speaks first (EPROTO)"],
  ])("that answers CONNECT with %j", async (answer, error) => {
    const conversation = new Conversation({ proxy: PROXY });
    const failed = expect(conversation.client.request("https://shop.test/")).rejects.toThrow(error);
    const { peer } = await conversation.heard();
    peer.send(answer);
    await conversation.settle();
    await failed;
    expect(peer.isClosed).toBe(true);
    expect(conversation.client.connections).toBe(0);
    expect(conversation.time.pending).toBe(0);
  });

  it("that does not answer CONNECT is given up", async () => {
    const conversation = new Conversation({ proxy: PROXY });
    const failed = expect(conversation.client.request("https://shop.test/")).rejects.toThrow(
      "no answer came within 60000 ms",
    );
    await conversation.advance(60_000);
    await failed;
    expect(conversation.network.peers[0]!.isClosed).toBe(true);
  });

  it("can be chosen for each URL", async () => {
    const conversation = new Conversation({
      proxy: ({ host }) => (host === "192.0.2.1" ? undefined : PROXY),
    });
    void conversation.client.request("http://192.0.2.1/");
    void conversation.client.request("http://192.0.2.2/");
    await conversation.settle();
    expect(conversation.network.peers.map(({ where }) => where)).toEqual(["192.0.2.1:80", "192.0.2.9:3128"]);
  });

  it("gives a tunnel for any protocol", async () => {
    const conversation = new Conversation({ proxy: PROXY });
    const opened = conversation.client.tunnel("mail.test:25");
    const { peer, request } = await conversation.heard();
    expect(request).toContain("CONNECT mail.test:25 HTTP/1.1\r\n");
    peer.send("HTTP/1.1 200 OK\r\n\r\n220 mail.test");
    await conversation.settle();
    const { connection, early } = await opened;
    expect(Buffer.from(early).toString()).toBe("220 mail.test");
    connection.write(Buffer.from("HELO"));
    expect(peer.take()).toBe("HELO");
    await expect(new Conversation().client.tunnel("mail.test:25")).rejects.toThrow("there is no proxy");
  });
});
