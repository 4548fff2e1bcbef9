import { beforeEach, describe, expect, it } from "@jest/globals";
import type { NativeTcp, NativeTcpOptions, Platform } from "../../../hosts/xs/io/native.js";
import type { Tcp } from "../../../src/host/index.js";
import { DEVICE_ADDRESS, makeNetwork, PEER_ADDRESS, type Network } from "../../hosts/xs/moddable/network.js";

let network: Network;

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");
const text = (data: unknown): string => Buffer.from(data as ArrayBuffer).toString("latin1");

/** Callbacks that write down what they are told. */
function recorder(events: string[]): NativeTcpOptions {
  return {
    onReadable: (count) => void events.push(`readable ${count}`),
    onWritable: (room) => void events.push(`writable ${room}`),
    onError: () => void events.push("error"),
  };
}

interface Established {
  readonly socket: NativeTcp;
  readonly events: string[];
  readonly peer: Tcp;
}

/** A connection from Moddable to the peer. */
function connect(more: NativeTcpOptions = {}): Established {
  const { native, peer, simulation } = network;
  const events: string[] = [];
  let accepted: Tcp | undefined;
  const listener = new peer.stack.io.Listener({
    port: 7,
    onReadable() {
      accepted = new peer.stack.io.TCP({ from: this.read()!, onEnd: () => undefined });
    },
  });
  const socket = new native.TCP({ address: PEER_ADDRESS, port: 7, ...recorder(events), ...more });
  simulation.advance(100);
  listener.close();
  return { socket, events, peer: accepted! };
}

/** Resets the connection, as only the peer's stack can. */
function reset({ localPort }: Tcp): void {
  network.peer.stack.tcp.connections.find((each) => each.localPort === localPort)!.abort();
  network.simulation.advance(100);
}

const ROOM: Readonly<Record<Platform, number>> = { esp32: 8192, desktop: 1536 };

describe.each<Platform>(["esp32", "desktop"])("Moddable's sockets on %s", (platform) => {
  beforeEach(() => {
    network = makeNetwork(platform);
  });

  it("connect, and tell their room", () => {
    const { socket, events, peer } = connect();
    expect(events).toEqual([`writable ${ROOM[platform]}`]);
    expect(socket.write(bytes("hello"))).toBe(ROOM[platform] - 5);
    network.simulation.advance(100);
    expect(text(peer.read())).toBe("hello");
    expect([socket.remoteAddress, socket.remotePort]).toEqual([PEER_ADDRESS, 7]);
  });

  it("throw at a write before there is a connection, and at one that is too long", () => {
    const { native } = network;
    const early = new native.TCP({ address: PEER_ADDRESS, port: 7 });
    expect(() => early.write(bytes("x"))).toThrow(platform === "esp32" ? "not ready" : "would block");
    const { socket } = connect();
    expect(() => socket.write(new Uint8Array(ROOM[platform] + 1))).toThrow("would block");
  });

  it("give no more at once than there is", () => {
    const { socket, peer } = connect();
    peer.write(bytes("hello"));
    network.simulation.advance(100);
    expect(() => socket.read(new Uint8Array(6))).toThrow("invalid");
    expect(() => socket.read(6)).toThrow("invalid");
    const buffer = new Uint8Array(2);
    expect(socket.read(buffer)).toBe(2);
    expect(text(buffer)).toBe("he");
    expect(text(socket.read(1))).toBe("l");
    expect(text(socket.read())).toBe("lo");
    expect(socket.read()).toBeUndefined();
  });

  it("report a refused connection, an end and a reset alike", () => {
    const { native, simulation } = network;
    const events: string[] = [];
    new native.TCP({ address: PEER_ADDRESS, port: 9, ...recorder(events) });
    simulation.advance(100);
    expect(events).toEqual(["error"]);
    const ended = connect();
    ended.peer.close();
    simulation.advance(100);
    expect(ended.events[1]).toBe("error");
    const lost = connect();
    reset(lost.peer);
    expect(lost.events[1]).toBe("error");
  });

  it("say nothing once closed, and throw a SyntaxError at whoever calls", () => {
    const { socket, events, peer } = connect();
    socket.close();
    socket.close();
    peer.write(bytes("x"));
    network.simulation.advance(100);
    expect(events).toHaveLength(1);
    expect(() => socket.read()).toThrow(SyntaxError);
    expect(() => socket.write(bytes("x"))).toThrow(SyntaxError);
    expect(() => socket.remoteAddress).toThrow(SyntaxError);
  });

  it("die of an exception in a callback", () => {
    const { machine } = network;
    connect({
      onWritable: () => {
        throw new Error("oh");
      },
    });
    expect(machine.crashed).toBe("unhandled exception: Error: oh");
    expect(() => new network.native.UDP({ port: 9, onReadable: () => undefined, target: undefined })).toThrow(
      "unhandled exception",
    );
  });

  it("accept, and give bare sockets that keep what comes until they are wrapped", () => {
    const { native, peer, simulation } = network;
    const counts: number[] = [];
    const listener = new native.Listener({
      port: 80,
      onReadable: (count) => void counts.push(count),
      target: undefined,
    });
    expect(listener.port).toBe(80);
    for (let left = 2; left > 0; left--) {
      let isSent = false;
      new peer.stack.io.TCP({
        address: DEVICE_ADDRESS,
        port: 80,
        onWritable() {
          if (!isSent) this.write(bytes("hello"));
          isSent = true;
        },
      });
    }
    simulation.advance(100);
    expect(counts.at(-1)).toBe(2);
    const events: string[] = [];
    const socket = new native.TCP({ from: listener.read()!, ...recorder(events) });
    simulation.advance(300);
    expect(events).toEqual([`writable ${ROOM[platform]}`, "readable 5"]);
    expect(text(socket.read())).toBe("hello");
    expect(listener.read()).toBeDefined();
    expect(listener.read()).toBeUndefined();
  });

  it("move datagrams", () => {
    const { native, peer, simulation } = network;
    const counts: number[] = [];
    const socket = new native.UDP({
      port: 5000,
      onReadable: (count) => void counts.push(count),
      target: undefined,
    });
    const other = new peer.stack.io.UDP({ port: 6000 });
    other.write(bytes("one"), DEVICE_ADDRESS, 5000);
    other.write(bytes("two"), DEVICE_ADDRESS, 5000);
    simulation.advance(100);
    expect(counts.at(-1)).toBe(2);
    const first = socket.read()!;
    expect([text(first), first.address, first.port]).toEqual(["one", PEER_ADDRESS, 6000]);
    socket.write(bytes("answer"), PEER_ADDRESS, 6000);
    simulation.advance(100);
    expect(text(other.read())).toBe("answer");
    expect(() => new native.UDP({ port: 5000, onReadable: () => undefined, target: undefined })).toThrow(
      "bind failed",
    );
  });
});

describe("Moddable's sockets on ESP32", () => {
  beforeEach(() => {
    network = makeNetwork("esp32");
  });

  it("can't be made before there is a network", () => {
    const { machine, native } = network;
    machine.hasNetwork = false;
    const onReadable = (): void => undefined;
    expect(() => new native.TCP({ address: PEER_ADDRESS, port: 7 })).toThrow("no network");
    expect(() => new native.Listener({ port: 80, onReadable, target: undefined })).toThrow("no network");
    expect(() => new native.UDP({ port: 9, onReadable, target: undefined })).toThrow("no network");
  });

  it("refuse to write after the peer's FIN", () => {
    const { socket, peer } = connect();
    peer.close();
    network.simulation.advance(100);
    expect(() => socket.write(bytes("x"))).toThrow("not ready");
  });

  it("report a FIN when all is read", () => {
    const { socket, events, peer } = connect();
    peer.write(bytes("bye"));
    peer.close();
    network.simulation.advance(100);
    expect(events.slice(1)).toEqual(["readable 3"]);
    socket.read();
    network.simulation.advance(0);
    expect(events.slice(2)).toEqual(["error"]);
  });

  it("crash the device when a connection that was reset is asked for its peer", () => {
    const { socket, peer } = connect();
    reset(peer);
    expect(() => socket.remoteAddress).toThrow("there is no connection");
    expect(network.machine.crashed).toBeDefined();
    expect(() => socket.close()).toThrow("there is no connection");
  });

  it("say nothing of a peer that there is no route to, nor of one that nobody answers for", () => {
    const { native, simulation } = network;
    for (const address of ["198.51.100.1", "192.0.2.99"]) {
      const events: string[] = [];
      const socket = new native.TCP({ address, port: 7, ...recorder(events) });
      simulation.advance(60_000);
      expect(events).toEqual([]);
      socket.close();
    }
  });

  it("reset the connection if it is closed with bytes unread", () => {
    const { socket, peer } = connect();
    peer.write(bytes("x"));
    network.simulation.advance(100);
    socket.close();
    network.simulation.advance(100);
    expect(() => peer.write(bytes("x"))).toThrow("ECONNRESET");
  });

  it("are eight, and four listeners", () => {
    const { native } = network;
    const onReadable = (): void => undefined;
    for (let port = 1; port <= 4; port++) new native.Listener({ port, onReadable, target: undefined });
    expect(() => new native.Listener({ port: 5, onReadable, target: undefined })).toThrow("no memory");
    for (let count = 0; count < 8; count++) new native.TCP({ address: PEER_ADDRESS, port: 7 });
    expect(() => new native.TCP({ address: PEER_ADDRESS, port: 7 })).toThrow("no socket");
  });

  it("refuse a second listener on a port", () => {
    const { native } = network;
    const options = { port: 80, onReadable: (): void => undefined, target: undefined };
    new native.Listener(options);
    expect(() => new native.Listener(options)).toThrow("no memory");
  });

  it("fail for good when many small pieces are on their way", () => {
    const { socket, events } = connect({ nodelay: true });
    let written = 0;
    for (; written < 100; written++) {
      if (socket.write(bytes("x")) === undefined) break;
      network.simulation.advance(0);
    }
    expect(written).toBe(23);
    network.simulation.advance(1000);
    // Again with what is acknowledged after it.
    expect(events.slice(1)).toEqual(["error", "error"]);
    expect(() => socket.write(bytes("x"))).toThrow("not ready");
  });

  it("take many small pieces of one turn as one", () => {
    const { socket, events } = connect({ nodelay: true });
    for (let written = 0; written < 100; written++) expect(socket.write(bytes("x"))).toBeDefined();
    network.simulation.advance(1000);
    expect(events).not.toContain("error");
  });

  it("send segments of 1,436 bytes", () => {
    const { socket, peer } = connect();
    socket.write(new Uint8Array(3000));
    network.simulation.advance(100);
    const { connections } = network.peer.stack.tcp;
    expect(connections.find((each) => each.localPort === peer.localPort)?.offeredMss).toBe(1436);
  });

  it("take no datagram that came in fragments", () => {
    const { native, peer, simulation } = network;
    const socket = new native.UDP({ port: 5000, onReadable: () => undefined, target: undefined });
    const other = new peer.stack.io.UDP({});
    for (const length of [1473, 1472]) other.write(new Uint8Array(length), DEVICE_ADDRESS, 5000);
    simulation.advance(100);
    expect(socket.read()?.byteLength).toBe(1472);
    expect(socket.read()).toBeUndefined();
  });

  it("join groups and send broadcasts", () => {
    const { native, peer, simulation } = network;
    const socket = new native.UDP({ port: 5000, onReadable: () => undefined, target: undefined });
    socket.add!("239.1.2.3");
    const other = new peer.stack.io.UDP({ port: 6000 });
    other.write(bytes("all"), "239.1.2.3", 5000);
    socket.write(bytes("everybody"), "255.255.255.255", 6000);
    simulation.advance(100);
    expect(text(socket.read())).toBe("all");
    expect(text(other.read())).toBe("everybody");
    socket.remove!("239.1.2.3");
    other.write(bytes("all"), "239.1.2.3", 5000);
    simulation.advance(100);
    expect(socket.read()).toBeUndefined();
  });
});

describe("Moddable's sockets in the Linux simulator", () => {
  beforeEach(() => {
    network = makeNetwork("desktop");
  });

  it("write after the peer's FIN, but only what there was room for", () => {
    const { socket, peer } = connect();
    peer.close();
    network.simulation.advance(100);
    expect(socket.write(bytes("x"))).toBe(1535);
    network.simulation.advance(100);
    expect(() => socket.write(new Uint8Array(1536))).toThrow("would block");
  });

  it("never report a FIN that comes while data is unread", () => {
    const { socket, events, peer } = connect();
    peer.write(bytes("bye"));
    peer.close();
    network.simulation.advance(100);
    expect(text(socket.read())).toBe("bye");
    network.simulation.advance(600_000);
    expect(events.slice(1)).toEqual(["readable 3"]);
  });

  it("call back after a callback that closes them, in the same look", () => {
    const calls: string[] = [];
    const { socket, peer } = connect({
      onWritable() {
        if (calls.push("writable") > 1) this.close();
      },
      onReadable: () => void calls.push("readable"),
    });
    socket.write(bytes("x"));
    peer.write(bytes("y"));
    network.simulation.advance(100);
    expect(calls).toEqual(["writable", "writable", "readable"]);
  });

  it("have no peer after a reset, and take what is written then", () => {
    const { socket, peer } = connect();
    reset(peer);
    expect(socket.remoteAddress).toBe("0.0.0.0");
    expect(socket.write(bytes("x"))).toBeUndefined();
  });

  it("crash some time after a listener that found its port taken", () => {
    const { machine, native, simulation } = network;
    const options = { port: 80, onReadable: (): void => undefined, target: undefined };
    const listener = new native.Listener(options);
    expect(() => new native.Listener(options)).toThrow("bind socket failed");
    expect(listener.port).toBe(80);
    simulation.advance(100);
    expect(machine.crashed).toContain("segmentation fault");
    expect(() => listener.port).toThrow("segmentation fault");
  });

  it("read 1,536 bytes every 20 ms", () => {
    const { socket, peer, events } = connect({
      onReadable(count) {
        events.push(`${network.simulation.now() % 20}: ${count}`);
        this.read();
      },
    });
    peer.write(new Uint8Array(4000));
    network.simulation.advance(100);
    expect(events.slice(1)).toEqual(["0: 1536", "0: 1536", "0: 928"]);
    socket.close();
  });

  it("take one datagram every 20 ms, and none that is empty", () => {
    const { native, peer, simulation } = network;
    const times: number[] = [];
    const onReadable = (): void => void times.push(simulation.now());
    const socket = new native.UDP({ port: 5000, onReadable, target: undefined });
    const other = new peer.stack.io.UDP({ port: 6000 });
    for (const message of ["a", "", "b"]) other.write(bytes(message), DEVICE_ADDRESS, 5000);
    other.write(new Uint8Array(3000), DEVICE_ADDRESS, 5000);
    simulation.advance(200);
    expect(times).toEqual([20, 60, 80]);
    expect([text(socket.read()), text(socket.read())]).toEqual(["a", "b"]);
    expect(socket.read()?.byteLength).toBe(2048);
  });

  it("send no broadcasts and know no groups", () => {
    const { native } = network;
    const socket = new native.UDP({ port: 5000, onReadable: () => undefined, target: undefined });
    expect(() => socket.write(bytes("x"), "255.255.255.255", 9)).toThrow("sendto failed");
    expect(socket.add).toBeUndefined();
  });
});
