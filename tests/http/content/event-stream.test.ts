import { beforeEach, describe, expect, it } from "@jest/globals";
import { NetworkError } from "../../../src/error/index.js";
import { events, HIGH_WATER_MARK, type EventStream, type ServerSentEvent } from "../../../src/http/index.js";
import { Dialogue, request } from "../dialogue.js";
import type { MemoryClient } from "../memory-io.js";

let dialogue: Dialogue;
let client: MemoryClient;
let stream: EventStream;

beforeEach(() => {
  dialogue = new Dialogue();
  dialogue.server.get("/events", (_, response) => void (stream = events(response))).start();
});

/** What was received since the last call, out of its chunks. */
function received(): string {
  dialogue.time.settle();
  const text = Buffer.from(client.take(), "latin1").toString("utf8");
  return text.replace(/[0-9a-f]+\r\n([^]*?)\r\n(?=[0-9a-f]+\r\n|$)/g, "$1");
}

function subscribe(fields = ""): string {
  const asked = dialogue.ask(request("GET /events", fields));
  client = asked.client;
  return asked.answer;
}

describe("a stream of events", () => {
  it("begins at once", () => {
    expect(subscribe()).toBe(
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n" +
        "Transfer-Encoding: chunked\r\n\r\n",
    );
  });

  it.each<[ServerSentEvent, string]>([
    [{ data: "hello" }, "data: hello\n\n"],
    [{ data: "" }, "data: \n\n"],
    [{ data: "one\ntwo\r\nthree\rfour" }, "data: one\ndata: two\ndata: three\ndata: four\n\n"],
    [{ data: "Größe 🙂" }, "data: Größe 🙂\n\n"],
    [{ data: "x", event: "tick", id: "5", retry: 1000 }, "event: tick\nid: 5\nretry: 1000\ndata: x\n\n"],
    [{ data: "x", id: "" }, "id: \ndata: x\n\n"],
  ])("sends %j", (event, text) => {
    subscribe();
    expect(stream.send(event)).toBe(true);
    expect(received()).toBe(text);
  });

  it.each<[string, Omit<ServerSentEvent, "data">]>([
    ["a type of two lines", { event: "a\nb" }],
    ["an id of two lines", { id: "a\rb" }],
    ["an id with NUL", { id: "a\0b" }],
    ["a time that is none", { retry: 1.5 }],
    ["a time in the past", { retry: -1 }],
  ])("refuses %s", (_, event) => {
    subscribe();
    expect(() => stream.send({ data: "", ...event })).toThrow(NetworkError);
    expect(received()).toBe("");
  });

  it("sends comments", () => {
    subscribe();
    stream.comment();
    stream.comment("a\nb");
    expect(received()).toBe(": \n: a\n: b\n");
  });

  it("lives longer than a handler may take, and ends when it is closed", () => {
    subscribe();
    dialogue.time.advance(3_600_000);
    expect(client.closed).toBe(false);
    stream.send({ data: "still" });
    expect(received()).toBe("data: still\n\n");
    stream.close();
    dialogue.time.settle();
    expect(client.take()).toBe("0\r\n\r\n");
    expect(() => stream.send({ data: "late" })).toThrow(NetworkError);
  });

  it("tells when the client has gone, and sends nothing more", () => {
    subscribe();
    let gone = 0;
    stream.onClose = () => gone++;
    client.reset();
    dialogue.time.settle();
    expect(gone).toBe(1);
    stream.send({ data: "late" });
    stream.comment();
    stream.close();
  });

  it("says when the client does not keep up, and when it does again", () => {
    subscribe();
    let drained = 0;
    stream.onDrain = () => drained++;
    client.stall(true);
    const data = "x".repeat(HIGH_WATER_MARK / 2);
    let count = 0;
    while (stream.send({ data })) expect(++count).toBeLessThan(10);
    expect(drained).toBe(0);
    client.stall(false);
    dialogue.time.settle();
    expect(drained).toBe(1);
    expect(received().match(/^data: x+$/gm)).toHaveLength(count + 1);
  });

  it("goes to an HTTP/1.0 client until the connection ends", () => {
    client = dialogue.ask("GET /events HTTP/1.0\r\n\r\n").client;
    stream.send({ data: "x" });
    stream.close();
    dialogue.time.settle();
    expect(client.text).toMatch(/\r\n\r\ndata: x\n\n$/);
    expect(client.closed).toBe(true);
  });
});
