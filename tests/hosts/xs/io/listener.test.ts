import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Platform } from "../../../../hosts/xs/io/index.js";
import type { Listener } from "../../../../src/host/index.js";
import { recorder, network, io, start, settle, bytes, codeOf, dial, reset } from "./support.js";

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
