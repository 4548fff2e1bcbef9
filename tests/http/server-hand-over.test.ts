import { describe, expect, it } from "@jest/globals";
import type { Tcp } from "../../src/host/index.js";
import { NetworkError } from "../../src/error/index.js";
import type { HttpHandler, HttpResponse } from "../../src/http/index.js";
import { Dialogue, parts, request } from "./dialogue.js";

const UPGRADE = "Connection: keep-alive, Upgrade\r\nUpgrade: chat/1\r\n";

/** Who takes a connection over, and gives back what it reads in capitals. */
class Shouting {
  early: string | undefined;
  tcp: Tcp | undefined;

  constructor(readonly dialogue: Dialogue) {}

  readonly take = (connection: Tcp, early: Uint8Array): void => {
    this.early = Buffer.from(early).toString();
    const memory = new Uint8Array(100);
    this.tcp = new this.dialogue.network.io.TCP({
      from: connection,
      onReadable(this: Tcp) {
        const count = this.read(memory) ?? 0;
        this.write(Buffer.from(Buffer.from(memory.subarray(0, count)).toString().toUpperCase()));
      },
    });
  };
}

function serving(handle: (shouting: Shouting) => HttpHandler): { dialogue: Dialogue; shouting: Shouting } {
  const dialogue = new Dialogue();
  const shouting = new Shouting(dialogue);
  dialogue.server.get("/chat", handle(shouting));
  dialogue.server.post("/chat", handle(shouting), { body: "stream" });
  dialogue.server.connect(handle(shouting));
  dialogue.server.start();
  return { dialogue, shouting };
}

describe("a connection that goes over to another protocol", () => {
  const upgrading = (shouting: Shouting): HttpHandler => {
    return (given, response) => response.upgrade(given.upgrade!, shouting.take);
  };

  it("is handed over behind the 101, with what has come already", () => {
    const { dialogue, shouting } = serving(upgrading);
    const { client, answer } = dialogue.ask(`${request("GET /chat", UPGRADE)}early`);
    expect(answer).toBe("HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat/1\r\nConnection: upgrade\r\n\r\n");
    expect(shouting.early).toBe("early");
    expect(dialogue.server.connections).toBe(0);
    expect(dialogue.say(client, "hello")).toBe("HELLO");
    dialogue.time.advance(24 * 3600 * 1000);
    expect(client.closed).toBe(false);
    dialogue.server.stop();
    expect(dialogue.say(client, "still")).toBe("STILL");
  });

  it("is handed over when the handler does it later", () => {
    let later: HttpResponse | undefined;
    const { dialogue, shouting } = serving(() => (_, response) => {
      later = response;
    });
    const { client } = dialogue.ask(request("GET /chat", UPGRADE));
    later!.upgrade("chat/1", shouting.take);
    expect(client.take()).toMatch(/^HTTP\/1.1 101 /);
    expect(dialogue.say(client, "hello")).toBe("HELLO");
  });

  it("is handed over when the client has taken the 101", () => {
    const { dialogue, shouting } = serving(upgrading);
    const client = dialogue.connect(10);
    client.stall(true);
    dialogue.say(client, request("GET /chat", UPGRADE));
    expect(shouting.tcp).toBeUndefined();
    client.stall(false);
    dialogue.time.settle();
    expect(shouting.tcp).toBeDefined();
  });

  it("is not handed over where the client has not asked for it", () => {
    const { dialogue, shouting } = serving(() => (_, response) => response.upgrade("chat/1", shouting.take));
    expect(parts(dialogue.ask(request("GET /chat")).answer).status).toBe(500);
    expect(parts(dialogue.ask(request("GET /chat", "Upgrade: chat/1\r\n")).answer).status).toBe(500);
    expect(parts(dialogue.ask(`GET /chat HTTP/1.0\r\n${UPGRADE}\r\n`).answer).status).toBe(500);
    expect(dialogue.logged[0]).toContain("the client has not asked for it");
  });

  it("is not handed over in the middle of a request", () => {
    const { dialogue } = serving(upgrading);
    const { answer } = dialogue.ask(request("POST /chat", `${UPGRADE}Content-Length: 3\r\n`, "a"));
    expect(parts(answer).status).toBe(500);
    expect(dialogue.logged[0]).toContain("not read to its end");
  });

  it("is closed if who takes it throws", () => {
    const { dialogue } = serving(() => (_, response) => {
      response.upgrade("chat/1", () => {
        throw new Error("no memory");
      });
    });
    const { client } = dialogue.ask(request("GET /chat", UPGRADE));
    expect(client.closed).toBe(true);
    expect(dialogue.logged).toEqual(["handing a connection over: Error: no memory"]);
  });

  it("is lost with its client without a word", () => {
    const { dialogue, shouting } = serving(upgrading);
    const client = dialogue.connect(10);
    client.stall(true);
    dialogue.say(client, request("GET /chat", UPGRADE));
    client.reset();
    dialogue.time.settle();
    expect(shouting.tcp).toBeUndefined();
    expect(dialogue.server.connections).toBe(0);
  });
});

describe("CONNECT", () => {
  it("hands the connection over behind a 200 without framing", () => {
    const targets: string[] = [];
    const { dialogue, shouting } = serving((taking) => (given, response) => {
      targets.push(given.rawTarget);
      response.tunnel(taking.take);
    });
    const { client, answer } = dialogue.ask(`${request("CONNECT example.com:443")}early`);
    expect(answer).toBe("HTTP/1.1 200 OK\r\n\r\n");
    expect([targets, shouting.early]).toEqual([["example.com:443"], "early"]);
    expect(dialogue.say(client, "hello")).toBe("HELLO");
  });

  it("can be refused, and the connection is kept", () => {
    const { dialogue } = serving(() => (_, response) => response.problem(403));
    const { client, answer } = dialogue.ask(request("CONNECT example.com:443"));
    expect(parts(answer).status).toBe(403);
    expect(parts(dialogue.say(client, request("CONNECT example.com:443"))).status).toBe(403);
  });

  it("answered 2xx without a tunnel has no body, and ends the connection: the client speaks another protocol now", () => {
    const { dialogue } = serving(() => (_, response) => response.send("no tunnel"));
    const { client, answer } = dialogue.ask(request("CONNECT example.com:443"));
    expect(parts(answer).body).toBe("");
    expect(parts(answer).fields).toContain("Connection: close");
    expect(answer).not.toContain("Content-Length");
    expect(client.ended).toBe(true);
  });

  it("is the only method that opens a tunnel", () => {
    const { dialogue } = serving((taking) => (_, response) => response.tunnel(taking.take));
    expect(parts(dialogue.ask(request("GET /chat")).answer).status).toBe(500);
  });

  it("hands over nothing once something was sent", () => {
    let thrown: unknown;
    const { dialogue } = serving((taking) => (_, response) => {
      response.send();
      try {
        response.tunnel(taking.take);
      } catch (error) {
        thrown = error;
      }
    });
    dialogue.ask(request("CONNECT example.com:443"));
    expect(thrown).toBeInstanceOf(NetworkError);
  });
});

describe("TRACE", () => {
  const fields =
    "X-One: \u00fc\r\nCookie: a=b\r\nAUTHORIZATION: Basic x\r\nProxy-Authorization: y\r\nX-One: 2\r\n";

  function tracing(trace: boolean): Dialogue {
    const dialogue = new Dialogue({ trace });
    dialogue.server.get("/", (_, response) => response.send("hello")).start();
    return dialogue;
  }

  it("is answered 405 unless it is turned on", () => {
    expect(parts(tracing(false).ask(request("TRACE /")).answer).status).toBe(405);
  });

  it("is answered with the request, byte for byte, without what tells who the client is", () => {
    const { client, answer } = tracing(true).ask(request("TRACE /anywhere?a=b", fields));
    expect(parts(answer).fields).toContain("Content-Type: message/http");
    expect(parts(answer).body).toBe(
      "TRACE /anywhere?a=b HTTP/1.1\r\nHost: device\r\nX-One: \u00fc\r\nX-One: 2\r\n\r\n",
    );
    expect(client.closed).toBe(false);
  });

  it("has no body", () => {
    expect(parts(tracing(true).ask(request("TRACE /", "Content-Length: 3\r\n", "abc")).answer).status).toBe(
      400,
    );
  });
});
