import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  createFramesHost,
  emitMemory,
  emitStart,
  MAX_RECORD_LENGTH,
  messageTime,
  MessageWriter,
  readRecords,
  RecordKind,
  type FramesHost,
  type FramesPort,
  type Pollable,
} from "../../hosts/xs/frames/index.js";
import { MacAddress } from "../../src/address/index.js";
import { NetworkError } from "../../src/error/index.js";
import { readReply, type Reply } from "./exchange.js";

const MAC = MacAddress.parse("02:00:00:00:00:01");
/** The words 1, 2, 3, 4. */
const SEED = Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4);
const START: Record = [RecordKind.start, emitStart({ mac: MAC, mtu: 1500, seed: SEED })];

type Record = readonly [kind: number, bytes: Uint8Array];

function message(time: number, ...records: Record[]): ArrayBuffer {
  const writer = new MessageWriter();
  for (const [kind, bytes] of records) writer.append(kind, bytes);
  return writer.finish(time);
}

function recordsOf(bytes: Uint8Array): Record[] {
  const records: Record[] = [];
  readRecords(bytes, (kind, record) => records.push([kind, Uint8Array.from(record)]));
  return records;
}

describe("messages", () => {
  it("has a time and records, big-endian", () => {
    const bytes = new Uint8Array(message(1.5, [2, Uint8Array.of(0xaa, 0xbb)], [3, Uint8Array.of(1)]));
    expect([...bytes]).toEqual([0x3f, 0xf8, 0, 0, 0, 0, 0, 0, 2, 0, 2, 0xaa, 0xbb, 3, 0, 1, 1]);
  });

  it("reads what was written", () => {
    const time = fc.double({ noNaN: true });
    const record = fc.tuple(fc.nat(255), fc.uint8Array({ maxLength: 3000 }));
    fc.assert(
      fc.property(time, fc.array(record, { maxLength: 5 }), (now, records) => {
        const bytes = new Uint8Array(message(now, ...records));
        expect(messageTime(bytes)).toBe(now);
        expect(recordsOf(bytes)).toEqual(records);
      }),
    );
  });

  it("refuses every cut and all that is not a message with EINVAL", () => {
    const whole = new Uint8Array(message(7, [2, Uint8Array.of(1, 2, 3)]));
    for (let length = 0; length < whole.length; length++) {
      if (length === 8) continue; // A time without records is a message.
      expect(() => (messageTime(whole.subarray(0, length)), recordsOf(whole.subarray(0, length)))).toThrow(
        "EINVAL",
      );
    }
    expect(() => messageTime(new Uint8Array(8).fill(0xff))).toThrow("time is not a number");
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          messageTime(bytes);
          recordsOf(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(NetworkError);
        }
      }),
    );
  });

  it("takes a record of the longest length and none beyond", () => {
    const longest = new Uint8Array(MAX_RECORD_LENGTH).fill(9);
    expect(recordsOf(new Uint8Array(message(0, [2, longest])))).toEqual([[2, longest]]);
    expect(() => message(0, [2, new Uint8Array(MAX_RECORD_LENGTH + 1)])).toThrow("EMSGSIZE");
  });
});

/** A device that does what a test makes it do. */
class Puppet implements Pollable {
  nextPoll = Infinity;
  onWake?: () => void;
  /** When it was polled. */
  readonly polls: number[] = [];
  onPoll: () => void = () => undefined;

  poll(now: number): void {
    this.polls.push(now);
    this.nextPoll = Infinity;
    this.onPoll();
  }
}

/** A puppet that was booted at time 0. */
function bootPuppet() {
  const device = new Puppet();
  let host: FramesHost | undefined;
  const port = createFramesHost((given) => {
    host = given;
    return device;
  });
  const exchange = (time: number, ...records: Record[]): Reply => {
    port.receive(message(time, ...records));
    return readReply(new Uint8Array(port.reply()));
  };
  exchange(0, START);
  if (host === undefined) throw new Error("not booted");
  return { device, exchange, host };
}

describe("the host", () => {
  it("boots the device with what the start record says, and polls it once", () => {
    const { device, host } = bootPuppet();
    expect(host.link.mac.toString()).toBe(MAC.toString());
    expect(host.link).toMatchObject({ mtu: 1500, up: true });
    expect(device.polls).toEqual([0]);
  });

  it("draws the numbers that the authors' C gives for this seed", () => {
    const { host } = bootPuppet();
    const drawn = Array.from({ length: 10 }, () => host.random.uint32());
    expect(drawn).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  it("delivers frames, link changes and memory figures in order, at the time of the request", () => {
    const { exchange, host } = bootPuppet();
    const seen: unknown[] = [];
    host.link.onReceive = (frame, length, now) => seen.push(["frame", [...frame.subarray(0, length)], now]);
    host.link.onLinkChange = () => seen.push(["link", host.link.up, host.clock.now(), host.memory()]);
    const frame: Record = [RecordKind.frame, Uint8Array.of(1, 2)];
    exchange(
      5.25,
      frame,
      [RecordKind.memory, emitMemory({ used: 3, total: 9 })],
      [RecordKind.link, Uint8Array.of(0)],
    );
    exchange(6, frame);
    expect(seen).toEqual([
      ["frame", [1, 2], 5.25],
      ["link", false, 5.25, { used: 3, total: 9 }],
    ]);
  });

  it("sends what the device transmits and logs, in order, and nothing over a link that is down", () => {
    const { device, exchange, host } = bootPuppet();
    device.onPoll = () => {
      host.link.transmit(Uint8Array.of(1, 2, 3, 4), 3);
      host.log("warn", "Grüße, 世界 😀 \ud800");
    };
    device.nextPoll = 10;
    expect(exchange(10)).toEqual({
      deadline: Infinity,
      frames: [Uint8Array.of(1, 2, 3)],
      log: [{ level: "warn", line: "Grüße, 世界 😀 \ufffd" }],
    });
    exchange(11, [RecordKind.link, Uint8Array.of(0)]);
    device.nextPoll = 12;
    expect(exchange(12).frames).toEqual([]);
  });

  it("runs timers in the order of their deadlines, and says when the next one is due", () => {
    const { exchange, host } = bootPuppet();
    const ran: string[] = [];
    const set = (name: string, delay: number): unknown => host.timers.set(() => ran.push(name), delay);
    set("b", 20);
    set("a", 10);
    set("c", 20);
    host.timers.clear(set("never", 15));
    host.timers.clear(undefined);
    expect(exchange(9)).toMatchObject({ deadline: 10 });
    expect(ran).toEqual([]);
    expect(exchange(10)).toMatchObject({ deadline: 20 });
    expect(ran).toEqual(["a"]);
    expect(exchange(30)).toMatchObject({ deadline: Infinity });
    expect(ran).toEqual(["a", "b", "c"]);
  });

  it("leaves a timer that a timer sets for the next request, and does not run one that another cleared", () => {
    const { exchange, host } = bootPuppet();
    const ran: string[] = [];
    host.timers.set(() => {
      ran.push("first");
      host.timers.clear(second);
      host.timers.set(() => ran.push("third"), -5);
    }, 1);
    const second = host.timers.set(() => ran.push("second"), 1);
    expect(exchange(1)).toMatchObject({ deadline: 1 });
    expect(ran).toEqual(["first"]);
    expect(exchange(1)).toMatchObject({ deadline: Infinity });
    expect(ran).toEqual(["first", "third"]);
  });

  it("polls when the device wakes it or wants it by now, before and after the timers", () => {
    const { device, exchange, host } = bootPuppet();
    exchange(1);
    expect(device.polls).toEqual([0]);
    host.timers.set(() => device.onWake?.(), 1);
    exchange(2);
    expect(device.polls).toEqual([0, 2]);
    device.nextPoll = 7;
    expect(exchange(6)).toMatchObject({ deadline: 7 });
    expect(exchange(7)).toMatchObject({ deadline: Infinity });
    expect(device.polls).toEqual([0, 2, 7]);
  });

  it("asks for a request at once when the device was woken after its poll", () => {
    const { device, exchange } = bootPuppet();
    device.onPoll = () => device.onWake?.();
    device.onWake?.();
    expect(exchange(3)).toMatchObject({ deadline: 3 });
  });

  it("refuses what is out of order", () => {
    const fresh = (): FramesPort => createFramesHost(() => new Puppet());
    expect(() => fresh().receive(message(0, [RecordKind.frame, Uint8Array.of(1)]))).toThrow("not started");
    expect(() => fresh().receive(message(0, START, START))).toThrow("started twice");
    expect(() => fresh().receive(message(0, [RecordKind.start, new Uint8Array(23)]))).toThrow("23 bytes");
    expect(() => fresh().receive(message(0, START, [RecordKind.memory, new Uint8Array(1)]))).toThrow(
      "1 bytes",
    );
    expect(() => fresh().receive(message(0, START, [RecordKind.log, new Uint8Array(1)]))).toThrow("kind 5");
    const { exchange } = bootPuppet();
    exchange(5);
    expect(() => exchange(4)).toThrow("time went back");
    expect(() => emitStart({ mac: MAC, mtu: 1500, seed: new Uint8Array(3) })).toThrow("EINVAL");
  });
});
