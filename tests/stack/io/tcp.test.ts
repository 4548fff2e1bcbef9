import { describe, expect, it } from "@jest/globals";
import type { ByteBuffer, Tcp, TcpOptions } from "../../../src/host/index.js";
import { dialogue, type Dialogue } from "../support/dialogue.js";
import { OWN_IP, PEER_IP } from "../support/machine.js";

/** An open connection whose socket was made with `options`. */
function connected(options: Partial<TcpOptions> = {}): Dialogue & { socket: Tcp } {
  const d = dialogue();
  d.app.connects(options);
  d.peer.receives({ syn: true });
  d.peer.sends({ syn: true, seq: 0, ack: 1, mss: 1460 });
  d.peer.receives({ seq: 1, ack: 1 });
  d.app.heard();
  return Object.assign(d, { socket: d.app.socket! });
}

function shared(...content: number[]): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(content.length);
  new Uint8Array(buffer).set(content);
  return buffer;
}

function text(bytes: ArrayBuffer | number | undefined): string {
  return Buffer.from(bytes as ArrayBuffer).toString("latin1");
}

describe("reading", () => {
  function withData(data: string, options: Partial<TcpOptions> = {}): Tcp {
    const d = connected(options);
    d.peer.sends({ seq: 1, ack: 1, data });
    return d.socket;
  }

  it("without an argument gives all there is, then nothing", () => {
    const socket = withData("hello");
    const bytes = socket.read();
    expect(bytes).toBeInstanceOf(ArrayBuffer);
    expect(text(bytes)).toBe("hello");
    expect(socket.read()).toBeUndefined();
  });

  it("a number of bytes gives that many, or what there is", () => {
    const socket = withData("hello");
    expect(text(socket.read(2))).toBe("he");
    expect(text(socket.read(4))).toBe("llo");
    expect(socket.read(4)).toBeUndefined();
  });

  it.each([0, -1, 1.5, Number.NaN])("%d bytes is refused", (count) => {
    expect(() => withData("hello").read(count)).toThrow(/EINVAL/);
  });

  it("into a buffer fills it as far as data goes", () => {
    const socket = withData("hello, world");
    const buffer = new ArrayBuffer(3);
    expect(socket.read(buffer)).toBe(3);
    expect(text(buffer)).toBe("hel");
    const view = new Uint8Array(8);
    expect(socket.read(view.subarray(2, 5))).toBe(3);
    expect(Buffer.from(view).toString("latin1")).toBe("\0\0lo,\0\0\0");
    expect(socket.read(new DataView(new ArrayBuffer(100)))).toBe(6);
    expect(socket.read(buffer)).toBeUndefined();
  });

  it('with format "number" gives a byte at a time', () => {
    const socket = withData("AB", { format: "number" });
    expect([socket.read(), socket.read(), socket.read()]).toEqual([65, 66, undefined]);
  });

  it("can change its format on the way", () => {
    const socket = withData("ABC", { format: "number" });
    expect(socket.read()).toBe(65);
    socket.format = "buffer";
    expect(text(socket.read())).toBe("BC");
  });
});

describe("writing", () => {
  it.each<[string, ByteBuffer]>([
    ["an ArrayBuffer", Uint8Array.from([104, 105]).buffer],
    ["a SharedArrayBuffer", shared(104, 105)],
    ["a part of a buffer", Uint8Array.from([0, 104, 105, 0]).subarray(1, 3)],
    ["a view of larger elements", new Uint16Array(Uint8Array.from([104, 105]).buffer)],
    ["a DataView", new DataView(Uint8Array.from([0, 104, 105]).buffer, 1)],
    ["a Buffer", Buffer.from("hi")],
  ])("takes %s", (_, bytes) => {
    const { socket, machine, peer } = connected();
    expect(socket.write(bytes)).toBe(64 * 1024 - 2);
    machine.settle();
    peer.receives({ seq: 1, ack: 1, data: "hi" });
  });

  it('takes a byte with format "number"', () => {
    const { socket, machine, peer } = connected({ format: "number" });
    socket.write(72);
    socket.write(105);
    machine.settle();
    peer.receives({ seq: 1, ack: 1, data: "Hi" });
  });

  it("takes all of it or nothing", () => {
    const { socket, peer, machine } = connected();
    const room = socket.write(new Uint8Array(0));
    expect(() => socket.write(new Uint8Array(room + 1))).toThrow(/EWOULDBLOCK/);
    machine.settle();
    peer.receivesNothing();
    expect(socket.write(new Uint8Array(room))).toBe(0);
  });

  it("is refused before the connection is there", () => {
    const d = dialogue();
    d.app.connects();
    expect(() => d.app.writes("x")).toThrow(/not connected yet \(EWOULDBLOCK\)/);
    d.peer.receives({ syn: true });
    d.peer.sends({ syn: true, seq: 0 });
    d.peer.receives({ syn: true, ack: 1 });
    expect(() => d.app.writes("x")).toThrow(/EWOULDBLOCK/);
  });

  it("is refused with EPIPE once this direction is shut down, with the cause after a failure", () => {
    const { socket, app, peer } = connected();
    app.connection.shutdown();
    expect(() => socket.write(Buffer.from("x"))).toThrow(/EPIPE/);
    peer.sends({ rst: true, seq: 1 });
    expect(() => socket.write(Buffer.from("x"))).toThrow(/10\.0\.0\.9:7000.*ECONNRESET/);
  });

  it("is copied at once: the caller may use the buffer again", () => {
    const { socket, machine, peer } = connected();
    const bytes = Buffer.from("hello");
    socket.write(bytes);
    bytes.fill(0);
    machine.settle();
    peer.receives({ seq: 1, ack: 1, data: "hello" });
  });
});

describe("making a socket", () => {
  it.each<[string, TcpOptions]>([
    ["no address", { port: 80 }],
    ["no port", { address: PEER_IP }],
    ["port 0", { address: PEER_IP, port: 0 }],
    ["port 65536", { address: PEER_IP, port: 65_536 }],
    ["a name", { address: "example.com", port: 80 }],
  ])("fails with %s", (_, options) => {
    const { io } = dialogue().machine.stack;
    expect(() => new io.TCP(options)).toThrow(/EINVAL/);
  });

  it("calls back with `this`, and keeps `target`", () => {
    const target = { name: "mine" };
    const seen: unknown[] = [];
    const d = connected({
      target,
      onReadable() {
        seen.push(this.target, this);
      },
    });
    d.peer.sends({ seq: 1, ack: 1, data: "x" });
    expect(seen).toEqual([target, d.socket]);
    expect(d.socket.format).toBe("buffer");
  });

  it("has the callbacks that its options had then, which may be changed and used again", () => {
    const heard: string[] = [];
    const options: TcpOptions = { address: PEER_IP, port: 7000, onError: () => heard.push("its own") };
    const { machine, peer } = dialogue();
    new machine.stack.io.TCP(options);
    options.onError = () => heard.push("another's");
    machine.settle();
    peer.receives({ syn: true });
    peer.sends({ rst: true, seq: 0, ack: 1 });
    expect(heard).toEqual(["its own"]);
  });

  it("knows both ends' addresses until it is closed", () => {
    const { socket } = connected();
    expect(socket).toMatchObject({ remoteAddress: PEER_IP, remotePort: 7000, localAddress: OWN_IP });
    expect(socket.localPort).toBeGreaterThanOrEqual(49_152);
    socket.close();
    expect([socket.remoteAddress, socket.remotePort, socket.localAddress, socket.localPort]).toEqual(
      Array(4).fill(undefined),
    );
  });
});

describe("a closed socket", () => {
  it("refuses everything, and can be closed again", () => {
    const { socket } = connected();
    socket.close();
    expect(() => socket.read()).toThrow(/EBADF/);
    expect(() => socket.write(Buffer.from("x"))).toThrow(/EBADF/);
    socket.close();
  });
});

describe("taking over with `from`", () => {
  it("moves the connection, and tells the new socket what there is", () => {
    const d = connected();
    d.peer.sends({ seq: 1, ack: 1, data: "unread" });
    expect(d.app.heard()).toEqual(["readable 6"]);
    const heard: string[] = [];
    const second = new d.machine.stack.io.TCP({
      from: d.socket,
      onReadable: (bytes) => heard.push(`readable ${bytes}`),
      onWritable: () => heard.push("writable"),
    });
    expect(heard).toEqual([]);
    d.machine.settle();
    expect(heard).toEqual(["writable", "readable 6"]);
    expect(text(second.read())).toBe("unread");
    d.peer.sends({ fin: true, seq: 7, ack: 1 });
    expect(d.app.heard()).toEqual([]);
    expect(() => d.socket.read()).toThrow(/EBADF/);
    d.socket.close();
    expect(d.app.states).toEqual(["CLOSE-WAIT"]);
  });

  it("also while the connection is being opened", () => {
    const d = dialogue();
    d.app.connects();
    d.peer.receives({ syn: true });
    const heard: string[] = [];
    new d.machine.stack.io.TCP({ from: d.app.socket!, onError: (error) => heard.push(String(error)) });
    d.peer.sends({ rst: true, seq: 0, ack: 1 });
    expect(heard).toEqual([expect.stringContaining("ECONNREFUSED")]);
    expect(d.app.heard()).toEqual([]);
  });

  it("fails where there is nothing to take over", () => {
    const d = connected();
    d.socket.close();
    expect(() => new d.machine.stack.io.TCP({ from: d.socket })).toThrow(/socket is closed \(EBADF\)/);
  });
});
