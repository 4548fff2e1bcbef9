import { describe, expect, it } from "@jest/globals";
import { nodeIo } from "../../hosts/node/io/index.js";
import type { Tcp, TcpOptions } from "../../src/host/index.js";
import { bytes, first, freePort, listen, plainServer, tcp, text, udp } from "./support/loopback.js";

/** A client that is connected; what it is told is kept. */
function connected(options: TcpOptions): Promise<{ client: Tcp; events: string[] }> {
  const events: string[] = [];
  return first((give) => {
    tcp({
      address: "127.0.0.1",
      ...options,
      onWritable() {
        give({ client: this, events });
      },
      onReadable() {
        events.push(text(this.read()));
      },
      onEnd: () => events.push("end"),
      onError: (error) => events.push(String(error)),
    });
  });
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise(setImmediate);
}

describe("shutdown", () => {
  it("ends this side behind what was written, and reading goes on", async () => {
    const heard: string[] = [];
    const port = await plainServer((socket) => {
      socket.on("data", (piece) => heard.push(piece.toString()));
      socket.on("end", () => socket.end(`you said ${heard.join("")}`));
    });
    const { client, events } = await connected({ port });
    client.write(bytes("hello"));
    client.shutdown!();
    client.shutdown!();
    expect(() => client.write(bytes("more"))).toThrow(expect.objectContaining({ code: "EPIPE" }));
    await until(() => events.includes("end"));
    expect(events.join("")).toBe("you said helloend");
    client.close();
    expect(() => client.shutdown!()).toThrow(expect.objectContaining({ code: "EBADF" }));
  });

  it("is followed by a reset when the socket is closed at once, with something unread", async () => {
    let isReset = false;
    const port = await plainServer((socket) => {
      // Behind the other side's end nothing can be read any more: only writing shows that there was a reset.
      const write = (): boolean => socket.write("more", () => isReset || setImmediate(write));
      socket.resume().on("end", write);
      socket.on("error", () => (isReset = true));
      socket.write("unread");
    });
    const client = await first<Tcp>((give) => {
      tcp({
        address: "127.0.0.1",
        port,
        onReadable() {
          give(this);
        },
      });
    });
    client.shutdown!();
    client.close();
    await until(() => isReset);
  });

  it("needs a connection", async () => {
    const client = tcp({ address: "127.0.0.1", port: await freePort() });
    expect(() => client.shutdown!()).toThrow(expect.objectContaining({ code: "ENOTCONN" }));
  });
});

describe("a connection's own end", () => {
  it("is where it was asked for", async () => {
    const peers: string[] = [];
    const port = await plainServer((socket) => peers.push(`${socket.remoteAddress}:${socket.remotePort}`));
    const localPort = await freePort();
    const { client } = await connected({ port, localAddress: "127.0.0.2", localPort });
    expect(client).toMatchObject({ localAddress: "127.0.0.2", localPort });
    await until(() => peers.length > 0);
    expect(peers).toEqual([`127.0.0.2:${localPort}`]);
  });

  it("is refused by the kernel through onError", async () => {
    const error = await first<Error | undefined>((give) => {
      tcp({ address: "127.0.0.1", port: 9, localAddress: "192.0.2.1", onError: give });
    });
    expect(error).toMatchObject({ code: "EADDRNOTAVAIL" });
  });
});

describe("a message of several writes", () => {
  it("arrives, whether its end is said or not", async () => {
    const heard: string[] = [];
    const port = await plainServer((socket) => socket.on("data", (piece) => heard.push(piece.toString())));
    const { client } = await connected({ port });
    client.write(bytes("a"), { more: true, byteLength: 2 });
    client.write(bytes("b"));
    client.write(bytes("c"), { more: true });
    await until(() => heard.join("") === "abc");
  });
});

describe("a listener", () => {
  it("says where it is bound", () => {
    expect(listen({ address: "127.0.0.1" }).address).toBe("127.0.0.1");
    expect(listen({ address: "0.0.0.0" }).address).toBeUndefined();
    expect(listen().address).toBeUndefined();
  });

  it("can't wait for the end of earlier connections", () => {
    expect(() => listen({ reuseAddress: false })).toThrow(expect.objectContaining({ code: "ENOTSUP" }));
  });

  it("hands out what its provider makes", async () => {
    const accepted = await first<Tcp | undefined>((give) => {
      const listener = listen({
        onReadable() {
          give(this.read());
        },
      });
      tcp({ address: "127.0.0.1", port: listener.port });
    });
    expect(accepted).toBeInstanceOf(nodeIo.TCP);
    accepted!.close();
  });
});

describe("a UDP port", () => {
  it("is shared by those who agree: a group is heard by each of them", async () => {
    const heard: string[] = [];
    const group = { multicast: "239.80.7.8", timeToLive: 0, reuseAddress: true };
    const member = (name: string, port = 0) =>
      udp({
        ...group,
        port,
        address: "0.0.0.0",
        onReadable() {
          heard.push(`${name} ${text(this.read())}`);
        },
      });
    const { port } = member("first");
    member("second", port);
    expect(() => udp({ port: port! })).toThrow(expect.objectContaining({ code: "EADDRINUSE" }));
    udp({ ...group, address: "127.0.0.1" }).write(bytes("hello"), "239.80.7.8", port!);
    await until(() => heard.length === 2);
    expect(heard.sort()).toEqual(["first hello", "second hello"]);
  });

  it("is on the address that was asked for", () => {
    expect(udp({ address: "127.0.0.1" }).address).toBe("127.0.0.1");
    expect(udp({}).address).toBeUndefined();
  });
});

describe("a connected UDP socket", () => {
  it("sends without an address, hears its peer only, and may be connected to another", async () => {
    const heard: string[] = [];
    const echo = () =>
      udp({
        address: "127.0.0.1",
        onReadable() {
          const { address, port } = this.read()!;
          this.write(bytes(`from ${this.port}`), address, port);
        },
      });
    const [one, other] = [echo(), echo()];
    const socket = udp({
      onReadable() {
        heard.push(text(this.read()));
      },
    });
    socket.connect!("127.0.0.1", one.port!);
    socket.write(bytes("x"));
    expect(() => socket.write(bytes("x"), "127.0.0.1", other.port!)).toThrow(
      expect.objectContaining({ code: "EISCONN" }),
    );
    other.write(bytes("for nobody"), "127.0.0.1", socket.port!);
    await until(() => heard.length === 1);
    socket.connect!("127.0.0.1", other.port!);
    socket.write(bytes("x"));
    await until(() => heard.length === 2);
    expect(heard).toEqual([`from ${one.port}`, `from ${other.port}`]);
  });

  it("is told that nobody is there", async () => {
    const port = await freePort();
    const error = await first<Error | undefined>((give) => {
      const socket = udp({ onError: give });
      socket.connect!("127.0.0.1", port);
      socket.write(bytes("x"));
    });
    expect(error).toMatchObject({ code: "ECONNREFUSED" });
  });

  it("learns through onError that it can't be connected", async () => {
    let told: Error | undefined;
    const socket = udp({ onError: (error) => (told = error) });
    socket.connect!("127.255.255.255", 9);
    expect(() => socket.write(bytes("x"))).toThrow(expect.objectContaining({ code: "ENOTCONN" }));
    await until(() => told !== undefined);
    expect(told).toMatchObject({ code: "EACCES" });
  });
});

describe("reading a datagram into a buffer", () => {
  it("says how long it is and where it came from; one that is too small leaves it", async () => {
    const socket = await first<ReturnType<typeof udp>>((give) => {
      const server = udp({
        onReadable() {
          give(this);
        },
      });
      udp({}).write(bytes("hello"), "127.0.0.1", server.port!);
    });
    expect(() => socket.read(new Uint8Array(4))).toThrow(expect.objectContaining({ code: "EMSGSIZE" }));
    const buffer = new Uint8Array(8);
    expect(socket.read(buffer.subarray(0))).toBe(5);
    expect(Buffer.from(buffer).toString("latin1")).toBe("hello\0\0\0");
    expect(socket.read(buffer)).toBeUndefined();
  });
});
