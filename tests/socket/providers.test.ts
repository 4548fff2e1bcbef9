import { describe, expect, it } from "@jest/globals";
import { NetworkError } from "../../src/error/index.js";
import type { Io, ListenerOptions, TcpOptions, UdpOptions } from "../../src/host/index.js";
import { TcpSocket, UdpSocket, type SocketProvider } from "../../src/socket/index.js";
import { VirtualTime } from "../support/virtual-time.js";
import { bytes, failureOf, text } from "./network.js";

/** A provider of which a test plays the part. */
class Played implements SocketProvider {
  readonly timers = new VirtualTime();
  readonly io = {
    TCP: this.#playing((options: TcpOptions) => this.tcp(options)),
    Listener: this.#playing((options: ListenerOptions) => this.listener(options)),
    UDP: this.#playing((options: UdpOptions) => this.udp(options)),
  } as unknown as Io;
  tcpOptions: TcpOptions = {};
  listenerOptions: ListenerOptions = {};
  udpOptions: UdpOptions = {};

  constructor(
    /** What its sockets have besides what all have. */
    readonly has: object = {},
  ) {}

  tcp(options: TcpOptions): object {
    this.tcpOptions = options;
    return this.#socket(options, { write: () => 1_000 });
  }

  listener(options: ListenerOptions): object {
    this.listenerOptions = options;
    return this.#socket(options, { port: 0 });
  }

  udp(options: UdpOptions): object {
    this.udpOptions = options;
    return this.#socket(options, { write: () => undefined });
  }

  /** A connection that the provider says is there. */
  async connected(): Promise<TcpSocket> {
    const socket = new TcpSocket(this);
    const connecting = socket.connect("10.0.0.1:7");
    this.calls("onWritable", 1_000);
    await connecting;
    return socket;
  }

  /** Calls a callback of the TCP that was made last. */
  calls(name: "onReadable" | "onWritable" | "onEnd" | "onError", ...args: unknown[]): void {
    const socket = { target: this.tcpOptions.target };
    (this.tcpOptions[name] as (this: object, ...args: unknown[]) => void).apply(socket, args);
  }

  #socket(options: object, common: object): object {
    const usual = { read: () => undefined, close: () => undefined, remoteAddress: "10.0.0.1", remotePort: 7 };
    return Object.assign({}, options, usual, common, this.has);
  }

  #playing<Options>(make: (options: Options) => object): unknown {
    return function (options: Options) {
      return make(options);
    };
  }
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

describe("a provider that cannot end one direction alone", () => {
  it("is named where that is asked for; receiving can be ended all the same", async () => {
    const socket = await new Played().connected();
    for (const how of ["write", "both"] as const) {
      await expect(socket.shutdown(how)).rejects.toThrow(
        "shut down 10.0.0.1:7: the platform cannot end one direction alone; close the socket instead (ENOTSUP)",
      );
    }
    const waiting = socket.recv(1);
    await socket.shutdown("read");
    expect(await waiting).toHaveLength(0);
    await socket.sendAll(bytes("x"));
  });
});

describe("a provider that cannot say why a connection is over", () => {
  it("makes it ECONNABORTED", async () => {
    const played = new Played();
    const socket = await played.connected();
    const failure = failureOf(socket.recv(1));
    played.calls("onError");
    await settled();
    expect(failure.message).toBe(
      "connection to 10.0.0.1:7: it ended, and the platform does not say why (ECONNABORTED)",
    );
    const connecting = failureOf(new TcpSocket(played).connect("10.0.0.1:7"));
    played.calls("onError");
    await settled();
    expect(connecting.message).toMatch(/ECONNABORTED/);
  });

  it("or passes on what it says", async () => {
    const played = new Played();
    const socket = await played.connected();
    played.calls("onError", new Error("cable on fire"));
    await expect(socket.recv(1)).rejects.toThrow("connection to 10.0.0.1:7: cable on fire (ECONNABORTED)");
  });
});

it("a provider need not tell of data before it tells of a failure", async () => {
  const waiting = [Uint8Array.from(bytes("data"))];
  const played = new Played({ read: () => waiting.pop()?.buffer });
  const socket = await played.connected();
  played.calls("onError", new NetworkError("ECONNRESET", "test"));
  expect(text(await socket.recv(4))).toBe("data");
  await expect(socket.recv(4)).rejects.toMatchObject({ code: "ECONNRESET" });
});

describe("a provider that has less room than it said", () => {
  it("is asked again when it says that room came free", async () => {
    let room = 0;
    let taken = "";
    const played = new Played({
      write(data: Uint8Array) {
        if (data.length > room) throw new NetworkError("EWOULDBLOCK", "write");
        taken += text(data);
        return (room -= data.length);
      },
    });
    const socket = await played.connected();
    const sending = socket.sendAll(bytes("abc"));
    played.calls("onWritable", (room = 2));
    expect(taken).toBe("ab");
    played.calls("onWritable", (room = 2));
    await sending;
    expect(taken).toBe("abc");
  });

  it("may fail meanwhile, which rejects each call that waits", async () => {
    let isBroken = false;
    const played = new Played({
      write() {
        if (isBroken) throw new NetworkError("ECONNRESET", "write");
        return 0;
      },
    });
    const socket = await played.connected();
    await socket.sendAll(bytes("abc"));
    const failures = [socket.sendAll(bytes("abc")), socket.send(bytes("def"))].map(failureOf);
    isBroken = true;
    played.calls("onWritable", 1);
    await settled();
    expect(failures.map(({ message }) => message)).toEqual(
      Array(2).fill("write: connection reset by peer (ECONNRESET)"),
    );
    played.calls("onWritable", 1);
    await expect(socket.send(bytes("x"))).rejects.toMatchObject({ code: "ECONNRESET" });
  });
});

describe("a provider that finds out later whether a port can be had", () => {
  it("is waited for", async () => {
    const own = { port: 0 };
    const played = new Played();
    played.listener = (options) =>
      Object.assign(own, { close: () => undefined, read: () => undefined }, options, { port: 0 });
    const socket = new TcpSocket(played);
    let isListening = false;
    const listening = socket.listen().then(() => (isListening = true));
    played.timers.advance(10);
    await settled();
    expect(isListening).toBe(false);
    own.port = 4000;
    played.timers.advance(1);
    await listening;
    expect(socket.localAddress?.toString()).toBe("0.0.0.0:4000");
    expect(played.timers.pending).toBe(0);
  });

  it("and refuses, after which the socket can listen elsewhere", async () => {
    const played = new Played();
    const socket = new TcpSocket(played);
    await socket.bind("10.0.0.2:80");
    for (let attempt = 0; attempt < 2; attempt++) {
      const failure = failureOf(socket.listen());
      played.listenerOptions.onError?.call(
        {} as never,
        new NetworkError("EADDRINUSE", "listen on", "10.0.0.2:80"),
      );
      await settled();
      expect(failure.message).toMatch(/EADDRINUSE/);
      expect(socket.localAddress?.toString()).toBe("10.0.0.2:80");
    }
    const closed = failureOf(socket.listen());
    await socket.close();
    await settled();
    expect(closed.message).toMatch(/EBADF/);
  });

  it("and whose listener fails later tells all who accept", async () => {
    const played = new Played({ port: 80 });
    const socket = new TcpSocket(played);
    await socket.listen();
    const failure = failureOf(socket.accept());
    played.listenerOptions.onError?.call({} as never);
    await settled();
    expect(failure.message).toMatch(/ECONNABORTED/);
    await expect(socket.accept()).rejects.toMatchObject({ code: "ECONNABORTED" });
  });
});

it("a connection that is gone before it is accepted is passed over", async () => {
  const gone = { remoteAddress: undefined, close: () => undefined };
  const waiting: object[] = [{ throws: true }, gone, { remoteAddress: "10.0.0.9", remotePort: 9 }];
  const played = new Played({ port: 80, read: () => waiting.shift() });
  played.tcp = ({ from }) => {
    if (from !== undefined && "throws" in from) throw new NetworkError("ECONNRESET", "accept");
    return from!;
  };
  const socket = new TcpSocket(played);
  await socket.listen();
  expect((await socket.accept()).address.toString()).toBe("10.0.0.9:9");
});

describe("a provider without connected UDP", () => {
  it("has what others send kept away, and is told the peer each time", async () => {
    const sent: unknown[] = [];
    const waiting = [
      Object.assign(new ArrayBuffer(1), { address: "10.0.0.2", port: 7 }),
      Object.assign(new ArrayBuffer(2), { address: "10.0.0.1", port: 8 }),
      Object.assign(new ArrayBuffer(3), { address: "10.0.0.1", port: 7 }),
    ];
    const played = new Played({
      read: () => waiting.shift(),
      write: (...args: unknown[]) => void sent.push(args),
    });
    const socket = new UdpSocket(played);
    await socket.connect("10.0.0.1:7");
    await socket.send(bytes("x"));
    expect(sent).toEqual([[bytes("x"), "10.0.0.1", 7]]);
    expect(await socket.recv()).toHaveLength(3);
  });
});

it("a provider without a choice of the interface joins groups on its own", async () => {
  const joined: string[] = [];
  const socket = new UdpSocket(
    new Played({ add: (group: string) => joined.push(group), remove: () => joined.pop() }),
  );
  await socket.bind("0.0.0.0:7");
  await socket.join("239.1.2.3");
  expect(joined).toEqual(["239.1.2.3"]);
  for (const call of [
    () => socket.join("239.1.2.4", "10.0.0.1"),
    () => socket.leave("239.1.2.3", "10.0.0.1"),
  ]) {
    await expect(call()).rejects.toThrow(/does not let the interface be chosen \(ENOTSUP\)$/);
  }
  await socket.leave("239.1.2.3");
  expect(joined).toEqual([]);
});

describe("a provider without room for a datagram", () => {
  function full(): { readonly played: Played; readonly sent: string[]; room: number } {
    const state = { room: 0, sent: [] as string[], played: undefined as unknown as Played };
    state.played = new Played({
      write(data: Uint8Array) {
        if (state.room === 0) throw new NetworkError("EWOULDBLOCK", "send");
        state.room--;
        state.sent.push(text(data));
      },
    });
    return state;
  }

  it("is asked again, for each in its order", async () => {
    const state = full();
    const socket = new UdpSocket(state.played);
    const calls = ["1", "2", "3"].map((data) => socket.sendTo(bytes(data), "10.0.0.1:7"));
    state.room = 2;
    state.played.timers.advance(1);
    expect(state.sent).toEqual(["1", "2"]);
    state.room = 2;
    state.played.timers.advance(1);
    expect(await Promise.all(calls)).toEqual([1, 1, 1]);
    expect(state.sent).toEqual(["1", "2", "3"]);
    expect(state.played.timers.pending).toBe(0);
  });

  it("until the time is over, or the socket is closed", async () => {
    const state = full();
    const socket = new UdpSocket(state.played);
    const limited = failureOf(socket.sendTo(bytes("1"), "10.0.0.1:7", { timeout: 5 }));
    const closed = failureOf(socket.sendTo(bytes("2"), "10.0.0.1:7"));
    state.played.timers.advance(5);
    await socket.close();
    await settled();
    expect(limited.message).toBe("send to 10.0.0.1:7: not within 5 ms (ETIMEDOUT)");
    expect(closed.message).toBe("send: socket is closed (EBADF)");
    state.played.timers.advance(1);
    expect([state.played.timers.pending, state.sent]).toEqual([0, []]);
  });
});

it("a provider that fails to send later says so to the next call", async () => {
  const played = new Played();
  const socket = new UdpSocket(played);
  await socket.sendTo(bytes("x"), "10.0.0.1:7");
  played.udpOptions.onError?.call({} as never, new NetworkError("ENETUNREACH", "send", "10.0.0.1:7"));
  await expect(socket.recvFrom()).rejects.toMatchObject({ code: "ENETUNREACH" });
  const waiting = failureOf(socket.recvFrom());
  played.udpOptions.onError?.call({} as never, new Error("cable on fire"));
  await settled();
  expect(waiting.message).toMatch(/cable on fire \(ECONNABORTED\)/);
});
