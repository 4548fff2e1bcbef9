import { describe, expect, it } from "@jest/globals";
import type { TcpOptions } from "../../../src/host/index.js";
import { dialogue, type Dialogue } from "../support/dialogue.js";

/** An open connection with just these callbacks, each of which notes that it was called. */
function connected(
  ...names: ("onEnd" | "onError" | "onReadable" | "onWritable")[]
): Dialogue & { heard: string[] } {
  const d = dialogue();
  const heard: string[] = [];
  const note = (name: string) =>
    function (...args: unknown[]): void {
      heard.push(
        [name, ...args.map((arg) => (arg as { code?: string } | undefined)?.code ?? String(arg))].join(" "),
      );
    };
  const silent = { onEnd: undefined, onError: undefined, onReadable: undefined, onWritable: undefined };
  const options: Partial<TcpOptions> = { ...silent };
  for (const name of names) Object.assign(options, { [name]: note(name) });
  d.app.connects(options);
  d.peer.receives({ syn: true });
  d.peer.sends({ syn: true, seq: 0, ack: 1, mss: 1460 });
  d.peer.receives({ seq: 1, ack: 1 });
  heard.length = 0;
  return Object.assign(d, { heard });
}

describe("the peer's orderly end", () => {
  it("is told through onEnd, once all was read", () => {
    const { app, peer, heard } = connected("onEnd", "onError");
    peer.sends({ fin: true, seq: 1, ack: 1, data: "last" });
    peer.receives({ ack: 6 });
    expect(heard).toEqual([]);
    app.reads();
    expect(heard).toEqual(["onEnd"]);
    peer.sends({ fin: true, seq: 1, ack: 1, data: "last" });
    peer.receives({ ack: 6 });
    expect(heard).toEqual(["onEnd"]);
  });

  it("leaves the other direction open: room and failures are still told", () => {
    const { app, peer, heard } = connected("onEnd", "onError", "onWritable");
    peer.sends({ fin: true, seq: 1, ack: 1 });
    peer.receives({ ack: 2 });
    app.writes("answer");
    peer.receives({ seq: 1, ack: 2, data: "answer" });
    peer.sends({ seq: 2, ack: 7 });
    peer.sends({ rst: true, seq: 2 });
    expect(heard).toEqual(["onEnd", "onWritable 65536", "onError ECONNRESET"]);
  });

  it("is told through onError without a cause where there is no onEnd, and nothing after it", () => {
    const { app, peer, heard } = connected("onError", "onReadable", "onWritable");
    peer.sends({ fin: true, seq: 1, ack: 1 });
    peer.receives({ ack: 2 });
    expect(heard).toEqual(["onError"]);
    app.writes("still possible");
    peer.receives({ seq: 1, ack: 2, data: "still possible" });
    peer.sends({ seq: 2, ack: 15 });
    peer.sends({ rst: true, seq: 2 });
    expect(heard).toEqual(["onError"]);
  });

  it("is told to nobody where nobody wants to know", () => {
    const { peer, heard } = connected();
    peer.sends({ fin: true, seq: 1, ack: 1 });
    peer.receives({ ack: 2 });
    expect(heard).toEqual([]);
  });
});

describe("a failure", () => {
  it("is told once, with its cause, and nothing after it", () => {
    const { app, peer, heard } = connected("onEnd", "onError", "onReadable");
    peer.sends({ rst: true, seq: 1 });
    expect(heard).toEqual(["onError ECONNRESET"]);
    peer.sends({ seq: 1, ack: 1, data: "x" });
    peer.receives({ rst: true, seq: 1 });
    app.closes();
    expect(heard).toEqual(["onError ECONNRESET"]);
  });

  it("comes after the data that came before it", () => {
    const { machine, peer, heard } = connected("onEnd", "onError", "onReadable");
    machine.whileNotPolled(() => {
      peer.sends({ seq: 1, ack: 1, data: "data" });
      peer.sends({ rst: true, seq: 5 });
    });
    expect(heard).toEqual(["onReadable 4", "onError ECONNRESET"]);
  });

  it("takes the place of an end that was not told yet", () => {
    const { machine, peer, heard } = connected("onEnd", "onError");
    machine.whileNotPolled(() => {
      peer.sends({ fin: true, seq: 1, ack: 1 });
      peer.ignores();
      peer.sends({ rst: true, seq: 2 });
    });
    expect(heard).toEqual(["onError ECONNRESET"]);
  });

  it("is told of the whole of it: what failed, and with whom", () => {
    const d = dialogue();
    const errors: string[] = [];
    d.app.connects({ onError: (error) => errors.push(String(error)) });
    d.peer.receives({ syn: true });
    d.peer.sends({ rst: true, seq: 0, ack: 1 });
    expect(errors).toEqual(["NetworkError: connect to 10.0.0.9:7000: connection refused (ECONNREFUSED)"]);
  });
});

describe("a callback", () => {
  it("may close the socket: what else was due is not told", () => {
    const d = dialogue();
    const heard: string[] = [];
    d.app.connects({
      onReadable() {
        heard.push("readable");
        this.read();
        this.close();
      },
      onEnd: () => heard.push("end"),
    });
    d.peer.receives({ syn: true });
    d.peer.sends({ syn: true, fin: true, seq: 0, ack: 1, data: "x" });
    d.peer.receives({ seq: 1, ack: 3 });
    d.peer.receives({ fin: true, seq: 1, ack: 3 });
    expect(heard).toEqual(["readable"]);
  });

  it("may connect anew", () => {
    const d = dialogue();
    d.app.connects({ onError: () => d.app.connects() });
    d.peer.receives({ syn: true, seq: 0 });
    d.peer.sends({ rst: true, seq: 0, ack: 1 });
    d.peer.beginsAnew(90_000);
    d.peer.receives({ syn: true, seq: 0 });
    expect(d.app.states).toEqual(["SYN-SENT"]);
  });

  it("may close the listener that it came from", () => {
    const d = dialogue();
    const { io } = d.machine.stack;
    const listener = new io.Listener({
      port: 80,
      onReadable() {
        d.app.socket = new io.TCP({ from: this.read()! });
        this.close();
      },
    });
    d.peer.sends({ syn: true, seq: 0 });
    d.peer.receives({ syn: true, ack: 1 });
    d.peer.sends({ seq: 1, ack: 1 });
    d.peer.receivesNothing();
    expect(d.app.states).toEqual(["ESTABLISHED"]);
    expect(() => listener.read()).toThrow(/EBADF/);
  });

  it("may read less than there is, and is told again only of more", () => {
    const { app, peer, heard } = connected("onReadable");
    peer.sends({ seq: 1, ack: 1, data: "hello" });
    app.socket?.read(2);
    peer.sends({ seq: 6, ack: 1, data: "world" });
    peer.ignores();
    expect(heard).toEqual(["onReadable 5", "onReadable 8"]);
  });
});
