import { afterEach, describe, expect, it } from "@jest/globals";
import { createServer, connect as nodeConnect, type Server, type Socket } from "node:net";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { MAX_DATAGRAM, nodeIo, RECEIVE_LIMIT, SEND_LIMIT } from "../../hosts/node/io/index.js";
import { NetworkError } from "../../src/error/index.js";
import type { Listener, ListenerOptions, Tcp, TcpOptions, Udp, UdpOptions } from "../../src/host/index.js";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

/** Resolves with the value that `give` is called with first. */
function first<T = void>(start: (give: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve) => start(resolve));
}

const text = (data: ArrayBuffer | number | undefined): string =>
  Buffer.from(data as ArrayBuffer).toString("latin1");
const bytes = (content: string): Uint8Array => Buffer.from(content, "latin1");

function tcp(options: TcpOptions): Tcp {
  const socket = new nodeIo.TCP(options);
  cleanups.push(() => socket.close());
  return socket;
}

function listen(options: ListenerOptions = {}): Listener {
  const listener = new nodeIo.Listener({ port: 0, ...options });
  cleanups.push(() => listener.close());
  return listener;
}

function udp(options: UdpOptions): Udp {
  const socket = new nodeIo.UDP(options);
  cleanups.push(() => socket.close());
  return socket;
}

/** A plain server of Node's, and its side of the connections. */
async function plainServer(onConnection: (socket: Socket) => void): Promise<number> {
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    cleanups.push(() => socket.destroy());
    socket.on("error", () => undefined);
    onConnection(socket);
  });
  cleanups.push(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as { port: number }).port;
}

function plainClient(port: number): Socket {
  const socket = nodeConnect({ port, host: "127.0.0.1", allowHalfOpen: true });
  cleanups.push(() => socket.destroy());
  socket.on("error", () => undefined);
  return socket;
}

/** A port of the loopback address that nobody has. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

describe("TCP", () => {
  it("connects, writes, reads", async () => {
    const port = await plainServer((socket) => socket.pipe(socket));
    const answer = await first<string>((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        onWritable(room) {
          if (room === SEND_LIMIT) this.write(bytes("hello"));
        },
        onReadable(count) {
          expect(count).toBe(5);
          give(text(this.read()));
        },
      });
    });
    expect(answer).toBe("hello");
  });

  it("calls nothing from inside the constructor, read or write", async () => {
    const port = await plainServer((socket) => socket.pipe(socket));
    let inside = true;
    await first((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        onWritable() {
          expect(inside).toBe(false);
          inside = true;
          this.write(bytes("x"));
          inside = false;
        },
        onReadable() {
          expect(inside).toBe(false);
          inside = true;
          this.read();
          inside = false;
          this.close();
          give();
        },
      });
      inside = false;
    });
  });

  it("reads all, a number of bytes, into a buffer, and a byte", async () => {
    const port = await plainServer((socket) => socket.write("0123456789abcdef"));
    const client = await first<Tcp>((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        onReadable(count) {
          if (count === 16) give(this);
        },
      });
    });
    expect(text(client.read(3))).toBe("012");
    const view = new Uint8Array(8).subarray(2, 6);
    expect(client.read(view)).toBe(4);
    expect(text(view.buffer)).toBe("\0\x003456\0\0");
    expect(client.read(new ArrayBuffer(2))).toBe(2);
    client.format = "number";
    expect(client.read()).toBe(0x39);
    client.format = "buffer";
    expect(() => client.read(7)).toThrow(expect.objectContaining({ code: "EWOULDBLOCK" }));
    expect(text(client.read())).toBe("abcdef");
    expect(client.read()).toBeUndefined();
    expect(client.read(view)).toBeUndefined();
  });

  it("writes a byte with format number", async () => {
    const port = await plainServer((socket) => socket.pipe(socket));
    const byte = await first<number>((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        format: "number",
        target: "kept",
        onWritable(room) {
          if (room === SEND_LIMIT && this.target === "kept") this.write(0x42);
        },
        onReadable() {
          give(this.read() as number);
          this.close();
        },
      });
    });
    expect(byte).toBe(0x42);
  });

  it("takes what there is room for, says how much is left, and tells when there is more", async () => {
    let received = 0;
    const port = await plainServer((socket) => socket.on("data", (piece) => (received += piece.length)));
    let sent = 0;
    await first((give) => {
      const data = new Uint8Array(1000);
      tcp({
        address: "127.0.0.1",
        port,
        onWritable(room) {
          if (sent > 3 * SEND_LIMIT) {
            this.close();
            give();
            return;
          }
          while (room >= data.length) {
            const left = this.write(data);
            expect(left).toBe(room - data.length);
            room = left;
            sent += data.length;
          }
          expect(() => this.write(data)).toThrow(expect.objectContaining({ code: "EWOULDBLOCK" }));
        },
      });
    });
    while (received < sent) await new Promise(setImmediate);
    expect(received).toBe(sent);
  });

  it("keeps a copy of what was written", async () => {
    const port = await plainServer((socket) => socket.pipe(socket));
    const answer = await first<string>((give) => {
      let echo = "";
      tcp({
        address: "127.0.0.1",
        port,
        onWritable(room) {
          if (room < SEND_LIMIT || echo !== "") return;
          const data = new Uint8Array(20_000).fill(0x61);
          this.write(data);
          data.fill(0x62);
        },
        onReadable() {
          echo += text(this.read());
          if (echo.length === 20_000) give(echo);
        },
      });
    });
    expect(answer).toBe("a".repeat(20_000));
  });

  it("lets the peer wait while nobody reads, and loses nothing", async () => {
    const total = 8 * 1024 * 1024;
    let flushed = false;
    const port = await plainServer((socket) => socket.end(Buffer.alloc(total, 0x7a), () => (flushed = true)));
    const client = await first<Tcp>((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        onReadable(count) {
          expect(count).toBeLessThan(2 * RECEIVE_LIMIT);
          if (count >= RECEIVE_LIMIT) give(this);
        },
        onEnd() {
          this.target = "ended";
        },
      });
    });
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
    expect(flushed).toBe(false);
    const buffer = new Uint8Array(10_000);
    let count = 0;
    while (client.target !== "ended") {
      count += client.read(buffer) ?? 0;
      if (count % 7 === 0) await new Promise(setImmediate);
    }
    expect(count).toBe(total);
  });

  it("tells the peer's end when all is read, and can still write", async () => {
    const received: string[] = [];
    const port = await plainServer((socket) => {
      socket.on("data", (piece) => received.push(piece.toString()));
      socket.end("last words");
    });
    const events: string[] = [];
    const client = await first<Tcp>((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        onReadable() {
          events.push("readable");
          // Not read at once: the end has to wait for it.
          setImmediate(() => {
            events.push(text(this.read(4)), text(this.read()));
          });
        },
        onEnd() {
          events.push("end");
          give(this);
        },
        onError() {
          events.push("error");
        },
      });
    });
    expect(events).toEqual(["readable", "last", " words", "end"]);
    client.write(bytes("thanks"));
    client.close();
    while (received.length === 0) await new Promise(setImmediate);
    expect(received).toEqual(["thanks"]);
  });

  it("tells the peer's end through onError where there is no onEnd", async () => {
    const port = await plainServer((socket) => socket.end());
    const [client, error] = await first<[Tcp, Error | undefined]>((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        onError(cause) {
          give([this, cause]);
        },
      });
    });
    expect(error).toBeUndefined();
    expect(() => client.write(bytes("x"))).toThrow(expect.objectContaining({ code: "EPIPE" }));
  });

  it("tells a refused connection", async () => {
    const port = await freePort();
    const error = await first<Error | undefined>((give) => {
      tcp({ address: "127.0.0.1", port, onError: give });
    });
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ code: "ECONNREFUSED", operation: "connect", subject: `127.0.0.1:${port}` });
  });

  it("tells a reset", async () => {
    const port = await plainServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const [client, error] = await first<[Tcp, Error | undefined]>((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        onWritable() {
          this.write(bytes("x"));
        },
        onError(cause) {
          give([this, cause]);
        },
      });
    });
    expect(error).toMatchObject({ code: "ECONNRESET" });
    expect(client.remoteAddress).toBe("127.0.0.1");
    expect(() => client.write(bytes("x"))).toThrow(NetworkError);
  });

  it("calls nothing after close", async () => {
    let calls = 0;
    const sockets: Socket[] = [];
    const port = await plainServer((socket) => sockets.push(socket));
    const client = tcp({
      address: "127.0.0.1",
      port,
      onReadable: () => calls++,
      onWritable: () => calls++,
      onError: () => calls++,
      onEnd: () => calls++,
    });
    while (sockets.length === 0 || calls === 0) await new Promise(setImmediate);
    const before = calls;
    client.close();
    sockets[0]!.end("more");
    await once(sockets[0]!.resume(), "close");
    expect(calls).toBe(before);
    expect(() => client.read()).toThrow(expect.objectContaining({ code: "EBADF" }));
    expect(() => client.write(bytes("x"))).toThrow(expect.objectContaining({ code: "EBADF" }));
    client.close();
  });

  it("sends what was written before it closes", async () => {
    const whole = first<string>((give) => {
      void plainServer((socket) => {
        let content = "";
        socket.on("data", (piece) => (content += piece.toString()));
        socket.on("end", () => give(content));
      }).then((port) => {
        tcp({
          address: "127.0.0.1",
          port,
          onWritable() {
            this.write(new Uint8Array(SEND_LIMIT).fill(0x61));
            this.close();
          },
        });
      });
    });
    expect(await whole).toHaveLength(SEND_LIMIT);
  });

  it("would block before it is connected", async () => {
    const port = await plainServer(() => undefined);
    const client = tcp({ address: "127.0.0.1", port });
    expect(() => client.write(bytes("x"))).toThrow(expect.objectContaining({ code: "EWOULDBLOCK" }));
    expect(client.remoteAddress).toBe("127.0.0.1");
    expect(client.remotePort).toBe(port);
    client.close();
  });

  it.each([
    ["no address", { port: 80 }],
    ["a name", { address: "localhost", port: 80 }],
    ["no port", { address: "127.0.0.1" }],
    ["port 0", { address: "127.0.0.1", port: 0 }],
    ["a port that is none", { address: "127.0.0.1", port: 65536 }],
  ])("refuses %s", (_, options) => {
    expect(() => tcp(options)).toThrow(expect.objectContaining({ code: "EINVAL" }));
  });
});

describe("Listener", () => {
  it("knows its port at once", () => {
    expect(listen().port).toBeGreaterThan(0);
  });

  it("accepts connections, which are wrapped with from", async () => {
    const client = first<Socket>((give) => {
      const listener = listen({
        target: 7,
        onReadable(count) {
          expect([count, this.target]).toEqual([1, 7]);
          const bare = this.read()!;
          expect(this.read()).toBeUndefined();
          expect(bare.remotePort).toBe(socket.localPort);
          const server = tcp({
            from: bare,
            onReadable() {
              expect(text(this.read())).toBe("ping");
              this.write(bytes("pong"));
            },
          });
          expect(() => bare.read()).toThrow(expect.objectContaining({ code: "EBADF" }));
          expect([server.remoteAddress, server.localAddress]).toEqual(["127.0.0.1", "127.0.0.1"]);
          expect(server.localPort).toBe(listener.port);
        },
      });
      const socket = plainClient(listener.port);
      socket.write("ping");
      socket.on("data", (piece) => {
        expect(piece.toString()).toBe("pong");
        give(socket);
      });
    });
    await client;
  });

  it("keeps what comes before a connection is wrapped", async () => {
    const events = await first<string[]>((give) => {
      const listener = listen({
        onReadable() {
          const bare = this.read()!;
          // Long enough for the data and the end to have come.
          void ended.then(() => {
            const seen: string[] = [];
            tcp({
              from: bare,
              onWritable(room) {
                seen.push(`writable ${room}`);
              },
              onReadable(count) {
                seen.push(`readable ${count}`, text(this.read()));
              },
              onEnd() {
                give([...seen, "end"]);
              },
            });
            expect(seen).toEqual([]);
          });
        },
      });
      const socket = plainClient(listener.port);
      const ended = first((done) => socket.end("early", () => setImmediate(done)));
    });
    expect(events).toEqual([`writable ${SEND_LIMIT}`, "readable 5", "early", "end"]);
  });

  it("holds connections until they are read", async () => {
    let arrived = 0;
    const listener = listen({ onReadable: (count) => (arrived += count) });
    const clients = [1, 2, 3].map(() => plainClient(listener.port));
    while (arrived < 3) await new Promise(setImmediate);
    const ports = [listener.read(), listener.read(), listener.read(), listener.read()].map(
      (bare) => bare?.remotePort,
    );
    expect(ports.slice(0, 3).sort()).toEqual(clients.map((client) => client.localPort).sort());
    expect(ports[3]).toBeUndefined();
  });

  it("turns away what is above its backlog", async () => {
    const listener = listen({ backlog: 1 });
    const clients = [plainClient(listener.port), plainClient(listener.port)];
    await Promise.race(clients.map((client) => once(client.resume(), "close")));
    expect(listener.read()).toBeDefined();
    expect(listener.read()).toBeUndefined();
  });

  it("tells through onError that its port is taken", async () => {
    const { port } = listen();
    const [error, known] = await first<[Error | undefined, number]>((give) => {
      listen({
        port,
        onError(cause) {
          give([cause, this.port]);
        },
      });
    });
    expect(error).toMatchObject({ code: "EADDRINUSE", operation: "listen", subject: `*:${port}` });
    expect(known).toBe(0);
  });

  it("listens on one address", async () => {
    const listener = listen({ address: "127.0.0.1", port: await freePort() });
    while (listener.port === 0) await new Promise(setImmediate);
    await once(plainClient(listener.port), "connect");
  });

  it("frees its port and drops what waits when it is closed", async () => {
    const listener = listen();
    const { port } = listener;
    const client = plainClient(port);
    await once(client, "connect");
    listener.close();
    await once(client.resume(), "close");
    expect(() => listener.read()).toThrow(expect.objectContaining({ code: "EBADF" }));
    expect(listen({ port }).port).toBe(port);
  });

  it.each([{ port: -1 }, { port: 65536 }, { address: "everywhere" }])("refuses %j", (options) => {
    expect(() => listen(options)).toThrow(expect.objectContaining({ code: "EINVAL" }));
  });
});

describe("UDP", () => {
  it("knows its port at once, sends and receives", async () => {
    const answer = await first<[string, string, number]>((give) => {
      const server = udp({
        address: "127.0.0.1",
        onReadable(count) {
          expect(count).toBe(1);
          const datagram = this.read()!;
          expect(text(datagram)).toBe("ping");
          expect(this.read()).toBeUndefined();
          this.write(bytes("pong"), datagram.address, datagram.port);
        },
      });
      const client = udp({
        onReadable() {
          const { address, port } = this.read()!;
          give([address, `${port === server.port}`, port]);
        },
      });
      expect(client.port).toBeGreaterThan(0);
      client.write(bytes("ping"), "127.0.0.1", server.port!);
    });
    expect(answer.slice(0, 2)).toEqual(["127.0.0.1", "true"]);
  });

  it("speaks IPv6 where it is bound to such an address", async () => {
    const from = await first<string>((give) => {
      const server = udp({
        address: "::1",
        onReadable() {
          give(this.read()!.address);
        },
      });
      const client = udp({ address: "::1" });
      client.write(bytes("x"), "::1", server.port!);
      expect(() => client.write(bytes("x"), "127.0.0.1", 9)).toThrow(
        expect.objectContaining({ code: "EAFNOSUPPORT" }),
      );
    });
    expect(from).toBe("::1");
  });

  it("keeps a copy of what was written", async () => {
    const received = await first<string>((give) => {
      const server = udp({
        onReadable() {
          give(text(this.read()));
        },
      });
      const data = bytes("abc");
      udp({}).write(data, "127.0.0.1", server.port!);
      data.fill(0);
    });
    expect(received).toBe("abc");
  });

  it("throws if its port is taken", async () => {
    const other = createSocket("udp4");
    cleanups.push(() => other.close());
    other.bind(0);
    await once(other, "listening");
    const { port } = other.address();
    expect(() => udp({ port })).toThrow(
      expect.objectContaining({ code: "EADDRINUSE", operation: "bind", subject: `0.0.0.0:${port}` }),
    );
  });

  it("throws for an address that is not this host's", () => {
    expect(() => udp({ address: "192.0.2.1" })).toThrow(expect.objectContaining({ code: "EADDRNOTAVAIL" }));
  });

  it("refuses what can't be sent", () => {
    const socket = udp({});
    const data = new Uint8Array(MAX_DATAGRAM + 1);
    expect(() => socket.write(data, "127.0.0.1", 9)).toThrow(expect.objectContaining({ code: "EMSGSIZE" }));
    expect(() => socket.write(data, "localhost", 9)).toThrow(expect.objectContaining({ code: "EINVAL" }));
    expect(() => socket.write(data, "127.0.0.1", 0)).toThrow(expect.objectContaining({ code: "EINVAL" }));
    socket.close();
    expect(socket.port).toBeUndefined();
    expect(() => socket.write(bytes("x"), "127.0.0.1", 9)).toThrow(
      expect.objectContaining({ code: "EBADF" }),
    );
    expect(() => socket.read()).toThrow(expect.objectContaining({ code: "EBADF" }));
    socket.close();
  });
});
