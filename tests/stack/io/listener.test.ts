import { describe, expect, it } from "@jest/globals";
import { dialogue } from "../support/dialogue.js";
import { Machine, OWN_IP } from "../support/machine.js";

describe("a listener", () => {
  it("has a port to itself, and gives it back", () => {
    const { Listener } = new Machine().stack.io;
    const first = new Listener({ port: 80 });
    expect(first.port).toBe(80);
    expect(() => new Listener({ port: 80 })).toThrow(/port 80.*EADDRINUSE/);
    first.close();
    expect(new Listener({ port: 80 }).port).toBe(80);
  });

  it("picks a free port where none is named", () => {
    const { Listener } = new Machine().stack.io;
    const ports = Array.from({ length: 20 }, () => new Listener({}).port);
    expect(new Set(ports).size).toBe(20);
    for (const port of ports) expect(port).toBeGreaterThanOrEqual(49_152);
  });

  it.each([-1, 65_536, 80.5, Number.NaN])("refuses %d as a port", (port) => {
    const { Listener } = new Machine().stack.io;
    expect(() => new Listener({ port })).toThrow(/EINVAL/);
  });

  it("keeps its target and gives nothing while nobody has come", () => {
    const { Listener } = new Machine().stack.io;
    const listener = new Listener({ target: "mine" });
    expect(listener.target).toBe("mine");
    expect(listener.read()).toBeUndefined();
    listener.close();
    listener.close();
    expect(() => listener.read()).toThrow(/EBADF/);
  });

  it("answers for its address only", () => {
    const d = dialogue();
    const { Listener } = d.machine.stack.io;
    const listener = new Listener({ port: 80, address: "127.0.0.1" });
    d.peer.sends({ syn: true, seq: 0 });
    d.peer.receives({ rst: true, seq: 0, ack: 1 });
    listener.close();
    const second = new Listener({ port: 80, address: OWN_IP });
    d.peer.sends({ syn: true, seq: 0 });
    d.peer.receives({ syn: true, ack: 1 });
    second.close();
  });

  it("hands out connections without callbacks, which can be read and closed as they are", () => {
    const d = dialogue();
    d.app.listens({ accepting: false });
    d.peer.sends({ syn: true, seq: 0 });
    d.peer.receives({ syn: true, seq: 0, ack: 1 });
    d.peer.sends({ seq: 1, ack: 1, data: "hello" });
    const bare = d.app.listener!.read()!;
    expect(bare.remotePort).toBe(7000);
    expect(Buffer.from(bare.read() as ArrayBuffer).toString()).toBe("hello");
    bare.close();
    d.machine.settle();
    d.peer.receives({ fin: true, seq: 1, ack: 6 });
  });
});
