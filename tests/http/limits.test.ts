import { describe, expect, it } from "@jest/globals";
import {
  REQUEST_TIME_LIMIT,
  COALESCED_WRITE,
  CROWDED_TIME_LIMIT,
  HEAD_TIME_LIMIT,
  IDLE_TIME_LIMIT,
  LINGER_TIME_LIMIT,
  MAX_CONNECTIONS,
  RESPONSE_TIME_LIMIT,
  SEND_TIME_LIMIT,
} from "../../src/http/index.js";
import { CROWDED_PROGRESS } from "../../src/http/server/request-timer.js";
import { Dialogue, parts, request } from "./dialogue.js";
import type { MemoryClient } from "./memory-io.js";

function listening(options: ConstructorParameters<typeof Dialogue>[0] = {}): Dialogue {
  const dialogue = new Dialogue(options);
  dialogue.server
    .get("/", (_, response) => response.send("hello"))
    .get("/never", () => undefined)
    .get("/large", (_, response) => response.send(LARGE))
    .route("POST", "/echo", (incoming, response) => response.send(incoming.body))
    .start();
  return dialogue;
}

const LARGE = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);

describe("time", () => {
  it("an idle connection is closed without a word", () => {
    const dialogue = listening();
    const { client } = dialogue.ask(request("GET /"));
    dialogue.time.advance(IDLE_TIME_LIMIT - 1);
    expect(client.closed).toBe(false);
    dialogue.time.advance(1);
    expect(client.closed).toBe(true);
    expect(client.take()).toBe("");
    expect(dialogue.time.pending).toBe(0);
  });

  it("a connection that never says anything is closed", () => {
    const dialogue = listening();
    const client = dialogue.connect();
    dialogue.time.advance(IDLE_TIME_LIMIT);
    expect(client.closed).toBe(true);
  });

  it("each request gives an idle connection its time anew", () => {
    const dialogue = listening();
    const client = dialogue.connect();
    for (let count = 0; count < 5; count++) {
      dialogue.time.advance(IDLE_TIME_LIMIT - 1);
      expect(parts(dialogue.say(client, request("GET /"))).status).toBe(200);
    }
  });

  // RFC 9112 §2.2: nothing of another protocol will become a request line.
  it.each([
    ["TLS", "\x16\x03\x01\x02\x00\x01"],
    ["NUL", "GET /\0"],
    ["a CR that ends no line", "GET / HTTP/1.1\rH"],
  ])("what can't be a request line is refused before it ends: %s", (_, text) => {
    const dialogue = listening();
    const client = dialogue.connect();
    client.send(text);
    dialogue.time.advance(0);
    expect(parts(client.take()).status).toBe(400);
  });

  it("a head that drips in is answered 408", () => {
    const dialogue = listening();
    const client = dialogue.connect();
    const head = request("GET /");
    for (let at = 0; at < 10; at++) {
      client.send(head.charAt(at));
      dialogue.time.advance(HEAD_TIME_LIMIT / 10);
    }
    expect(parts(client.take()).status).toBe(408);
    dialogue.time.advance(LINGER_TIME_LIMIT);
    expect(client.closed).toBe(true);
  });

  it("a body that does not come is answered 408", () => {
    const dialogue = listening();
    const { client } = dialogue.ask(request("POST /echo", "Content-Length: 5\r\n", "ab"));
    dialogue.time.advance(REQUEST_TIME_LIMIT - 1);
    expect(client.take()).toBe("");
    dialogue.time.advance(1);
    expect(parts(client.take()).status).toBe(408);
  });

  it("a handler that does not answer is answered for with 503, and what it says later is dropped", () => {
    const dialogue = listening();
    let late: (() => void) | undefined;
    dialogue.server.get("/late", (_, response) => {
      late = () => response.send("late");
    });
    const { client } = dialogue.ask(request("GET /late"));
    dialogue.time.advance(RESPONSE_TIME_LIMIT);
    const { status, fields } = parts(client.take());
    expect(status).toBe(503);
    expect(fields).toContain("Retry-After: 5");
    dialogue.time.advance(LINGER_TIME_LIMIT);
    expect(client.closed).toBe(true);
    late!();
    expect(client.take()).toBe("");
  });

  it("a client that takes nothing of its response is dropped", () => {
    const dialogue = listening();
    const client = dialogue.connect();
    client.stall(true);
    client.send(request("GET /large"));
    dialogue.time.advance(SEND_TIME_LIMIT - 1);
    expect(client.closed).toBe(false);
    dialogue.time.advance(1);
    expect(client.closed).toBe(true);
  });

  it("a slow client that takes a little now and then is served", () => {
    const dialogue = listening();
    const client = dialogue.connect();
    client.stall(true);
    client.send(request("GET /large"));
    dialogue.time.settle();
    for (let count = 0; count < 12; count++) {
      dialogue.time.advance(SEND_TIME_LIMIT - 1);
      client.stall(false);
      client.stall(true);
    }
    dialogue.time.settle();
    expect(Buffer.from(parts(client.take()).body, "latin1")).toEqual(Buffer.from(LARGE));
  });

  it("a slow client costs the others nothing", () => {
    const dialogue = listening();
    const slow = dialogue.connect();
    slow.send("GET /");
    dialogue.time.settle();
    for (let count = 0; count < HEAD_TIME_LIMIT / 1000; count++) {
      expect(parts(dialogue.ask(request("GET /", "Connection: close\r\n")).answer).status).toBe(200);
      dialogue.time.advance(1000);
    }
    expect(parts(slow.take()).status).toBe(408);
  });
});

describe("room", () => {
  it.each([37, 100, 1023, 1024, 5000, 50_000])("a large body goes out with a socket of %i bytes", (room) => {
    const dialogue = listening();
    const client = dialogue.connect(room);
    dialogue.say(client, request("GET /large"));
    dialogue.time.settle();
    const { status, body, fields } = parts(client.text);
    expect(status).toBe(200);
    expect(fields).toContain("Content-Length: 20000");
    expect(Buffer.from(body, "latin1")).toEqual(Buffer.from(LARGE));
    expect(Math.max(...client.writes)).toBeLessThanOrEqual(room);
  });

  it("the head leaves with as much of the body as a segment takes", () => {
    const dialogue = listening();
    const client = dialogue.connect(50_000);
    dialogue.say(client, request("GET /large"));
    expect(client.writes[0]).toBe(COALESCED_WRITE);
    expect(client.writes).toHaveLength(2);
  });

  it("requests are left unread while a response waits for room", () => {
    const dialogue = listening();
    const client = dialogue.connect();
    client.stall(true);
    dialogue.say(client, request("GET /large"));
    dialogue.say(client, request("GET /").repeat(200));
    expect(client.unread).toBeGreaterThan(5000);
    client.stall(false);
    dialogue.time.settle();
    expect(client.text.split("hello")).toHaveLength(201);
  });
});

describe("connections", () => {
  it("above the limit wait until one is free", () => {
    const dialogue = listening();
    const clients = Array.from({ length: 20 }, () => dialogue.connect());
    expect(dialogue.server.connections).toBe(MAX_CONNECTIONS);
    for (const client of clients) client.send(request("GET /"));
    dialogue.time.settle();
    for (const client of clients) expect(parts(client.take()).body).toBe("hello");
  });

  it("are not kept while others wait, and the client is told so", () => {
    const dialogue = listening({ limits: { connections: 1 } });
    const [one, two] = [dialogue.connect(), dialogue.connect()];
    expect(parts(dialogue.say(one, request("GET /"))).fields).toContain("Connection: close");
    expect(one.closed).toBe(true);
    expect(parts(dialogue.say(two, request("GET /"))).fields).not.toContain("Connection: close");
  });

  it("that have had their answer make room at once for one that waits, the oldest first", () => {
    const dialogue = listening({ limits: { connections: 2 } });
    const served = [dialogue.connect(), dialogue.connect()];
    for (const client of served) dialogue.say(client, request("GET /"));
    const waiting = dialogue.connect();
    expect(parts(dialogue.say(waiting, request("GET /"))).body).toBe("hello");
    expect(served.map((client) => client.closed)).toEqual([true, false]);
  });

  it("that have asked nothing yet make room after a while", () => {
    const dialogue = listening({ limits: { connections: 2 } });
    const silent = [dialogue.connect(), dialogue.connect()];
    const waiting = dialogue.connect();
    waiting.send(request("GET /"));
    dialogue.time.advance(CROWDED_TIME_LIMIT - 1);
    expect(waiting.take()).toBe("");
    dialogue.time.advance(1);
    expect(silent.map((client) => client.closed)).toEqual([true, true]);
    expect(parts(waiting.take()).body).toBe("hello");
  });

  it("at work are left alone by those that wait, who are told 503 when they have waited in vain", () => {
    const dialogue = listening({ limits: { connections: 1 } });
    const { client } = dialogue.ask(request("GET /never"));
    const waiting = [dialogue.connect(), dialogue.connect()] as const;
    for (const each of waiting) each.send(request("GET /"));
    dialogue.time.advance(CROWDED_TIME_LIMIT + LINGER_TIME_LIMIT - 1);
    expect(waiting[0].take()).toBe("");
    dialogue.time.advance(1);
    const { status, fields } = parts(waiting[0].take());
    expect(status).toBe(503);
    expect(fields).toContain("Retry-After: 5");
    expect(fields).toContain("Connection: close");
    expect(dialogue.server.connections).toBe(1);
    // The other is told as soon as the first has gone.
    expect(waiting[1].take()).toBe("");
    waiting[0].end();
    dialogue.time.settle();
    expect(waiting[0].closed).toBe(true);
    expect(parts(waiting[1].take()).status).toBe(503);
    expect(client.closed).toBe(false);
    dialogue.time.advance(RESPONSE_TIME_LIMIT);
    expect(parts(client.take()).status).toBe(503);
    expect(parts(dialogue.ask(request("GET /")).answer).status).toBe(200);
  });

  it("are closed behind as many requests as one may bring", () => {
    const dialogue = listening({ limits: { requestsPerConnection: 3 } });
    const client = dialogue.connect();
    const options = [1, 2, 3].map(() => parts(dialogue.say(client, request("GET /"))).fields);
    expect(options.map((fields) => fields.includes("Connection: close"))).toEqual([false, false, true]);
    expect(client.ended).toBe(true);
  });

  describe("that others wait for", () => {
    /** One place, which a client has, and another client who waits for it. */
    function crowded(text: string): { dialogue: Dialogue; slow: MemoryClient; waiting: MemoryClient } {
      const dialogue = listening({ limits: { connections: 1 } });
      dialogue.server.post(
        "/sink",
        (given) => given.readBody({ onData: () => undefined, onEnd: () => undefined }),
        {
          body: "stream",
        },
      );
      const slow = dialogue.connect();
      dialogue.say(slow, text);
      const waiting = dialogue.network.connect().send(request("GET /"));
      dialogue.time.settle();
      return { dialogue, slow, waiting };
    }

    const LONG = "Content-Length: 100000\r\n";

    it.each([
      ["a head", "GET / HT"],
      ["a body that is wanted whole", request("POST /echo", "Content-Length: 8000\r\n", "x")],
      ["a body that is read", request("POST /sink", LONG, "x")],
    ])("are taken from a client that drips %s", (_, text) => {
      const { dialogue, slow, waiting } = crowded(text);
      for (let turn = 0; turn < 4; turn++) {
        slow.send("x");
        dialogue.time.advance(CROWDED_TIME_LIMIT / 4);
      }
      expect(parts(slow.take()).status).toBe(408);
      expect(waiting.take()).toBe("");
      dialogue.time.advance(LINGER_TIME_LIMIT);
      expect(parts(waiting.take()).status).toBe(200);
    });

    it("are left to a client that makes progress, until its time is over", () => {
      const { dialogue, slow, waiting } = crowded(request("POST /sink", LONG));
      for (let time = 0; time < REQUEST_TIME_LIMIT; time += CROWDED_TIME_LIMIT) {
        expect(slow.text).toBe("");
        slow.send("x".repeat(CROWDED_PROGRESS));
        dialogue.time.advance(CROWDED_TIME_LIMIT);
      }
      expect(parts(slow.take()).status).toBe(408);
      expect(parts(waiting.take()).status).toBe(503);
    });

    it("are taken from a client that does not take its answer", () => {
      const dialogue = listening({ limits: { connections: 1 } });
      const slow = dialogue.connect();
      slow.stall(true);
      dialogue.say(slow, request("GET /large"));
      const waiting = dialogue.network.connect().send(request("GET /"));
      dialogue.time.advance(CROWDED_TIME_LIMIT);
      expect(slow.closed).toBe(true);
      expect(parts(waiting.take()).status).toBe(200);
    });
  });
});

describe("a head that came in time", () => {
  it("leaves its handler all of its own time", () => {
    const dialogue = listening();
    const client = dialogue.connect();
    dialogue.say(client, "GET /never HTTP/1.1\r\n");
    dialogue.time.advance(HEAD_TIME_LIMIT - 1);
    dialogue.say(client, "Host: device\r\n\r\n");
    dialogue.time.advance(RESPONSE_TIME_LIMIT - 1);
    expect(client.take()).toBe("");
    dialogue.time.advance(1);
    expect(parts(client.take()).status).toBe(503);
  });

  it("leaves the next request all of its time", () => {
    const dialogue = listening();
    const client = dialogue.connect();
    dialogue.say(client, "GET / HTTP/1.1\r\n");
    dialogue.time.advance(HEAD_TIME_LIMIT - 1);
    dialogue.say(client, "Host: device\r\n\r\nGET");
    dialogue.time.advance(HEAD_TIME_LIMIT - 1);
    expect(parts(dialogue.say(client, " / HTTP/1.1\r\nHost: device\r\n\r\n")).status).toBe(200);
  });
});

describe("a refusal where sockets have no half-close", () => {
  it("waits for the client's end, or a while, before the connection is closed", () => {
    for (const ends of [true, false]) {
      const dialogue = listening();
      dialogue.network.halfCloses = false;
      const { client, answer } = dialogue.ask(request("POST /echo", "Content-Length: 9999\r\n", "x"));
      expect(parts(answer).status).toBe(413);
      expect(client.ended).toBe(false);
      dialogue.say(client, "x".repeat(1000));
      expect(client.unread).toBe(0);
      if (ends) client.end();
      dialogue.time.advance(ends ? 0 : LINGER_TIME_LIMIT);
      expect(client.closed).toBe(true);
    }
  });
});
