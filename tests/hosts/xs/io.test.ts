import { beforeEach, describe, expect, it } from "@jest/globals";
import { CONNECT_TIME_LIMIT, createIo, DEFAULT_BACKLOG, RECEIVE_LIMIT } from "../../../hosts/xs/io/index.js";
import { NetworkError } from "../../../src/error/index.js";
import type { Io, Listener, Tcp, TcpOptions } from "../../../src/host/index.js";
import { VirtualTime } from "../../support/virtual-time.js";
import { FakeNetwork, ROOM, type Flavour, type Peer } from "./native-io.js";

let time: VirtualTime;
let network: FakeNetwork;
let io: Io;

function start(flavour: Flavour): void {
  time = new VirtualTime(1_000_000);
  network = new FakeNetwork(flavour);
  io = createIo(network.native, time);
}

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
const text = (data: unknown): string => Buffer.from(data as ArrayBuffer).toString("latin1");

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error instanceof NetworkError ? error.code : `not a NetworkError: ${String(error)}`;
  }
}

/** Callbacks that write down what they are told. */
function recorder(events: string[], more: TcpOptions = {}): TcpOptions {
  return {
    onReadable: (count) => void events.push(`readable ${count}`),
    onWritable: (room) => void events.push(`writable ${room}`),
    onEnd: () => void events.push("end"),
    onError: (error) => void events.push(error instanceof NetworkError ? `error ${error.code}` : "error"),
    ...more,
  };
}

/** A connection as a listener's app gets it. */
function accepted(events: string[], more: TcpOptions = {}): { socket: Tcp; peer: Peer } {
  const listener = new io.Listener({ port: 80 });
  const peer = network.connect()[0]!;
  const socket = new io.TCP({ from: listener.read()!, ...recorder(events, more) });
  peer.acknowledge();
  time.settle();
  events.length = 0;
  return { socket, peer };
}

describe.each<Flavour>(["lwip", "linux"])("Moddable's TCP on %s", (flavour) => {
  beforeEach(() => start(flavour));

  it("moves bytes both ways", () => {
    const events: string[] = [];
    const { socket, peer } = accepted(events);
    peer.send("hello");
    expect(events).toEqual(["readable 5"]);
    expect(text(socket.read())).toBe("hello");
    expect(socket.read()).toBeUndefined();
    expect(socket.write(bytes("hi"))).toBe(ROOM[flavour] - 2);
    expect(peer.text).toBe("hi");
  });

  it("reads into a buffer larger than what is there, which Moddable refuses", () => {
    const { socket, peer } = accepted([]);
    peer.send("hello");
    const buffer = new Uint8Array(8);
    expect(socket.read(buffer)).toBe(5);
    expect(text(buffer.subarray(0, 5))).toBe("hello");
    expect(socket.read(buffer)).toBeUndefined();
  });

  it("keeps the remote address: to ask for it after a reset crashes lwIP", () => {
    const { socket, peer } = accepted([]);
    peer.wasReset = true;
    expect(socket.remoteAddress).toBe("192.0.2.7");
    expect(socket.remotePort).toBe(50_000);
  });

  it("refuses what there is no room for with EWOULDBLOCK", () => {
    const { socket, peer } = accepted([]);
    expect(codeOf(() => socket.write(new Uint8Array(ROOM[flavour] + 1)))).toBe("EWOULDBLOCK");
    expect(socket.write(new Uint8Array(ROOM[flavour]))).toBe(0);
    expect(codeOf(() => socket.write(bytes("x")))).toBe("EWOULDBLOCK");
    peer.acknowledge();
    expect(socket.write(bytes("x"))).toBe(ROOM[flavour] - 1);
  });

  it("refuses a write before it knows of any room", () => {
    const listener = new io.Listener({ port: 80 });
    network.connect();
    expect(codeOf(() => listener.read()?.write(bytes("x")))).toBe("EWOULDBLOCK");
  });

  it("tells the end once all is read, and then that nothing can be sent any more", () => {
    const events: string[] = [];
    const { socket, peer } = accepted(events);
    peer.send("bye");
    peer.end();
    time.settle();
    expect(events).toEqual(["readable 3"]);
    expect(codeOf(() => socket.write(bytes("x")))).toBe("EPIPE");
    expect(text(socket.read())).toBe("bye");
    expect(events).toHaveLength(1);
    time.settle();
    expect(events).toEqual(["readable 3", "end", "error EPIPE"]);
  });

  it("reports the end as onError() to those who have no onEnd", () => {
    const events: string[] = [];
    const { peer } = accepted(events, { onEnd: undefined });
    peer.end();
    expect(events).toEqual(["error"]);
  });

  it("says nothing after close, in the middle of a turn too", () => {
    const events: string[] = [];
    const { socket, peer } = accepted(events, {
      onReadable() {
        events.push("readable");
        this.close();
      },
    });
    peer.send("a");
    peer.send("b");
    peer.end();
    time.advance(60_000);
    expect(events).toEqual(["readable"]);
    expect(peer.closed).toBe(true);
    expect(codeOf(() => socket.read())).toBe("EBADF");
    expect(codeOf(() => socket.write(bytes("x")))).toBe("EBADF");
    expect(time.pending).toBe(0);
  });

  it("closes in onEnd without an error", () => {
    const events: string[] = [];
    const { peer } = accepted(events, {
      onEnd() {
        events.push("end");
        this.close();
      },
    });
    peer.end();
    time.settle();
    expect(events).toEqual(["end"]);
  });

  it("takes in what comes up to a limit, and leaves the rest with the platform", () => {
    const events: string[] = [];
    const { socket, peer } = accepted(events);
    peer.send(new Uint8Array(RECEIVE_LIMIT).fill(0x61));
    peer.send("more");
    expect(events).toEqual([`readable ${RECEIVE_LIMIT}`]);
    expect(peer.unread).toHaveLength(4);
    const target = new Uint8Array(RECEIVE_LIMIT - 1);
    expect(socket.read(target)).toBe(RECEIVE_LIMIT - 1);
    expect(peer.unread).toHaveLength(0);
    expect(events).toHaveLength(1);
    time.settle();
    expect(events[1]).toBe("readable 5");
    expect(text(socket.read())).toBe("amore");
  });

  it("leaves nothing unread when it closes: lwIP would answer with a reset", () => {
    const { socket, peer } = accepted([]);
    peer.send(new Uint8Array(RECEIVE_LIMIT));
    peer.send("more");
    socket.close();
    expect(peer.closedWithUnread).toBe(false);
  });

  it("reports a write that failed, which the platforms do not", () => {
    const events: string[] = [];
    const { socket, peer } = accepted(events);
    peer.writesFail = true;
    expect(codeOf(() => socket.write(bytes("x")))).toBe("ECONNRESET");
    expect(events).toEqual([]);
    time.settle();
    expect(events).toEqual(["error ECONNRESET"]);
    expect(codeOf(() => socket.write(bytes("x")))).toBe("ECONNRESET");
  });

  it("has numbers as a format", () => {
    const { socket, peer } = accepted([], { format: "number" });
    peer.send("ab");
    expect([socket.read(), socket.read(), socket.read()]).toEqual([0x61, 0x62, undefined]);
    socket.write(0x63);
    expect(peer.text).toBe("c");
  });

  it("connects", () => {
    const events: string[] = [];
    const socket = new io.TCP({ address: "192.0.2.9", port: 7, ...recorder(events) });
    expect(codeOf(() => socket.write(bytes("x")))).toBe("EWOULDBLOCK");
    network.opened!.acknowledge();
    expect(events).toEqual([`writable ${ROOM[flavour]}`]);
    expect([socket.remoteAddress, socket.remotePort]).toEqual(["192.0.2.9", 7]);
    time.advance(CONNECT_TIME_LIMIT);
    expect(events).toHaveLength(1);
  });

  it("tells a connection that failed from one that ended", () => {
    const events: string[] = [];
    new io.TCP({ address: "192.0.2.9", port: 7, ...recorder(events) });
    network.opened!.end();
    expect(events).toEqual(["error ECONNABORTED"]);
  });

  it("gives up a connection of which the platform never says a word", () => {
    const events: string[] = [];
    new io.TCP({ address: "192.0.2.9", port: 7, ...recorder(events) });
    time.advance(CONNECT_TIME_LIMIT);
    expect(events).toEqual(["error ETIMEDOUT"]);
  });

  it("refuses bad options", () => {
    expect(codeOf(() => new io.TCP({ address: "192.0.2.9", port: 0 }))).toBe("EINVAL");
    expect(codeOf(() => new io.TCP({ address: "example.com", port: 80 }))).toBe("EAFNOSUPPORT");
    expect(codeOf(() => new io.TCP({ port: 80 }))).toBe("EAFNOSUPPORT");
    const { socket } = accepted([]);
    socket.close();
    expect(codeOf(() => new io.TCP({ from: socket }))).toBe("EBADF");
  });
});

describe("Moddable's Listener", () => {
  beforeEach(() => start("lwip"));

  it("says how many connections wait, and takes no more from the platform than there are", () => {
    const counts: number[] = [];
    const listener = new io.Listener({ port: 80, onReadable: (count) => void counts.push(count) });
    network.connect(2);
    network.connect(1);
    expect(counts).toEqual([2, 3]);
    expect([listener.read(), listener.read(), listener.read()].every((tcp) => tcp !== undefined)).toBe(true);
    expect(listener.read()).toBeUndefined();
    expect(network.leaked).toBe(0);
  });

  it("keeps what a connection was sent, and its end, until somebody takes it", () => {
    const listener = new io.Listener({ port: 80 });
    const peer = network.connect()[0]!;
    peer.acknowledge();
    peer.send("hello");
    peer.end();
    const events: string[] = [];
    const socket = new io.TCP({ from: listener.read()!, ...recorder(events) });
    expect(events).toEqual([]);
    time.settle();
    expect(events).toEqual(["readable 5"]);
    socket.read();
    time.settle();
    expect(events).toEqual(["readable 5", "end", "error EPIPE"]);
  });

  it("closes connections beyond its backlog", () => {
    const counts: number[] = [];
    new io.Listener({ port: 80, backlog: 2, onReadable: (count) => void counts.push(count) });
    expect(network.connect(3).map((peer) => peer.closed)).toEqual([false, false, true]);
    expect(counts).toEqual([2]);
    expect(DEFAULT_BACKLOG).toBeGreaterThanOrEqual(8);
  });

  it("says nothing of a connection that was reset before it was taken from the platform", () => {
    const counts: number[] = [];
    new io.Listener({ port: 80, onReadable: (count) => void counts.push(count) });
    // Its address was read in time; then the reset came.
    const peers = network.connect(1, (peer) => {
      Object.defineProperty(peer, "wasReset", { get: resetFromSecondLook(), configurable: true });
    });
    expect(counts).toEqual([]);
    expect(peers[0]!.closed).toBe(true);
  });

  it("refuses a second listener on a port by itself: the attempt alone crashes the simulator", () => {
    const first = new io.Listener({ port: 80 });
    expect(codeOf(() => new io.Listener({ port: 80 }))).toBe("EADDRINUSE");
    expect(network.listeners.size).toBe(1);
    first.close();
    expect(codeOf(() => new io.Listener({ port: 80 }))).toBeUndefined();
  });

  it("passes on that another program has the port", () => {
    network.taken.add(80);
    expect(codeOf(() => new io.Listener({ port: 80 }))).toBe("EADDRINUSE");
  });

  it("closes the connections that wait, and is silent then", () => {
    const listener: Listener = new io.Listener({ port: 0 });
    expect(listener.port).toBe(49_200);
    const peers = network.connect(2);
    listener.close();
    listener.close();
    expect(peers.map((peer) => peer.closed)).toEqual([true, true]);
    expect(network.listeners.size).toBe(0);
    expect(codeOf(() => listener.read())).toBe("EBADF");
  });

  it("refuses an address, which Moddable ignores", () => {
    expect(codeOf(() => new io.Listener({ port: 80, address: "127.0.0.1" }))).toBe("ENOTSUP");
    expect(codeOf(() => new io.Listener({ port: 70_000 }))).toBe("EINVAL");
  });
});

describe("Moddable's UDP", () => {
  beforeEach(() => start("linux"));

  it("moves datagrams both ways", () => {
    const counts: number[] = [];
    const socket = new io.UDP({ port: 5000, onReadable: (count) => void counts.push(count) });
    network.udp!.arrive("ping", "192.0.2.7", 9);
    const datagram = socket.read();
    expect([text(datagram), datagram?.address, datagram?.port]).toEqual(["ping", "192.0.2.7", 9]);
    expect(socket.read()).toBeUndefined();
    socket.write(bytes("pong"), "192.0.2.7", 9);
    expect(network.sent).toEqual([["pong", "192.0.2.7", 9]]);
    expect(counts).toEqual([1]);
    expect(socket.port).toBe(5000);
  });

  it("reads into a buffer, which Moddable can't, and loses nothing if it is too small", () => {
    const socket = new io.UDP({ port: 5000 });
    network.udp!.arrive("ping", "192.0.2.7", 9);
    expect(codeOf(() => socket.read(new ArrayBuffer(3)))).toBe("EMSGSIZE");
    const buffer = new Uint8Array(6);
    expect(socket.read(buffer)).toBe(4);
    expect(buffer).toMatchObject({ address: "192.0.2.7", port: 9 });
    expect(Buffer.from(buffer).toString()).toBe("ping\0\0");
    expect(socket.read()).toBeUndefined();
  });

  it("joins groups, also by the option of ECMA-419's earlier editions, where the platform has any", () => {
    expect(codeOf(() => new io.UDP({ multicast: "239.1.2.3" }))).toBe("ENOTSUP");
    start("lwip");
    const socket = new io.UDP({ multicast: "239.1.2.3" });
    socket.add("239.1.2.4");
    expect([...network.groups]).toEqual(["239.1.2.3", "239.1.2.4"]);
    socket.remove("239.1.2.3");
    expect([...network.groups]).toEqual(["239.1.2.4"]);
    expect(codeOf(() => socket.add("192.0.2.7"))).toBe("EINVAL");
  });

  it("refuses what the platform can't", () => {
    expect(codeOf(() => new io.UDP({ reuseAddress: true }))).toBe("ENOTSUP");
    expect(codeOf(() => new io.UDP({ timeToLive: 0 }))).toBe("EINVAL");
    expect(codeOf(() => new io.Listener({ reuseAddress: false }))).toBe("ENOTSUP");
    expect("connect" in new io.UDP({})).toBe(false);
  });

  it("has NetworkErrors for what Moddable throws", () => {
    network.taken.add(68);
    expect(codeOf(() => new io.UDP({ port: 68 }))).toBe("EADDRINUSE");
    expect(codeOf(() => new io.UDP({ address: "127.0.0.1" }))).toBe("ENOTSUP");
    const socket = new io.UDP({});
    expect(socket.port).toBeUndefined();
    expect(codeOf(() => socket.write(bytes("x"), "255.255.255.255", 9))).toBe("ENETUNREACH");
    expect(codeOf(() => socket.write(bytes("x"), "::1", 9))).toBe("EAFNOSUPPORT");
    expect(codeOf(() => socket.write(bytes("x"), "192.0.2.7", 0))).toBe("EINVAL");
    socket.close();
    socket.close();
    expect(codeOf(() => socket.read())).toBe("EBADF");
  });
});

/** False when it is first asked for, true from then on. */
function resetFromSecondLook(): () => boolean {
  let looks = 0;
  return () => looks++ > 0;
}
