import { describe, expect, it } from "@jest/globals";
import type { TcpOptions } from "../../../src/host/index.js";
import { dialogue } from "../support/dialogue.js";
import { Machine, OWN_IP, PEER_IP } from "../support/machine.js";
import { WLAN_IP, twoLinks } from "../support/two-links.js";

const REMOTE = { address: PEER_IP, port: 7000 };

describe("a connection's own end", () => {
  it("is where it was asked for", () => {
    const machine = new Machine();
    const socket = new machine.stack.io.TCP({ ...REMOTE, localAddress: OWN_IP, localPort: 1234 });
    machine.settle();
    expect(socket).toMatchObject({ localAddress: OWN_IP, localPort: 1234 });
    expect(machine.sent).toMatchObject([{ source: OWN_IP, tcp: { from: 1234, to: 7000 } }]);
  });

  it("may be another address than the way's", () => {
    const { machine } = twoLinks();
    const socket = new machine.stack.io.TCP({ ...REMOTE, address: WLAN_IP, localAddress: OWN_IP });
    expect(socket.localAddress).toBe(OWN_IP);
    const any = new machine.stack.io.TCP({ ...REMOTE, localAddress: "0.0.0.0", localPort: 0 });
    expect(any.localAddress).toBe(OWN_IP);
  });

  it("may be the same for several peers, but there is one connection between two ends", () => {
    const { TCP } = new Machine().stack.io;
    const local = { localPort: 1234 };
    new TCP({ ...REMOTE, ...local, port: 7001 });
    const first = new TCP({ ...REMOTE, ...local });
    expect(() => new TCP({ ...REMOTE, ...local })).toThrow(
      /connect to 10\.0\.0\.9:7000: there is a connection from port 1234 \(EADDRINUSE\)/,
    );
    first.close();
    expect(new TCP({ ...REMOTE, ...local }).localPort).toBe(1234);
  });

  it("lingers behind a connection that this host has ended", () => {
    const d = dialogue({ tcp: { timestamps: false } });
    const local = { localPort: 1234 };
    d.app.connects(local);
    d.peer.receives({ syn: true });
    d.peer.sends({ syn: true, seq: 0, ack: 1 });
    d.peer.receives({ seq: 1, ack: 1 });
    d.app.closes();
    d.peer.receives({ fin: true, seq: 1, ack: 1 });
    d.peer.sends({ fin: true, seq: 1, ack: 2 });
    d.peer.receives({ seq: 2, ack: 2 });
    const { TCP } = d.machine.stack.io;
    expect(() => new TCP({ ...REMOTE, ...local })).toThrow(/EADDRINUSE/);
    d.machine.advance(60_000);
    expect(new TCP({ ...REMOTE, ...local }).localPort).toBe(1234);
  });

  it.each<[string, Partial<TcpOptions>, string]>([
    ["somebody else's", { localAddress: PEER_IP }, "EADDRNOTAVAIL"],
    ["a name", { localAddress: "eth0" }, "EINVAL"],
    ["port 65536", { localPort: 65_536 }, "EINVAL"],
    ["port -1", { localPort: -1 }, "EINVAL"],
  ])("cannot be %s", (_, local, code) => {
    const { TCP } = new Machine().stack.io;
    expect(() => new TCP({ ...REMOTE, ...local })).toThrow(expect.objectContaining({ code }));
  });
});

describe("a port on which an earlier connection lingers", () => {
  /** Port 80 has had a connection, whose end this host began. */
  function lingering(): Machine {
    const d = dialogue();
    d.app.listens();
    d.peer.sends({ syn: true, seq: 0 });
    d.peer.receives({ syn: true, seq: 0, ack: 1 });
    d.peer.sends({ seq: 1, ack: 1 });
    d.app.closes();
    d.peer.receives({ fin: true, seq: 1, ack: 1 });
    d.peer.sends({ fin: true, seq: 1, ack: 2 });
    d.peer.receives({ seq: 2, ack: 2 });
    d.app.listener!.close();
    expect(d.app.states).toEqual(["TIME-WAIT"]);
    return d.machine;
  }

  it("can be listened on again, unless the listener is told to wait for its end", () => {
    const machine = lingering();
    const { Listener } = machine.stack.io;
    new Listener({ port: 80 }).close();
    const careful = { port: 80, reuseAddress: false };
    expect(() => new Listener(careful)).toThrow(/port 80: connections .* linger \(EADDRINUSE\)/);
    expect(() => new Listener({ ...careful, address: OWN_IP })).toThrow(/EADDRINUSE/);
    new Listener({ ...careful, address: "127.0.0.1" }).close();
    new Listener({ ...careful, port: 81 }).close();
    machine.advance(60_000);
    expect(new Listener(careful).port).toBe(80);
  });
});

describe("the option privilegedPorts", () => {
  const refused = () => new Machine({ privilegedPorts: "refused" }).stack.io;
  const denied = expect.objectContaining({ code: "EACCES", message: expect.stringContaining("port 80") });

  it("keeps sockets from ports below 1024, if it says so", () => {
    const { TCP, Listener, UDP } = refused();
    expect(() => new Listener({ port: 80 })).toThrow(denied);
    expect(() => new UDP({ port: 80 })).toThrow(denied);
    expect(() => new TCP({ ...REMOTE, localPort: 80 })).toThrow(denied);
    expect(() => new Listener({ port: 1023 })).toThrow(/port 1023.*EACCES/);
  });

  it("leaves the others, and those of peers", () => {
    const { TCP, Listener, UDP } = refused();
    expect(new Listener({ port: 1024 }).port).toBe(1024);
    expect(new UDP({}).port).toBeGreaterThan(1023);
    expect(new TCP({ ...REMOTE, port: 80 }).remotePort).toBe(80);
  });

  it("allows them by default, as devices need it", () => {
    expect(new new Machine().stack.io.Listener({ port: 80 }).port).toBe(80);
  });
});

describe("a listener", () => {
  it("says where it is bound", () => {
    const { Listener } = new Machine().stack.io;
    expect(new Listener({ port: 80, address: OWN_IP }).address).toBe(OWN_IP);
    expect(new Listener({ port: 81 }).address).toBeUndefined();
    expect(new Listener({ port: 82, address: "0.0.0.0" }).address).toBeUndefined();
  });

  it("hands out what its provider makes", () => {
    const d = dialogue();
    d.app.listens({ accepting: false });
    d.peer.sends({ syn: true, seq: 0 });
    d.peer.receives({ syn: true, seq: 0, ack: 1 });
    d.peer.sends({ seq: 1, ack: 1 });
    expect(d.app.listener!.read()).toBeInstanceOf(d.machine.stack.io.TCP);
  });

  it("tells how many connections wait each time that one more does", () => {
    const machine = new Machine();
    const { TCP, Listener } = machine.stack.io;
    const counts: number[] = [];
    new Listener({ port: 80, onReadable: (count) => void counts.push(count) });
    for (let i = 0; i < 2; i++) {
      new TCP({ address: "127.0.0.1", port: 80 });
      machine.settle();
    }
    expect(counts).toEqual([1, 2]);
  });
});
