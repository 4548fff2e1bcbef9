import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue, type Peer } from "../support/dialogue.js";

/** A connection that the program has closed, and whose peer says nothing. */
function leaves(d: Dialogue, port: number): Peer {
  const peer = d.anotherPeer(port);
  peer.sends({ syn: true, seq: 0, mss: 1460 });
  peer.receives({ syn: true, seq: 0, ack: 1 });
  peer.sends({ seq: 1, ack: 1 });
  d.app.closes();
  peer.receives({ fin: true, seq: 1, ack: 1 });
  return peer;
}

describe("connections that their program has closed", () => {
  it("are bounded: the one that has waited longest is reset", () => {
    const d = dialogue({ tcp: { maxOrphans: 2 } });
    d.app.listens();
    const [first, second] = [leaves(d, 1001), leaves(d, 1002)];
    first.receivesNothing();
    leaves(d, 1003);
    first.receives({ rst: true, seq: 2, ack: 1 });
    second.receivesNothing();
    expect(d.app.states).toEqual(["FIN-WAIT-1", "FIN-WAIT-1"]);
  });

  it("count no more once their peer has answered", () => {
    const d = dialogue({ tcp: { maxOrphans: 1 } });
    d.app.listens();
    const first = leaves(d, 1001);
    first.sends({ fin: true, seq: 1, ack: 2 });
    first.receives({ seq: 2, ack: 2 });
    leaves(d, 1002);
    first.receivesNothing();
    expect(d.app.states.sort()).toEqual(["FIN-WAIT-1", "TIME-WAIT"]);
  });

  it("give way where memory is exhausted", () => {
    const d = dialogue({ tcp: { memoryLimit: 4096 } });
    d.app.listens();
    d.peer.sends({ syn: true, seq: 0, mss: 1000, win: 0 });
    d.peer.receives({ syn: true, seq: 0, ack: 1 });
    d.peer.sends({ seq: 1, ack: 1, win: 0 });
    d.app.writes("more than the peer takes");
    d.app.closes();
    d.peer.receives({ rst: true, ack: 1 });
    expect([d.app.states, d.machine.stack.tcp.memory.used]).toEqual([[], 0]);
  });
});
