import { beforeEach, describe, expect, it } from "@jest/globals";
import { NetworkError } from "../../../src/error/index.js";
import type { BodySource, RequestOptions } from "../../../src/http/index.js";
import { Conversation, ok } from "./conversation.js";

const PAGE = "http://192.0.2.1/";
const CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

let conversation: Conversation;

beforeEach(() => {
  conversation = new Conversation();
});

/** Gives `text` in pieces of `size` bytes, and remembers whether it was closed. */
class TextSource implements BodySource {
  closed = 0;
  #text: string;

  constructor(
    text: string,
    readonly size: number,
    readonly length?: number,
  ) {
    this.#text = text;
  }

  read(buffer: Uint8Array): number {
    const piece = Buffer.from(this.#text.slice(0, this.size), "latin1");
    this.#text = this.#text.slice(this.size);
    buffer.set(piece);
    return piece.length;
  }

  close(): void {
    this.closed++;
  }
}

function ask(options: RequestOptions): Promise<unknown> {
  return conversation.client.request(PAGE, { method: "POST", ...options });
}

describe("a body that is sent", () => {
  it("comes from a source, with its length", async () => {
    const source = new TextSource("abcdefg", 3, 7);
    const asked = ask({ body: source });
    const { peer, request } = await conversation.heard();
    expect(request).toMatch(/Content-Length: 7\r\n\r\nabcdefg$/);
    expect(source.closed).toBe(1);
    peer.send(ok());
    await conversation.settle();
    expect(await asked).toMatchObject({ status: 200 });
  });

  it("comes from a source of unknown length, in chunks", async () => {
    void ask({ body: new TextSource("abcde", 3) });
    expect((await conversation.heard()).request).toContain(`${CHUNKED}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`);
  });

  it("comes from an iterable, as it gives", async () => {
    let go: (() => void) | undefined;
    async function* pieces(): AsyncGenerator<string | Uint8Array> {
      yield "one";
      yield "";
      await new Promise<void>((resolve) => (go = resolve));
      yield Uint8Array.of(0x32);
    }
    void ask({ body: pieces() });
    const { peer, request } = await conversation.heard();
    expect(request.endsWith(`${CHUNKED}3\r\none\r\n`)).toBe(true);
    await conversation.advance(3_600_000);
    go!();
    await conversation.settle();
    expect(peer.take()).toBe("1\r\n2\r\n0\r\n\r\n");
  });

  it("waits for room", async () => {
    conversation.network.room = 100;
    conversation.network.isStalled = true;
    const source = new TextSource("x".repeat(500), 50);
    const asked = ask({ body: source });
    await conversation.settle();
    const peer = conversation.network.peers[0]!;
    const before = peer.take().length;
    peer.stall(false);
    await conversation.settle();
    expect(before).toBeLessThan(500);
    peer.send(ok());
    await conversation.settle();
    expect(await asked).toMatchObject({ status: 200 });
    expect(source.closed).toBe(1);
  });

  it("has its time while the server takes some of it", async () => {
    conversation.network.room = 200;
    conversation.network.isStalled = true;
    const asked = ask({ body: "x".repeat(500) });
    await conversation.advance(29_000);
    const peer = conversation.network.peers[0]!;
    peer.stall(false);
    await conversation.settle();
    peer.stall(true);
    const failed = expect(asked).rejects.toThrow("no answer came within 60000 ms (ETIMEDOUT)");
    await conversation.advance(60_000);
    await failed;
  });

  it.each([
    ["longer", "abcdef", "longer than the 5 bytes"],
    ["shorter", "abc", "2 bytes shorter than it was to be"],
  ])("that is %s than it said fails", async (_, text, error) => {
    const asked = ask({ body: new TextSource(text, 2, 5) });
    void conversation.settle();
    await expect(asked).rejects.toThrow(error);
    expect(conversation.client.connections).toBe(0);
  });

  it("is closed though nobody has asked for it", async () => {
    const refused = new TextSource("x", 1);
    conversation.network.outcomes.set(
      "192.0.2.1:80",
      new NetworkError("ECONNREFUSED", "connect to", "192.0.2.1:80"),
    );
    const asked = ask({ body: refused });
    void conversation.settle();
    await expect(asked).rejects.toThrow("ECONNREFUSED");
    expect(refused.closed).toBe(1);
  });

  it("whose source throws fails with that", async () => {
    const broken: BodySource = {
      read: () => {
        throw new Error("broken file");
      },
    };
    const asked = ask({ body: broken });
    void conversation.settle();
    await expect(asked).rejects.toThrow("broken file");
  });

  it("is ended by an answer that does not want it", async () => {
    conversation.network.room = 200;
    conversation.network.isStalled = true;
    const source = new TextSource("x".repeat(5000), 100);
    const asked = ask({ body: source });
    await conversation.settle();
    const peer = conversation.network.peers[0]!;
    peer.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n");
    await conversation.settle();
    expect(await asked).toMatchObject({ status: 413 });
    expect(source.closed).toBe(1);
    expect(peer.isClosed).toBe(true);
  });
});

describe("100-continue", () => {
  const options: RequestOptions = { body: "later", expectContinue: true };

  it("is waited for", async () => {
    const asked = ask(options);
    const { peer, request } = await conversation.heard();
    expect(request).toMatch(/Content-Length: 5\r\nExpect: 100-continue\r\n\r\n$/);
    peer.send("HTTP/1.1 100 Continue\r\n\r\n");
    await conversation.settle();
    expect(peer.take()).toBe("later");
    peer.send(ok());
    await conversation.settle();
    expect(await asked).toMatchObject({ status: 200 });
    expect(peer.isClosed).toBe(false);
  });

  it("is not waited for for long", async () => {
    void ask(options);
    const { peer } = await conversation.heard();
    await conversation.advance(999);
    expect(peer.take()).toBe("");
    await conversation.advance(1);
    expect(peer.take()).toBe("later");
  });

  it("that does not come keeps the body back", async () => {
    const source = new TextSource("later", 5);
    const asked = ask({ ...options, body: source });
    const { peer } = await conversation.heard();
    peer.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    await conversation.settle();
    expect(await asked).toMatchObject({ status: 401 });
    expect(peer.take()).toBe("");
    expect(source.closed).toBe(1);
    // The server may still wait for the body.
    expect(peer.isClosed).toBe(true);
  });

  it("that was not understood is left out", async () => {
    const asked = ask(options);
    (await conversation.heard()).peer.send("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
    const { peer, request } = await conversation.heard();
    expect(request).toMatch(/Content-Length: 5\r\n\r\nlater$/);
    peer.send(ok());
    await conversation.settle();
    expect(await asked).toMatchObject({ status: 200 });
  });
});
