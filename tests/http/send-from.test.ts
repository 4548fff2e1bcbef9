import { describe, expect, it } from "@jest/globals";
import type { BodySource } from "../../src/http/index.js";
import { Dialogue, parts, request } from "./dialogue.js";

/** Gives `text`, and tells when it is closed. */
class TextSource implements BodySource {
  closed = 0;
  reads = 0;
  #rest: Buffer;

  constructor(
    text: string,
    readonly length?: number,
  ) {
    this.#rest = Buffer.from(text);
  }

  read(buffer: Uint8Array): number {
    this.reads++;
    const count = Math.min(buffer.length, this.#rest.length);
    buffer.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  close(): void {
    this.closed++;
  }
}

function serving(source: BodySource): Dialogue {
  const dialogue = new Dialogue();
  dialogue.server.get("/", (_, response) => response.sendFrom(source)).start();
  return dialogue;
}

describe("a body from a source", () => {
  const TEXT = "0123456789".repeat(1000);

  it("is sent with its length, as the client reads", () => {
    const source = new TextSource(TEXT, TEXT.length);
    const { status, fields, body } = parts(serving(source).ask(request("GET /")).answer);
    expect([status, body, source.closed]).toEqual([200, TEXT, 1]);
    expect(fields).toContain("Content-Length: 10000");
  });

  it("is sent in chunks if its length is not known", () => {
    const source = new TextSource("hello");
    const { body } = parts(serving(source).ask(request("GET /")).answer);
    expect([body, source.closed]).toEqual(["0005\r\nhello\r\n0\r\n\r\n", 1]);
  });

  it("leaves with the head, if it is small", () => {
    const { client } = serving(new TextSource("hello", 5)).ask(request("GET /"));
    expect(client.writes.length).toBe(1);
  });

  it("that is empty ends with the head", () => {
    const source = new TextSource("", 0);
    const { fields, body } = parts(serving(source).ask(request("GET /")).answer);
    expect([body, source.closed]).toEqual(["", 1]);
    expect(fields).toContain("Content-Length: 0");
  });

  it("is not read for HEAD", () => {
    const source = new TextSource(TEXT, TEXT.length);
    const { fields, body } = parts(serving(source).ask(request("HEAD /")).answer);
    expect([body, source.reads, source.closed]).toEqual(["", 0, 1]);
    expect(fields).toContain("Content-Length: 10000");
  });
});
