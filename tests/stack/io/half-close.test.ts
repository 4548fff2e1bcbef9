import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue } from "../support/dialogue.js";

/** An open connection that this host has opened, of which its program has heard. */
function connected(): Dialogue {
  const d = dialogue();
  d.app.connects();
  d.peer.receives({ syn: true });
  d.peer.sends({ syn: true, seq: 0, ack: 1, mss: 1460 });
  d.peer.receives({ seq: 1, ack: 1 });
  d.app.heard();
  return d;
}

function shutDown({ app, machine }: Dialogue): void {
  app.socket!.shutdown!();
  machine.settle();
}

describe("shutdown", () => {
  it("ends this side behind what was written, and reading goes on until the peer ends as well", () => {
    const d = connected();
    d.machine.whileNotPolled(() => {
      d.app.writes("last words");
      d.app.socket!.shutdown!();
    });
    d.peer.receives({ fin: true, seq: 1, ack: 1, data: "last words" });
    d.peer.sends({ seq: 1, ack: 12, data: "an answer" });
    d.clock.advance(40);
    d.peer.receives({ seq: 12, ack: 10 });
    expect(d.app.reads()).toBe("an answer");
    d.peer.sends({ fin: true, seq: 10, ack: 12 });
    d.peer.receives({ seq: 12, ack: 11 });
    expect(d.app.heard()).toEqual(["readable 9", "end"]);
    expect(d.app.states).toEqual(["TIME-WAIT"]);
  });

  it("lets nothing be written any more, and no room be told of", () => {
    const d = connected();
    d.app.writes("x");
    d.peer.receives({ seq: 1, ack: 1, data: "x" });
    shutDown(d);
    d.peer.receives({ fin: true, seq: 2, ack: 1 });
    expect(() => d.app.writes("y")).toThrow(/write to .*10\.0\.0\.9:7000.*EPIPE/);
    d.peer.sends({ seq: 1, ack: 3 });
    expect(d.app.heard()).toEqual([]);
  });

  it("twice is harmless, and so it is after a reset", () => {
    const d = connected();
    shutDown(d);
    shutDown(d);
    d.peer.receives({ fin: true, seq: 1, ack: 1 });
    d.peer.sends({ rst: true, seq: 1 });
    shutDown(d);
    expect(d.app.heard()).toEqual(["error ECONNRESET"]);
  });

  it("answers the peer's end, when it comes after it", () => {
    const d = connected();
    d.peer.sends({ fin: true, seq: 1, ack: 1 });
    d.peer.receives({ seq: 1, ack: 2 });
    shutDown(d);
    d.peer.receives({ fin: true, seq: 1, ack: 2 });
    d.peer.sends({ seq: 2, ack: 2 });
    expect(d.app.heard()).toEqual(["end"]);
    expect(d.app.states).toEqual([]);
  });

  it("leaves what was not read for as long as the socket is open", () => {
    const d = connected();
    shutDown(d);
    d.peer.receives({ fin: true, seq: 1, ack: 1 });
    d.peer.sends({ fin: true, seq: 1, ack: 2, data: "late" });
    d.peer.receives({ seq: 2, ack: 6 });
    d.machine.advance(120_000);
    expect(d.app.states).toEqual([]);
    expect(d.app.reads()).toBe("late");
    expect(d.app.heard()).toEqual(["readable 4", "end"]);
  });

  it("needs a connection", () => {
    const d = dialogue();
    d.app.connects();
    expect(() => d.app.socket!.shutdown!()).toThrow(/10\.0\.0\.9:7000.*ENOTCONN/);
    d.app.closes();
    expect(() => d.app.socket!.shutdown!()).toThrow(/EBADF/);
  });
});
