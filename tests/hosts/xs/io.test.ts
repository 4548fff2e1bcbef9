import { beforeEach, describe, expect, it } from "@jest/globals";
import {
  CONNECT_TIME_LIMIT,
  createIo,
  DATAGRAM_LIMIT,
  NETWORK_RETRY_DELAY,
  RECEIVE_LIMIT,
  type Platform,
} from "../../../hosts/xs/io/index.js";
import { NetworkError } from "../../../src/error/index.js";
import type { Io, Listener, Tcp, TcpOptions } from "../../../src/host/index.js";
import { DEVICE_ADDRESS, makeNetwork, PEER_ADDRESS, type Network } from "./moddable/network.js";

let network: Network;
let io: Io;

function start(platform: Platform): void {
  network = makeNetwork(platform);
  io = createIo(network.native, network.simulation.timers, platform);
}

/** Lets virtual time pass: several of the simulator's looks at its sockets, a few round trips. */
function settle(ms = 300): void {
  network.simulation.advance(ms);
  network.machine.check();
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

interface Established {
  readonly socket: Tcp;
  readonly events: string[];
  readonly peer: Tcp;
}

/** The peer connects to a port of the device's. */
function dial(port: number): Tcp {
  return new network.peer.stack.io.TCP({ address: DEVICE_ADDRESS, port, onEnd: () => undefined });
}

/** A connection as a listener's app gets it. */
function accepted(more: TcpOptions = {}): Established {
  const listener = new io.Listener({ port: 80 });
  const peer = dial(80);
  settle();
  const events: string[] = [];
  const socket = new io.TCP({ from: listener.read()!, ...recorder(events, more) });
  settle();
  events.length = 0;
  return { socket, events, peer };
}

/** Resets the connection, as only the peer's stack can. */
function reset({ localPort }: Tcp): void {
  network.peer.stack.tcp.connections.find((each) => each.localPort === localPort)!.abort();
}

const ROOM: Readonly<Record<Platform, number>> = { esp32: 8192, desktop: 1536 };

describe.each<Platform>(["esp32", "desktop"])("TCP over Moddable's on %s", (platform) => {
  beforeEach(() => start(platform));

  it("moves bytes both ways", () => {
    const { socket, events, peer } = accepted();
    peer.write(bytes("hello"));
    settle();
    expect(events).toEqual(["readable 5"]);
    expect(text(socket.read())).toBe("hello");
    expect(socket.read()).toBeUndefined();
    expect(socket.write(bytes("hi"))).toBe(ROOM[platform] - 2);
    settle();
    expect(text(peer.read())).toBe("hi");
  });

  it("reads into a buffer larger than what is there, which Moddable refuses", () => {
    const { socket, peer } = accepted();
    peer.write(bytes("hello"));
    settle();
    const buffer = new Uint8Array(8);
    expect(socket.read(buffer)).toBe(5);
    expect(text(buffer.subarray(0, 5))).toBe("hello");
    expect(socket.read(buffer)).toBeUndefined();
  });

  it("keeps the remote address after a reset", () => {
    const { socket, events, peer } = accepted();
    const { localPort } = peer;
    reset(peer);
    settle();
    expect(events).toEqual(["error ECONNRESET"]);
    expect([socket.remoteAddress, socket.remotePort]).toEqual([PEER_ADDRESS, localPort]);
    expect(codeOf(() => socket.write(bytes("x")))).toBe("ECONNRESET");
    socket.close();
    settle();
  });

  it("refuses what there is no room for with EWOULDBLOCK, until there is", () => {
    const { socket, events } = accepted();
    expect(codeOf(() => socket.write(new Uint8Array(ROOM[platform] + 1)))).toBe("EWOULDBLOCK");
    expect(socket.write(new Uint8Array(ROOM[platform]))).toBe(0);
    expect(codeOf(() => socket.write(bytes("x")))).toBe("EWOULDBLOCK");
    settle();
    expect(events.at(-1)).toBe(`writable ${ROOM[platform]}`);
    expect(socket.write(bytes("x"))).toBe(ROOM[platform] - 1);
  });

  it("takes bytes as soon as it is accepted", () => {
    const { peer } = network;
    const listener = new io.Listener({
      port: 80,
      onReadable: () => void listener.read()!.write(bytes("welcome")),
    });
    const client = new peer.stack.io.TCP({ address: DEVICE_ADDRESS, port: 80 });
    settle();
    expect(text(client.read())).toBe("welcome");
  });

  it("tells the end once all is read, and then that nothing can be sent any more", () => {
    const { socket, events, peer } = accepted();
    peer.write(bytes("bye"));
    peer.close();
    settle();
    expect(events).toEqual(["readable 3"]);
    expect(codeOf(() => socket.write(bytes("x")))).toBe("EPIPE");
    expect(text(socket.read())).toBe("bye");
    expect(events).toHaveLength(1);
    settle();
    expect(events).toEqual(["readable 3", "end", "error EPIPE"]);
  });

  it("reports the end as onError() to those who have no onEnd", () => {
    const { events, peer } = accepted({ onEnd: null });
    peer.close();
    settle();
    expect(events).toEqual(["error"]);
  });

  it("says nothing after close, in the middle of a turn too", () => {
    const events: string[] = [];
    const { peer, socket } = accepted({
      onReadable() {
        events.push("readable");
        this.close();
      },
    });
    peer.write(bytes("a"));
    peer.write(bytes("b"));
    settle(60_000);
    expect(events).toEqual(["readable"]);
    expect(codeOf(() => socket.read())).toBe("EBADF");
    expect(codeOf(() => socket.write(bytes("x")))).toBe("EBADF");
  });

  it("closes in onWritable without another call, though the platform goes on", () => {
    const calls: string[] = [];
    const { peer, socket } = accepted({
      onWritable() {
        if (calls.push("writable") > 1) this.close();
      },
      onReadable: () => void calls.push("readable"),
    });
    socket.write(bytes("x"));
    peer.write(bytes("y"));
    settle();
    expect(calls.slice(0, 2)).toEqual(["writable", platform === "esp32" ? "readable" : "writable"]);
    expect(calls.at(-1)).toBe("writable");
  });

  it("closes in onEnd without an error", () => {
    const events: string[] = [];
    const { peer } = accepted({
      onEnd() {
        events.push("end");
        this.close();
      },
      onError: () => void events.push("error"),
    });
    peer.close();
    settle();
    expect(events).toEqual(["end"]);
  });

  it("takes in what comes up to a limit, leaves the rest with the platform, and loses nothing, not even the end", () => {
    const { socket, events, peer } = accepted();
    const sent = Uint8Array.from({ length: 20_000 }, (_, index) => index % 251);
    peer.write(sent);
    peer.close();
    settle(2_000);
    const first = Number(/\d+$/.exec(events.at(-1)!)![0]);
    expect(first).toBeGreaterThanOrEqual(RECEIVE_LIMIT);
    expect(first).toBeLessThan(RECEIVE_LIMIT + ROOM[platform]);
    const received: number[] = [];
    for (let pieces = 0; pieces < 40 && !events.includes("end"); pieces++) {
      received.push(...new Uint8Array((socket.read() as ArrayBuffer | undefined) ?? new ArrayBuffer()));
      settle();
    }
    expect(Uint8Array.from(received)).toEqual(sent);
    expect(events.slice(-2)).toEqual(["end", "error EPIPE"]);
  });

  it("goes on after a pause in which it was not read", () => {
    const { socket, events, peer } = accepted();
    peer.write(new Uint8Array(RECEIVE_LIMIT + 2 * ROOM[platform]));
    settle(2_000);
    while (socket.read() !== undefined) settle();
    events.length = 0;
    settle(60_000);
    peer.write(bytes("still there"));
    settle();
    expect(events).toEqual(["readable 11"]);
    expect(text(socket.read())).toBe("still there");
  });

  it("leaves nothing unread when it closes: lwIP would answer with a reset", () => {
    const { socket, peer } = accepted();
    peer.write(new Uint8Array(RECEIVE_LIMIT + 100));
    settle();
    socket.write(bytes("the last answer"));
    socket.close();
    settle();
    expect(text(peer.read())).toBe("the last answer");
  });

  it("reports a write that failed, which the simulator does not", () => {
    const { socket, events, peer } = accepted();
    reset(peer);
    // The reset is there, and the platform has not told yet.
    network.simulation.advance(2);
    expect(codeOf(() => socket.write(bytes("x")))).toMatch(/ECONNRESET|EPIPE/);
    settle();
    expect(events).toEqual(["error ECONNRESET"]);
  });

  it("takes many small pieces, though lwIP loses the connection over them", () => {
    const { socket, peer } = accepted();
    let written = 0;
    for (let turns = 0; turns < 5_000 && written < 100; turns++) {
      if (codeOf(() => socket.write(bytes("x"))) === undefined) written++;
      network.simulation.advance(0.5);
    }
    settle();
    expect(text(peer.read())).toBe("x".repeat(100));
  });

  it("has numbers as a format", () => {
    const { socket, peer } = accepted({ format: "number" });
    peer.write(bytes("ab"));
    settle();
    expect([socket.read(), socket.read(), socket.read()]).toEqual([0x61, 0x62, undefined]);
    socket.write(0x63);
    settle();
    expect(text(peer.read())).toBe("c");
  });

  it("connects", () => {
    new network.peer.stack.io.Listener({ port: 7 });
    const events: string[] = [];
    const socket = new io.TCP({ address: PEER_ADDRESS, port: 7, ...recorder(events) });
    expect(codeOf(() => socket.write(bytes("x")))).toBe("EWOULDBLOCK");
    settle(2 * CONNECT_TIME_LIMIT);
    expect(events).toEqual([`writable ${ROOM[platform]}`]);
    expect([socket.remoteAddress, socket.remotePort]).toEqual([PEER_ADDRESS, 7]);
  });

  it("tells a connection that was refused from one that ended", () => {
    const events: string[] = [];
    new io.TCP({ address: PEER_ADDRESS, port: 9, ...recorder(events) });
    settle();
    expect(events).toEqual(["error ECONNREFUSED"]);
  });

  it("gives up a connection that nobody answers", () => {
    network.peer.network.configure(undefined);
    for (const address of ["192.0.2.99", "203.0.113.1"]) {
      const events: string[] = [];
      new io.TCP({ address, port: 7, ...recorder(events) });
      settle(2 * CONNECT_TIME_LIMIT);
      // lwIP never says a word; Linux does, but not why.
      expect(events).toEqual([platform === "esp32" ? "error ETIMEDOUT" : "error ECONNREFUSED"]);
    }
  });

  it("refuses bad options", () => {
    expect(codeOf(() => new io.TCP({ address: PEER_ADDRESS, port: 0 }))).toBe("EINVAL");
    expect(codeOf(() => new io.TCP({ address: "example.com", port: 80 }))).toBe("EINVAL");
    expect(codeOf(() => new io.TCP({ address: "::1", port: 80 }))).toBe("EAFNOSUPPORT");
    expect(codeOf(() => new io.TCP({ port: 80 }))).toBe("EINVAL");
    expect(codeOf(() => new io.TCP({ address: PEER_ADDRESS, port: 80, localPort: 81 }))).toBe("ENOTSUP");
    const { socket } = accepted();
    socket.close();
    expect(codeOf(() => new io.TCP({ from: socket }))).toBe("EBADF");
  });
});

describe.each<Platform>(["esp32", "desktop"])("a Listener over Moddable's on %s", (platform) => {
  beforeEach(() => start(platform));

  it("says how many connections wait, and takes no more from the platform than there are", () => {
    const counts: number[] = [];
    const listener = new io.Listener({ port: 80, onReadable: (count) => void counts.push(count) });
    dial(80);
    dial(80);
    settle();
    dial(80);
    settle();
    expect(counts).toEqual([1, 2, 3]);
    expect([listener.read(), listener.read(), listener.read()].every((tcp) => tcp !== undefined)).toBe(true);
    expect(listener.read()).toBeUndefined();
    expect(network.machine.leaked).toBe(0);
  });

  it("keeps what a connection was sent, and its end, until somebody takes it", () => {
    const listener = new io.Listener({ port: 80 });
    const peer = dial(80);
    settle();
    peer.write(bytes("hello"));
    peer.close();
    settle(60_000);
    const events: string[] = [];
    const socket = new io.TCP({ from: listener.read()!, ...recorder(events) });
    expect(events).toEqual([]);
    settle();
    expect(events).toEqual(["readable 5"]);
    socket.read();
    settle();
    expect(events).toEqual(["readable 5", "end", "error EPIPE"]);
  });

  it("tells of no more connections than its backlog, and of the others once there is a place", () => {
    const counts: number[] = [];
    const listener = new io.Listener({
      port: 80,
      backlog: 2,
      onReadable: (count) => void counts.push(count),
    });
    for (let left = 5; left > 0; left--) dial(80);
    settle();
    expect(counts).toEqual([1, 2]);
    listener.read();
    listener.read();
    expect(listener.read()).toBeUndefined();
    settle();
    expect(counts).toEqual([1, 2, 2]);
    listener.read();
    settle();
    expect(counts).toEqual([1, 2, 2, 2]);
  });

  it("refuses a second listener on a port by itself: the attempt alone crashes the simulator", () => {
    const first = new io.Listener({ port: 80 });
    expect(codeOf(() => new io.Listener({ port: 80 }))).toBe("EADDRINUSE");
    settle(60_000);
    first.close();
    first.close();
    const second = new io.Listener({ port: 80 });
    first.close();
    expect(codeOf(() => new io.Listener({ port: 80 }))).toBe("EADDRINUSE");
    second.close();
    settle();
  });

  it("closes the connections that wait, and is silent then", () => {
    const listener: Listener = new io.Listener({ port: 0 });
    const { port } = listener;
    expect(port).toBeGreaterThan(0);
    const peers = [dial(port), dial(port)];
    settle();
    listener.close();
    settle();
    for (const peer of peers) {
      peer.write(bytes("x"));
      settle();
      expect(codeOf(() => peer.write(bytes("x")))).toBe("ECONNRESET");
    }
    expect(codeOf(() => listener.read())).toBe("EBADF");
  });

  it("refuses an address, which Moddable ignores", () => {
    expect(codeOf(() => new io.Listener({ port: 80, address: "127.0.0.1" }))).toBe("ENOTSUP");
    expect(codeOf(() => new io.Listener({ port: 80, address: "here" }))).toBe("EINVAL");
    expect(codeOf(() => new io.Listener({ port: 70_000 }))).toBe("EINVAL");
  });
});

describe("a Listener over Moddable's", () => {
  it("says nothing of a connection that was reset before the simulator looked at it", () => {
    start("desktop");
    const counts: number[] = [];
    new io.Listener({ port: 80, onReadable: (count) => void counts.push(count) });
    const peer = dial(80);
    network.simulation.advance(10);
    reset(peer);
    settle();
    expect(counts).toEqual([]);
  });

  it("passes on that the port is not to be had", () => {
    start("esp32");
    for (let port = 1; port <= 4; port++) new io.Listener({ port });
    expect(codeOf(() => new io.Listener({ port: 5 }))).toBe("ENOBUFS");
  });
});

describe.each<Platform>(["esp32", "desktop"])("UDP over Moddable's on %s", (platform) => {
  beforeEach(() => start(platform));

  it("moves datagrams both ways", () => {
    const counts: number[] = [];
    const socket = new io.UDP({ port: 5000, onReadable: (count) => void counts.push(count) });
    const peer = new network.peer.stack.io.UDP({ port: 9 });
    peer.write(bytes("ping"), DEVICE_ADDRESS, 5000);
    settle();
    const datagram = socket.read();
    expect([text(datagram), datagram?.address, datagram?.port]).toEqual(["ping", PEER_ADDRESS, 9]);
    expect(socket.read()).toBeUndefined();
    socket.write(bytes("pong"), PEER_ADDRESS, 9);
    settle();
    expect(text(peer.read())).toBe("pong");
    expect(counts).toEqual([1]);
    expect(socket.port).toBe(5000);
  });

  it("has a port of its own before anything is sent, which Moddable does not tell", () => {
    const taken = new network.device.stack.io.UDP({ port: 49_152 });
    const sockets = [new io.UDP({}), new io.UDP({})];
    expect(sockets.map(({ port }) => port)).toEqual([49_153, 49_154]);
    new network.peer.stack.io.UDP({}).write(bytes("hello"), DEVICE_ADDRESS, 49_153);
    settle();
    expect(text(sockets[0]!.read())).toBe("hello");
    taken.close();
  });

  it("has NetworkErrors for what Moddable throws, and for what it does not notice", () => {
    new network.device.stack.io.UDP({ port: 68 });
    expect(codeOf(() => new io.UDP({ port: 68 }))).toBe("EADDRINUSE");
    expect(codeOf(() => new io.UDP({ address: "127.0.0.1" }))).toBe("ENOTSUP");
    const socket = new io.UDP({});
    expect(codeOf(() => socket.write(bytes("x"), "203.0.113.1", 9))).toBe("ENETUNREACH");
    expect(codeOf(() => socket.write(bytes("x"), "255.255.255.255", 9))).toBe("EACCES");
    expect(codeOf(() => socket.write(bytes("x"), "::1", 9))).toBe("EAFNOSUPPORT");
    expect(codeOf(() => socket.write(bytes("x"), "192.0.2.7", 0))).toBe("EINVAL");
    expect(codeOf(() => socket.write(new Uint8Array(65_508), "192.0.2.7", 9))).toBe("EMSGSIZE");
    socket.close();
    socket.close();
    expect(codeOf(() => socket.read())).toBe("EBADF");
    expect(codeOf(() => socket.write(bytes("x"), "192.0.2.7", 9))).toBe("EBADF");
  });

  it("reads into a buffer, which Moddable can't, and loses nothing if it is too small", () => {
    const socket = new io.UDP({ port: 5000 });
    new network.peer.stack.io.UDP({ port: 9 }).write(bytes("ping"), DEVICE_ADDRESS, 5000);
    settle();
    expect(codeOf(() => socket.read(new ArrayBuffer(3)))).toBe("EMSGSIZE");
    const buffer = new Uint8Array(6);
    expect(socket.read(buffer)).toBe(4);
    expect(buffer).toMatchObject({ address: PEER_ADDRESS, port: 9 });
    expect(text(buffer.buffer)).toBe("ping\0\0");
    expect(socket.read()).toBeUndefined();
  });

  it("refuses what the platform can't", () => {
    expect(codeOf(() => new io.UDP({ reuseAddress: true }))).toBe("ENOTSUP");
    expect(codeOf(() => new io.UDP({ timeToLive: 0 }))).toBe("EINVAL");
    expect(codeOf(() => new io.Listener({ reuseAddress: false }))).toBe("ENOTSUP");
  });

  it("keeps what its one peer sends, once it has one", () => {
    const socket = new io.UDP({ port: 5000 });
    const peers = [new network.peer.stack.io.UDP({ port: 8 }), new network.peer.stack.io.UDP({ port: 9 })];
    const sendAll = (): void =>
      peers.forEach((peer) => peer.write(bytes(`from ${peer.port}`), DEVICE_ADDRESS, 5000));
    sendAll();
    settle();
    socket.connect!(PEER_ADDRESS, 9);
    sendAll();
    settle();
    expect([text(socket.read()), text(socket.read()), socket.read()]).toEqual([
      "from 9",
      "from 9",
      undefined,
    ]);
    socket.write(bytes("hello"));
    settle();
    expect(text(peers[1]!.read())).toBe("hello");
    expect(codeOf(() => socket.write(bytes("x"), PEER_ADDRESS, 9))).toBe("EISCONN");
    expect(codeOf(() => socket.connect!("255.255.255.255", 9))).toBe("EACCES");
  });

  it("keeps so many datagrams and no more", () => {
    const socket = new io.UDP({ port: 5000 });
    const peer = new network.peer.stack.io.UDP({});
    for (let sent = 0; sent < 2 * DATAGRAM_LIMIT; sent++) {
      peer.write(bytes(String(sent)), DEVICE_ADDRESS, 5000);
      settle(20);
    }
    for (let read = 0; read < DATAGRAM_LIMIT; read++) expect(text(socket.read())).toBe(String(read));
    expect(socket.read()).toBeUndefined();
  });

  it("sends broadcasts and joins groups where the platform can", () => {
    const isEsp32 = platform === "esp32";
    const socket = new io.UDP({ port: 5000, broadcast: true });
    expect(codeOf(() => socket.write(bytes("x"), "255.255.255.255", 9))).toBe(isEsp32 ? undefined : "EACCES");
    expect(codeOf(() => socket.add("239.1.2.3"))).toBe(isEsp32 ? undefined : "ENOTSUP");
    expect(codeOf(() => socket.add("192.0.2.1"))).toBe("EINVAL");
    expect(codeOf(() => socket.add("239.1.2.3"))).toBe(isEsp32 ? "EADDRINUSE" : "ENOTSUP");
    expect(codeOf(() => socket.remove("239.1.2.3"))).toBe(isEsp32 ? undefined : "EADDRNOTAVAIL");
    expect(codeOf(() => socket.remove("239.1.2.3"))).toBe("EADDRNOTAVAIL");
    expect(codeOf(() => new io.UDP({ multicast: "239.1.2.3" }))).toBe(isEsp32 ? undefined : "ENOTSUP");
  });
});

describe("before there is a network", () => {
  beforeEach(() => {
    start("esp32");
    network.machine.hasNetwork = false;
  });

  function findNetwork(): void {
    settle(3 * NETWORK_RETRY_DELAY);
    network.machine.hasNetwork = true;
    settle(NETWORK_RETRY_DELAY);
  }

  it("a TCP is made, and fails as one whose network is gone", () => {
    const events: string[] = [];
    const socket = new io.TCP({ address: PEER_ADDRESS, port: 7, ...recorder(events) });
    expect(events).toEqual([]);
    settle();
    expect(events).toEqual(["error ENETDOWN"]);
    expect(codeOf(() => socket.write(bytes("x")))).toBe("ENETDOWN");
    socket.close();
  });

  it("a Listener waits for it", () => {
    let count = 0;
    const listener = new io.Listener({ port: 80, onReadable: () => void count++ });
    expect(listener.port).toBe(0);
    expect(listener.read()).toBeUndefined();
    expect(codeOf(() => new io.Listener({ port: 80 }))).toBe("EADDRINUSE");
    findNetwork();
    expect(listener.port).toBe(80);
    dial(80);
    settle();
    expect(count).toBe(1);
  });

  it("a Listener that has waited tells of those beyond its backlog, too", () => {
    const counts: number[] = [];
    const listener = new io.Listener({
      port: 80,
      backlog: 1,
      onReadable: (count) => void counts.push(count),
    });
    findNetwork();
    dial(80);
    dial(80);
    settle();
    listener.read();
    settle();
    expect(counts).toEqual([1, 1]);
  });

  it("a closed Listener does not", () => {
    const listener = new io.Listener({ port: 80 });
    listener.close();
    findNetwork();
    expect(codeOf(() => new io.Listener({ port: 80 }))).toBeUndefined();
  });

  it("a UDP socket waits for it, and joins its groups then", () => {
    const socket = new io.UDP({ port: 5000, multicast: "239.1.2.3" });
    expect(socket.port).toBeUndefined();
    expect(codeOf(() => socket.write(bytes("x"), PEER_ADDRESS, 9))).toBe("ENETDOWN");
    findNetwork();
    expect(socket.port).toBe(5000);
    new network.peer.stack.io.UDP({}).write(bytes("all"), "239.1.2.3", 5000);
    settle();
    expect(text(socket.read())).toBe("all");
  });
});
