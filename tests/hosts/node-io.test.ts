import { describe, expect, it } from "@jest/globals";
import type { Socket } from "node:net";
import { once } from "node:events";
import { RECEIVE_LIMIT, SEND_LIMIT } from "../../hosts/node/io/index.js";
import { NetworkError } from "../../src/error/index.js";
import type { Tcp } from "../../src/host/index.js";
import { bytes, first, freePort, plainServer, say, tcp, text } from "./support/loopback.js";

describe("TCP", () => {
  it("connects, writes, reads", async () => {
    const port = await plainServer((socket) => socket.pipe(socket));
    const answer = await first<string>((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        onWritable: say(bytes("hello")),
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
    const write = say(bytes("x"));
    let inside = true;
    await first((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        onWritable() {
          expect(inside).toBe(false);
          inside = true;
          write.call(this);
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
    expect(text(client.read(7))).toBe("abcdef");
    expect(client.read()).toBeUndefined();
    expect(client.read(view)).toBeUndefined();
  });

  it("takes no more than its limit in a turn of the event loop, however fast the kernel is", async () => {
    const port = await plainServer((socket) => socket.resume());
    const piece = new Uint8Array(SEND_LIMIT / 4);
    const taken = await first<number>((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        onWritable(room) {
          let count = 0;
          for (let left = room; left > 0 && count <= SEND_LIMIT; count += piece.length)
            left = this.write(piece);
          give(count);
        },
      });
    });
    expect(taken).toBe(SEND_LIMIT);
  });

  it("writes a byte with format number", async () => {
    const port = await plainServer((socket) => socket.pipe(socket));
    const byte = await first<number>((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        format: "number",
        target: "kept",
        onWritable: say(0x42),
        onReadable() {
          expect(this.target).toBe("kept");
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
          for (let left = room; left >= data.length; sent += data.length) {
            const before = left;
            left = this.write(data);
            expect(left).toBeGreaterThanOrEqual(before - data.length);
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
      const data = new Uint8Array(20_000).fill(0x61);
      const write = say(data);
      tcp({
        address: "127.0.0.1",
        port,
        onWritable() {
          write.call(this);
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
      const length = client.read(buffer);
      if (length === undefined) await new Promise(setImmediate);
      else count += length;
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
        onWritable: say(bytes("x")),
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
