import { describe, expect, it } from "@jest/globals";
import type { TcpOptions } from "../../../src/host/index.js";
import { dialogue } from "../support/dialogue.js";
import { Machine, PEER_IP } from "../support/machine.js";

describe("the packets of a TCP connection", () => {
  it("carry the TTL and DSCP that it was made with, also when the way there changes", () => {
    const machine = new Machine();
    new machine.stack.io.TCP({ address: PEER_IP, port: 80, timeToLive: 5, dscp: 10 });
    machine.settle();
    machine.eth0.configure({ ...machine.eth0.ipv4!, gateway: machine.eth0.ipv4!.address });
    machine.advance(1_500);
    expect(machine.sent).toMatchObject([
      { ttl: 5, tos: 40 },
      { ttl: 5, tos: 40 },
    ]);
  });

  it("carry those that an accepted one was wrapped with", () => {
    const d = dialogue();
    d.app.listens({ accepting: false });
    d.peer.sends({ syn: true, seq: 0, win: 65_535, mss: 1460 });
    d.peer.receives({ syn: true, seq: 0, ack: 1 });
    d.peer.sends({ seq: 1, ack: 1 });
    d.app.accepts({ dscp: 46, timeToLive: 9 });
    d.app.writes("hello");
    expect(d.machine.sent).toMatchObject([{ ttl: 9, tos: 0xb8 }]);
  });

  it.each<Partial<TcpOptions>>([{ timeToLive: 0 }, { timeToLive: 256 }, { dscp: 64 }])(
    "cannot carry %j",
    (options) => {
      const machine = new Machine();
      expect(() => new machine.stack.io.TCP({ address: PEER_IP, port: 80, ...options })).toThrow(/EINVAL/);
      expect(machine.stack.tcp.connections).toEqual([]);
    },
  );
});
