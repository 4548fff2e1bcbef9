import { describe, expect, it } from "@jest/globals";
import {
  HEAD_TIME_LIMIT,
  IDLE_TIME_LIMIT,
  LINGER_TIME_LIMIT,
  REQUEST_TIME_LIMIT,
  RESPONSE_TIME_LIMIT,
  SEND_TIME_LIMIT,
  type HttpRequest,
} from "../../src/http/index.js";
import { Dialogue, request } from "./dialogue.js";
import type { MemoryClient } from "./memory-io.js";

/** What became of a connection: the statuses of the answers to what brought it into its state, and after. */
type Outcome = string;

interface State {
  /** Brings a new connection into the state. */
  enter(dialogue: Dialogue, client: MemoryClient): void;
  /** Milliseconds until its deadline; Infinity if it has none. */
  readonly time: number;
  /** What is answered, and whether the connection is closed, when the client ends its side … */
  readonly end: Outcome;
  /** … and when the deadline comes. */
  readonly deadline: Outcome;
}

const LENGTH = "Content-Length: 6\r\n";

/** Each state of a connection. A reset closes all of them, with not a byte more. */
const STATES: Readonly<Record<string, State>> = {
  "new, silent": {
    enter: () => undefined,
    time: IDLE_TIME_LIMIT,
    end: "closed",
    deadline: "closed",
  },
  "idle behind an answer": {
    enter: (dialogue, client) => dialogue.say(client, request("GET /")),
    time: IDLE_TIME_LIMIT,
    end: "closed",
    deadline: "closed",
  },
  "in a head": {
    enter: (dialogue, client) => dialogue.say(client, "GET / HT"),
    time: HEAD_TIME_LIMIT,
    end: "400 closed",
    deadline: "408 ended",
  },
  "in a body that is wanted whole": {
    enter: (dialogue, client) => dialogue.say(client, request("POST /whole", LENGTH, "abc")),
    time: REQUEST_TIME_LIMIT,
    end: "400 closed",
    deadline: "408 ended",
  },
  "in a body that is read": {
    enter: (dialogue, client) => dialogue.say(client, request("POST /read", LENGTH, "abc")),
    time: REQUEST_TIME_LIMIT,
    end: "400 closed",
    deadline: "408 ended",
  },
  "in a body that nobody reads": {
    enter: (dialogue, client) => dialogue.say(client, request("POST /hold", LENGTH, "abc")),
    time: RESPONSE_TIME_LIMIT,
    end: "open",
    deadline: "503 ended",
  },
  "awaiting a handler": {
    enter: (dialogue, client) => dialogue.say(client, request("GET /never")),
    time: RESPONSE_TIME_LIMIT,
    end: "open",
    deadline: "503 ended",
  },
  "in an answer that is written": {
    enter: (dialogue, client) => dialogue.say(client, request("GET /write")),
    time: Infinity,
    end: "open",
    deadline: "open",
  },
  "in an answer to HEAD that a handler does not end": {
    enter: (dialogue, client) => dialogue.say(client, request("HEAD /write")),
    time: RESPONSE_TIME_LIMIT,
    end: "open",
    deadline: "closed",
  },
  "behind an answer, in a body whose reader pauses": {
    enter: (dialogue, client) => dialogue.say(client, request("POST /pause", LENGTH, "abc")),
    time: RESPONSE_TIME_LIMIT,
    end: "open",
    deadline: "closed",
  },
  "in an answer that is written while its request is read": {
    enter: (dialogue, client) => dialogue.say(client, request("POST /echo", LENGTH, "abc")),
    time: REQUEST_TIME_LIMIT,
    end: "closed",
    deadline: "closed",
  },
  "in an answer that the client does not take": {
    enter(dialogue, client) {
      client.stall(true);
      dialogue.say(client, request("GET /large"));
    },
    time: SEND_TIME_LIMIT,
    end: "open",
    deadline: "closed",
  },
  "in a source that the client does not take": {
    enter(dialogue, client) {
      client.stall(true);
      dialogue.say(client, request("GET /source"));
    },
    time: SEND_TIME_LIMIT,
    end: "open",
    deadline: "closed",
  },
  "dropping a body behind its answer": {
    enter: (dialogue, client) => dialogue.say(client, request("POST /early", LENGTH, "abc")),
    time: LINGER_TIME_LIMIT,
    end: "closed",
    deadline: "closed",
  },
  "lingering behind a refusal": {
    enter: (dialogue, client) => dialogue.say(client, "GET /\r\n\r\n"),
    time: LINGER_TIME_LIMIT,
    end: "closed",
    deadline: "closed",
  },
};

function serving(): Dialogue {
  const dialogue = new Dialogue();
  const { server } = dialogue;
  const stream = { body: "stream" } as const;
  const ignored = { onData: () => undefined, onEnd: () => undefined };
  server.get("/", (_, response) => response.send("hello"));
  server.get("/never", () => undefined);
  server.get("/large", (_, response) => response.send(new Uint8Array(20_000)));
  server.get("/source", (_, response) =>
    response.sendFrom({ length: 20_000, read: (buffer) => buffer.length }),
  );
  server.get("/write", (_, response) => void response.write("some"));
  server.post("/whole", (_, response) => response.send("whole"));
  server.post("/early", (_, response) => response.send("early"), stream);
  server.post("/read", (given) => given.readBody(ignored), stream);
  server.post("/hold", () => undefined, stream);
  server.post(
    "/echo",
    (given, response) => {
      response.write("some");
      given.readBody(ignored);
    },
    stream,
  );
  server.post(
    "/pause",
    (given, response) => {
      given.readBody({
        onData: () => {
          given.pause();
          response.send("enough");
        },
        onEnd: () => undefined,
      });
    },
    stream,
  );
  server.start();
  return dialogue;
}

function outcome(client: MemoryClient): Outcome {
  const statuses = [...client.take().matchAll(/HTTP\/1.1 (\d+)/g)].map(([, status]) => status!);
  return [...statuses, client.closed ? "closed" : client.ended ? "ended" : "open"].join(" ");
}

/** A connection in a state. */
function connected(state: State): { dialogue: Dialogue; client: MemoryClient } {
  const dialogue = serving();
  const client = dialogue.connect();
  state.enter(dialogue, client);
  client.take();
  return { dialogue, client };
}

describe.each(Object.entries(STATES))("a connection %s", (_, state) => {
  it(`whose client ends: ${state.end}`, () => {
    const { dialogue, client } = connected(state);
    client.end();
    dialogue.time.settle();
    expect(outcome(client)).toBe(state.end);
  });

  it("whose client resets it is closed, and nothing is left of it", () => {
    const { dialogue, client } = connected(state);
    client.reset();
    dialogue.time.settle();
    expect(outcome(client)).toBe("closed");
    expect(dialogue.server.connections).toBe(0);
    expect(dialogue.time.pending).toBe(0);
  });

  it(`whose time is over: ${state.deadline}`, () => {
    const { dialogue, client } = connected(state);
    if (state.time === Infinity) dialogue.time.advance(24 * 3600 * 1000);
    else {
      dialogue.time.advance(state.time - 1);
      expect(client.closed || client.take() !== "").toBe(false);
      dialogue.time.advance(1);
    }
    expect(outcome(client)).toBe(state.deadline);
  });

  it("is closed with the server, and nothing is left of it", () => {
    const { dialogue, client } = connected(state);
    dialogue.server.stop();
    dialogue.time.settle();
    expect(client.closed).toBe(true);
    expect(dialogue.time.pending).toBe(0);
  });
});

it("a reader that goes on behind its answer leaves the client its time for the rest", () => {
  const dialogue = new Dialogue();
  let given: HttpRequest | undefined;
  dialogue.server.post(
    "/",
    (request, response) => {
      given = request;
      request.readBody({ onData: () => request.pause(), onEnd: () => undefined });
      response.send("early");
    },
    { body: "stream" },
  );
  dialogue.server.start();
  const client = dialogue.connect();
  dialogue.say(client, request("POST /", LENGTH, "abc"));
  dialogue.time.advance(RESPONSE_TIME_LIMIT - 1);
  given!.resume();
  dialogue.time.advance(RESPONSE_TIME_LIMIT);
  expect(client.closed).toBe(false);
  dialogue.say(client, "def");
  given!.resume();
  dialogue.time.settle();
  expect(dialogue.say(client, "GET / HTTP/1.1\r\nHost: device\r\n\r\n")).toContain("405");
});
