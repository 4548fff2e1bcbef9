import { describe, expect, it } from "@jest/globals";
import { RECEIVE_LIMIT } from "../../../../hosts/xs/io/index.js";
import {
  HANDSHAKE_TIME_LIMIT,
  createSecureSockets,
  type XsSecureOptions,
} from "../../../../hosts/xs/tls/index.js";
import { neighbors } from "../../../../simulator/scenarios/neighbors.js";
import type { NetworkError } from "../../../../src/error/index.js";
import type { Io, SecureOptions, Tcp, TcpOptions } from "../../../../src/host/index.js";
import {
  ALERT,
  CHANGE_CIPHER_SPEC,
  CLOSE_NOTIFY,
  DATA,
  HANDSHAKE,
  dataRecord,
  fakeTls,
  record,
} from "./fake-tls.js";

/** What a server does with a record that has come. */
type Answer = (server: Server, type: number, content: Buffer) => void;

/** Answers "hello NAME" by a certificate for that name, and "finished" by the same. */
const honest: Answer = (server, type, content) => {
  const text = content.toString("latin1");
  if (type === HANDSHAKE && text.startsWith("hello ")) server.send(HANDSHAKE, `certificate ${text.slice(6)}`);
  if (type === HANDSHAKE && text === "finished") {
    server.send(CHANGE_CIPHER_SPEC, Uint8Array.of(1));
    server.send(HANDSHAKE, "finished");
  }
};

/** A server's connection, as records. */
class Server {
  tcp: Tcp | undefined;
  /** Types of the records that have come. */
  readonly types: number[] = [];
  readonly contents: Buffer[] = [];
  #rest = Buffer.alloc(0);
  #queue = Buffer.alloc(0);
  #room = 0;

  constructor(
    readonly io: Io,
    readonly answer: Answer,
  ) {}

  listen(): number {
    const listener = new this.io.Listener({
      onReadable: () => {
        const from = listener.read()!;
        this.tcp = new this.io.TCP({
          from,
          onWritable: (room) => this.#flush(room),
          onReadable: () => this.#receive(),
        });
      },
    });
    return listener.port;
  }

  send(type: number, content: Uint8Array | string): void {
    this.sendBytes(record(type, content));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#queue = Buffer.concat([this.#queue, bytes]);
    this.#flush(this.#room);
  }

  #flush(room: number): void {
    const part = this.#queue.subarray(0, room);
    this.#queue = this.#queue.subarray(part.length);
    this.#room = part.length === 0 ? room : this.tcp!.write(part);
  }

  #receive(): void {
    this.#rest = Buffer.concat([this.#rest, new Uint8Array(this.tcp!.read() as ArrayBuffer)]);
    while (this.#rest.length >= 5 && this.#rest.length >= 5 + this.#rest.readUInt16BE(3)) {
      const end = 5 + this.#rest.readUInt16BE(3);
      const [type, content] = [this.#rest[0]!, this.#rest.subarray(5, end)];
      this.#rest = this.#rest.subarray(end);
      this.types.push(type);
      if (type === DATA) this.contents.push(content.subarray(0, content.length - 24));
      this.answer(this, type, content);
    }
  }
}

interface Client {
  readonly tcp: Tcp;
  readonly events: string[];
  readonly pieces: Buffer[];
  error: NetworkError | undefined;
}

class World {
  readonly lan = neighbors(["client", "server"]);
  readonly server: Server;
  readonly port: number;
  readonly io: Io;

  constructor(answer: Answer = honest) {
    this.io = this.lan.find("client").stack.io;
    this.server = new Server(this.lan.find("server").stack.io, answer);
    this.port = this.server.listen();
  }

  secure(options: XsSecureOptions & SecureOptions & { name?: string } = {}): Pick<Io, "TCP"> {
    const { timers } = this.lan.simulation;
    const sockets = createSecureSockets(fakeTls(timers), this.io, timers, options);
    return sockets.connect(options.name ?? "device.local", options.alpn && { alpn: options.alpn });
  }

  connect(io = this.secure(), options: TcpOptions = {}): Client {
    const events: string[] = [];
    const pieces: Buffer[] = [];
    const note = (event: string): void => {
      if (events.at(-1) !== event) events.push(event);
    };
    const where = { address: this.lan.find("server").subnet.address.toString(), port: this.port };
    const tcp: Tcp = new io.TCP({
      ...where,
      onWritable: () => note("writable"),
      onReadable() {
        note("readable");
        pieces.push(Buffer.from(this.read() as ArrayBuffer));
      },
      onEnd: () => note("end"),
      onError: (error) => {
        client.error = error as NetworkError;
        note("error");
      },
      ...options,
    });
    const client: Client = { tcp, events, pieces, error: undefined };
    return client;
  }

  pass(duration: number): void {
    this.lan.simulation.advance(duration);
  }
}

describe("the SDK's TLS", () => {
  it("is writable when its handshake is done, and carries bytes both ways", () => {
    const world = new World();
    const client = world.connect();
    expect(client.events).toEqual([]);
    expect(() => client.tcp.write(Buffer.from("early"))).toThrow("EWOULDBLOCK");
    world.pass(100);
    expect(client.events).toEqual(["writable"]);
    client.tcp.write(Buffer.from("question"));
    world.pass(100);
    world.server.sendBytes(dataRecord(Buffer.from("answer")));
    world.pass(100);
    expect(Buffer.concat(world.server.contents).toString()).toBe("question");
    expect(Buffer.concat(client.pieces).toString()).toBe("answer");
    expect([client.tcp.remoteAddress, client.tcp.remotePort]).toEqual(["192.168.1.11", world.port]);
  });

  it("takes many records at once, each in a turn of its own", () => {
    const world = new World();
    const client = world.connect();
    world.pass(100);
    const words = Array.from({ length: 20 }, (_, index) => Buffer.from(`${index} `));
    world.server.sendBytes(Buffer.concat(words.map(dataRecord)));
    world.pass(100);
    expect(Buffer.concat(client.pieces).toString()).toBe(Buffer.concat(words).toString());
  });

  it("holds the peer up while nobody reads, and loses nothing", () => {
    const world = new World();
    const page = Buffer.alloc(400_000, "0123456789");
    const client = world.connect(undefined, { onReadable: () => undefined });
    world.pass(100);
    for (let at = 0; at < page.length; at += 1000)
      world.server.sendBytes(dataRecord(page.subarray(at, at + 1000)));
    world.server.send(ALERT, CLOSE_NOTIFY);
    world.pass(10_000);
    const pieces: Buffer[] = [];
    for (let turn = 0; turn < 2_000 && client.events.at(-1) !== "error"; turn++) {
      const bytes = client.tcp.read();
      if (bytes instanceof ArrayBuffer) {
        expect(bytes.byteLength).toBeLessThan(RECEIVE_LIMIT + 1000);
        pieces.push(Buffer.from(bytes));
      }
      world.pass(1);
    }
    expect(Buffer.concat(pieces).equals(page)).toBe(true);
    expect(client.events).toEqual(["writable", "end", "error"]);
  });

  it("writes as much as there is room for, with what a record needs besides", () => {
    const world = new World();
    const page = Buffer.alloc(300_000, "abcdefg");
    let at = 0;
    world.connect(undefined, {
      onWritable(room) {
        while (room > 0 && at < page.length) {
          const part = page.subarray(at, at + room);
          at += part.length;
          room = this.write(part);
          expect(() => this.write(Buffer.alloc(room + 1))).toThrow("EWOULDBLOCK");
        }
      },
    });
    world.pass(10_000);
    expect(Buffer.concat(world.server.contents).equals(page)).toBe(true);
    expect(Math.max(...world.server.contents.map(({ length }) => length))).toBeLessThanOrEqual(16_384);
  });

  it("has no half-close: who writes after the peer's end fails", () => {
    const world = new World();
    const client = world.connect();
    world.pass(100);
    world.server.sendBytes(Buffer.concat([dataRecord(Buffer.from("bye")), record(ALERT, CLOSE_NOTIFY)]));
    world.pass(100);
    expect(client.events).toEqual(["writable", "readable", "end", "error"]);
    expect(client.error).toMatchObject({ code: "EPIPE" });
    expect(() => client.tcp.write(Buffer.from("more"))).toThrow("EPIPE");
    expect(client.tcp.shutdown).toBeUndefined();
  });

  it("says that something may be missing if the peer ends without TLS's own end", () => {
    const world = new World();
    const client = world.connect();
    world.pass(100);
    world.server.sendBytes(dataRecord(Buffer.from("half a")));
    world.server.tcp!.shutdown!();
    world.pass(100);
    expect(client.events).toEqual(["writable", "readable", "error"]);
    expect(client.error!.message).toMatch(
      /the peer left before the end of TLS: .* may be cut \(ECONNRESET\)$/,
    );
  });

  it("leaves what the app throws in a callback to the app", () => {
    const world = new World();
    const client = world.connect(undefined, {
      onWritable() {
        const isFirst = this.target === undefined;
        this.target = "thrown";
        if (isFirst) throw new Error("the app's own");
      },
    });
    expect(() => world.pass(100)).toThrow("the app's own");
    world.pass(100);
    expect(client.events).toEqual([]);
    client.tcp.write(Buffer.from("still here"));
    world.pass(100);
    expect(Buffer.concat(world.server.contents).toString()).toBe("still here");
  });

  it("calls nothing after it was closed", () => {
    const world = new World();
    const client = world.connect();
    client.tcp.close();
    world.pass(1_000);
    expect(client.events).toEqual([]);
    expect(() => client.tcp.read()).toThrow("EBADF");
    expect(world.server.types).toEqual([]);
  });
});

describe("a handshake by the SDK's TLS", () => {
  it.each<[what: string, answer: Answer, code: string, message: string]>([
    [
      "another's certificate",
      (server) => server.send(HANDSHAKE, "certificate evil"),
      "EACCES",
      "its certificate is refused",
    ],
    ["an alert", (server) => server.send(ALERT, Uint8Array.of(2, 70)), "EPROTO", "TLS: alert: 2, 70"],
    [
      "plain HTTP",
      (server) => server.sendBytes(Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n")),
      "EPROTO",
      "the peer speaks something else",
    ],
    ["an end", (server) => server.tcp!.close(), "ECONNRESET", "the peer left in the TLS handshake"],
  ])("fails clearly with %s", (_, answer, code, message) => {
    const world = new World(answer);
    const client = world.connect();
    world.pass(1_000);
    expect(client.events).toEqual(["error"]);
    expect(client.error!.code).toBe(code);
    expect(client.error!.message).toContain(message);
    expect(client.error!.subject).toBe(`192.168.1.11:${world.port}`);
  });

  it("is not done because the peer says that all is over: nothing is written in clear", () => {
    const world = new World((server) => server.send(ALERT, CLOSE_NOTIFY));
    const client = world.connect(undefined, {
      onWritable() {
        this.write(Buffer.from("secret"));
      },
    });
    world.pass(1_000);
    expect(client.events).toEqual(["error"]);
    expect(client.error!.message).toMatch(/the peer ended the handshake before it was done \(EPROTO\)$/);
    expect(world.server.types).toEqual([HANDSHAKE]);
  });

  it("has a time limit", () => {
    const world = new World(() => undefined);
    const client = world.connect();
    world.pass(HANDSHAKE_TIME_LIMIT - 1);
    expect(client.events).toEqual([]);
    world.pass(100);
    expect(client.events).toEqual(["error"]);
    expect(client.error).toMatchObject({ code: "ETIMEDOUT", operation: "TLS handshake with" });
  });

  it("fails as the TCP does", () => {
    const world = new World();
    const client = world.connect(undefined, { port: 9 });
    world.pass(1_000);
    expect(client.error).toMatchObject({ code: "ECONNREFUSED" });
    expect(() => world.connect(undefined, { address: "nowhere" })).toThrow("(EINVAL)");
    expect(() => world.secure({ name: "" })).toThrow("no server name given (EINVAL)");
  });

  it("fails if the authority is not valid now, as where nobody has set the time", () => {
    const world = new World();
    const client = world.connect(world.secure({ ca: new Uint8Array(0) }));
    expect(client.events).toEqual([]);
    world.pass(1);
    expect(client.error).toMatchObject({ code: "EACCES" });
  });

  it("takes any certificate if it is told to", () => {
    const world = new World((server, type, content) => {
      if (content.toString().startsWith("hello")) server.send(HANDSHAKE, "certificate evil");
      else honest(server, type, content);
    });
    const client = world.connect(world.secure({ rejectUnauthorized: false }));
    world.pass(100);
    expect(client.events).toEqual(["writable"]);
  });
});

describe("a record that is broken", () => {
  it.each([1, 2])("ends the connection, not the app, as number %d", (number) => {
    const world = new World();
    const client = world.connect();
    world.pass(100);
    const good = Array.from({ length: number - 1 }, () => dataRecord(Buffer.from("good")));
    world.server.sendBytes(Buffer.concat([...good, record(DATA, "short")]));
    world.pass(100);
    expect(client.events.at(-1)).toBe("error");
    expect(client.error!.message).toMatch(/TLS: auth err \(EPROTO\)$/);
    expect(() => client.tcp.write(Buffer.from("more"))).toThrow("EPROTO");
  });
});

describe("`from`", () => {
  it("takes a connection over, with what has come", () => {
    const world = new World();
    const io = world.secure();
    const first = world.connect(io, { onReadable: () => undefined });
    world.pass(100);
    world.server.sendBytes(dataRecord(Buffer.from("for the next")));
    world.pass(100);
    const second = world.connect(io, { from: first.tcp });
    expect(() => first.tcp.read()).toThrow("EBADF");
    world.pass(10);
    expect(second.events).toEqual(["writable", "readable"]);
    expect(Buffer.concat(second.pieces).toString()).toBe("for the next");
  });

  it("starts TLS on a connection without, as in a proxy's tunnel", () => {
    const world = new World();
    const plain = world.connect(world.io);
    world.pass(100);
    const client = world.connect(world.secure(), { from: plain.tcp });
    world.pass(100);
    expect(client.events).toEqual(["writable"]);
    expect(client.tcp.remoteAddress).toBe("192.168.1.11");
  });
});
