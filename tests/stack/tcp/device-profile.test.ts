import { describe, expect, it } from "@jest/globals";
import { dialogue, type Dialogue } from "../support/dialogue.js";

/** 4 KiB each way, and a window of four segments. */
function device(): Dialogue {
  return dialogue({ profile: "device" });
}

describe("the device profile", () => {
  it("announces its small window and an MSS of a quarter of it", () => {
    const { app, peer } = device();
    app.connects();
    peer.receives({ syn: true, seq: 0, win: 4096, mss: 1024, wscale: 0 });
    peer.sends({ syn: true, seq: 0, ack: 1, win: 65_535, mss: 1460, wscale: 7 });
    peer.receives({ seq: 1, ack: 1, win: 4096 });
    expect(app.heard()).toEqual(["writable 4096"]);
  });

  it("sends segments of that size, three at first", () => {
    const d = device();
    d.opens();
    d.app.writes(4096);
    for (const seq of [1, 1025, 2049]) d.peer.receives({ seq, ack: 1, bytes: 1024 });
    d.peer.receivesNothing();
    d.peer.sends({ seq: 1, ack: 1025 });
    d.peer.receives({ seq: 3073, ack: 1, bytes: 1024 });
  });

  it("acknowledges every segment at once, since the peer has room for few", () => {
    const d = device();
    d.opens();
    for (let i = 0; i < 4; i++) {
      d.peer.sends({ seq: 1 + i * 1024, ack: 1, bytes: 1024 });
      d.peer.receives({ seq: 1, ack: 1025 + i * 1024, win: 3072 - i * 1024 });
    }
    expect(d.app.readsPattern()).toBe(4096);
    d.peer.receives({ seq: 1, ack: 4097, win: 4096 });
  });

  it("keeps a stream going as the program reads along", () => {
    const d = device();
    d.opens();
    let windows = "";
    for (let i = 0; i < 20; i++) {
      d.peer.sends({ seq: 1 + i * 1024, ack: 1, bytes: 1024 });
      expect(d.app.readsPattern()).toBe(1024);
      windows += d.peer.ignores();
    }
    // One acknowledgment a segment, and no window update beside it.
    expect(windows).toBe("1".repeat(20));
  });

  it("recovers from the loss of one of four segments without a time-out", () => {
    const d = device();
    d.opens();
    // The initial window must have been used before it grows.
    d.app.writes(3072);
    for (const seq of [1, 1025, 2049]) d.peer.receives({ seq, ack: 1, bytes: 1024 });
    d.peer.sends({ seq: 1, ack: 3073 });
    d.app.writes(4096);
    for (const seq of [3073, 4097, 5121, 6145]) d.peer.receives({ seq, ack: 1, bytes: 1024 });
    for (let i = 0; i < 3; i++) d.peer.sends({ seq: 1, ack: 3073 });
    d.peer.receives({ seq: 3073, ack: 1, bytes: 1024 });
    d.peer.sends({ seq: 1, ack: 7169 });
    expect(d.app.heard()).toEqual(["writable 4096", "writable 4096"]);
  });

  it("never waits less than a second for an acknowledgment (RFC 6298 §2.4)", () => {
    const d = device();
    d.opens();
    d.app.writes("hello");
    d.peer.receives({ seq: 1, ack: 1, data: "hello" });
    d.clock.advance(1000);
    d.peer.receives({ seq: 1, ack: 1, data: "hello", at: 1000 });
  });

  it("acknowledges what the program has read at once with the window open again", () => {
    const d = device();
    d.opens();
    d.app.readsAlong = true;
    for (let i = 0; i < 4; i++) {
      d.peer.sends({ seq: 1 + i * 1024, ack: 1, bytes: 1024 });
      d.peer.receives({ seq: 1, ack: 1025 + i * 1024, win: 4096 });
    }
  });

  it.each([
    [1024, 256],
    [4096, 1024],
    // Six of 1365 fill it, where five of 1460 would leave a rest that silly window avoidance does not send.
    [8192, 1365],
    [16_384, 1460],
  ])("with %d bytes of buffer announces an MSS of %d", (receiveBuffer, mss) => {
    const d = dialogue({ profile: "device", tcp: { receiveBuffer } });
    d.app.connects();
    d.peer.receives({ syn: true, seq: 0, mss });
  });

  it("counts the time stamps of each segment in", () => {
    const d = dialogue({ profile: "device", tcp: { receiveBuffer: 8192, timestamps: true } });
    d.app.connects();
    d.peer.receives({ syn: true, seq: 0, mss: 1365 + 12 });
  });
});
