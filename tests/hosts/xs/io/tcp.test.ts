import { beforeEach, describe, expect, it } from "@jest/globals";
import { CONNECT_TIME_LIMIT, RECEIVE_LIMIT, type Platform } from "../../../../hosts/xs/io/index.js";
import { DEVICE_ADDRESS, PEER_ADDRESS } from "../moddable/network.js";
import {
  recorder,
  network,
  io,
  start,
  settle,
  bytes,
  text,
  codeOf,
  accepted,
  reset,
  ROOM,
} from "./support.js";

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
