import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  PROTOCOL_TCP,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_SYN,
  checkTcp,
  TCP_TIMESTAMPS_LENGTH,
  emitSackOption,
  emitSynOptions,
  emitTcp,
  emitTimestampsOption,
  emitUserTimeoutOption,
  ipv4PseudoSum,
  readTcpOptions,
  sackOptionLength,
  tcpAcknowledgment,
  tcpDestinationPort,
  tcpFlags,
  tcpHeaderLength,
  tcpSequence,
  tcpSourcePort,
  tcpWindow,
  type TcpOptionValues,
} from "../../src/wire/index.js";
import { TRANSPORT_AT, captured } from "./captures.js";

const AT = TRANSPORT_AT;

function pseudoSum(length: number): number {
  return ipv4PseudoSum(0xc000_0201, 0xc000_0202, PROTOCOL_TCP, length);
}

/** What the options of a header say. */
function optionsOf(...options: number[]): Options {
  const padded = [...options, ...Array<number>((4 - (options.length % 4)) % 4).fill(0)];
  const bytes = new Uint8Array(20 + padded.length);
  bytes[12] = (bytes.length >> 2) << 4;
  bytes.set(padded, 20);
  return readOptions(bytes, 0);
}

interface Options {
  readonly mss: number | undefined;
  readonly windowScale: number | undefined;
  readonly sackPermitted: boolean;
  readonly timestamps: readonly [value: number, echo: number] | undefined;
  readonly sack: readonly number[];
  readonly userTimeout?: number | undefined;
}

const NONE: Options = {
  mss: undefined,
  windowScale: undefined,
  sackPermitted: false,
  timestamps: undefined,
  sack: [],
  userTimeout: undefined,
};

/** The options of a segment, read over what another one has left. */
function readOptions(bytes: Uint8Array, at: number): Options {
  const values: TcpOptionValues = {
    mss: 1,
    windowScale: 1,
    sackPermitted: true,
    hasTimestamps: true,
    timestamp: 1,
    timestampEcho: 1,
    userTimeout: 1,
    sackEdges: new Int32Array(8).fill(1),
    sackBlocks: 4,
  };
  readTcpOptions(bytes, at, values);
  const { mss, windowScale, sackPermitted, hasTimestamps, timestamp, timestampEcho } = values;
  const { userTimeout, sackEdges, sackBlocks } = values;
  return {
    mss,
    windowScale,
    sackPermitted,
    timestamps: hasTimestamps ? [timestamp >>> 0, timestampEcho >>> 0] : undefined,
    userTimeout,
    sack: [...sackEdges.subarray(0, 2 * sackBlocks)].map((edge) => edge >>> 0),
  };
}

describe("a TCP segment (RFC 9293 §3.1)", () => {
  it.each([
    ["syn", 0x16f7_a5ed, 0, TCP_SYN, 0xfaf0, 40],
    ["synAck", 0x716a_2ef0, 0x16f7_a5ee, TCP_SYN | TCP_ACK, 0xfe88, 40],
    ["data", 0x16f7_a5ee, 0x716a_2ef1, TCP_PSH | TCP_ACK, 0x3f, 32],
    ["fin", 0x716a_2ef6, 0x16f7_a5f3, TCP_FIN | TCP_ACK, 0x40, 32],
  ] as const)("is read and written as it was captured: %s", (name, sequence, ack, flags, window, header) => {
    const frame = captured(name);
    const length = frame.length - AT;
    expect(checkTcp(frame, AT, frame.length, pseudoSum(length))).toBeUndefined();
    expect([tcpSequence(frame, AT) >>> 0, tcpAcknowledgment(frame, AT) >>> 0]).toEqual([sequence, ack]);
    expect([tcpFlags(frame, AT), tcpWindow(frame, AT), tcpHeaderLength(frame, AT)]).toEqual([
      flags,
      window,
      header,
    ]);
    const [from, to] = [tcpSourcePort(frame, AT), tcpDestinationPort(frame, AT)];
    expect([from, to].sort()).toEqual([0xadee, 80].sort());
    const written = new Uint8Array(frame).fill(0xee, AT, AT + 20);
    emitTcp(written, AT, from, to, sequence, ack, flags, window, header, length, pseudoSum(length));
    expect(written).toEqual(frame);
  });

  it("is refused when cut off, or with a flipped bit", () => {
    const frame = captured("data");
    const sum = pseudoSum(frame.length - AT);
    for (let end = AT; end < frame.length; end++) {
      const fault = end < AT + 20 ? "tcp-truncated" : end < AT + 32 ? "tcp-data-offset" : "tcp-checksum";
      expect(checkTcp(frame, AT, end, sum)).toBe(fault);
    }
    for (let at = AT; at < frame.length; at++) {
      if (at === AT + 12) continue; // the data offset is looked at first
      const changed = new Uint8Array(frame);
      changed[at]! ^= 1;
      expect(checkTcp(changed, AT, frame.length, sum)).toBe("tcp-checksum");
    }
  });

  it.each([0, 4, 9])("is refused with a data offset of %i words", (words) => {
    const frame = captured("data");
    frame[AT + 12] = words << 4;
    expect(checkTcp(frame, AT, AT + 35, undefined)).toBe("tcp-data-offset");
  });

  it("is read as it was written", () => {
    const u32 = fc.nat(0xffff_ffff);
    const u16 = fc.nat(0xffff);
    fc.assert(
      fc.property(
        u16,
        u16,
        u32,
        u32,
        fc.nat(255),
        u16,
        fc.uint8Array({ maxLength: 50 }),
        fc.nat(10),
        (from, to, sequence, ack, flags, window, data, words) => {
          const header = 20 + 4 * words;
          const bytes = Uint8Array.from([...new Uint8Array(header), ...data]);
          const sum = pseudoSum(bytes.length);
          emitTcp(bytes, 0, from, to, sequence, ack, flags, window, header, bytes.length, sum);
          expect(checkTcp(bytes, 0, bytes.length, sum)).toBeUndefined();
          expect([tcpSourcePort(bytes, 0), tcpDestinationPort(bytes, 0)]).toEqual([from, to]);
          expect([tcpSequence(bytes, 0), tcpAcknowledgment(bytes, 0)]).toEqual([sequence | 0, ack | 0]);
          expect([tcpFlags(bytes, 0), tcpWindow(bytes, 0)]).toEqual([flags, window]);
          expect(tcpHeaderLength(bytes, 0)).toBe(header);
        },
      ),
    );
  });
});

describe("the options of a segment (RFC 9293 §3.2)", () => {
  it("are read as Linux wrote them", () => {
    const syn = readOptions(captured("syn"), AT);
    expect(syn).toEqual({
      ...NONE,
      mss: 1460,
      windowScale: 10,
      sackPermitted: true,
      timestamps: syn.timestamps,
    });
    expect(syn.timestamps).toEqual([expect.any(Number), 0]);
    expect(readOptions(captured("data"), AT).timestamps?.[1]).not.toBe(0);
  });

  it.each<[string, number[], Partial<Options>]>([
    ["none", [], {}],
    ["MSS and scale", [2, 4, 5, 180, 1, 3, 3, 7], { mss: 1460, windowScale: 7 }],
    ["the end before another one", [2, 4, 5, 180, 0, 3, 3, 7], { mss: 1460 }],
    ["a shift count above 14 (RFC 7323 §2.3)", [3, 3, 255], { windowScale: 14 }],
    ["the MSS with a wrong length", [2, 3, 5, 3, 3, 2], { windowScale: 2 }],
    ["a length of 0", [2, 4, 5, 180, 99, 0, 3, 3], { mss: 1460 }],
    ["a length of 1", [99, 1, 2, 4, 5, 180], {}],
    ["a length beyond the end", [3, 3, 1, 99, 40], { windowScale: 1 }],
    ["a kind without its length", [1, 1, 1, 2], {}],
    ["the same twice: the last counts", [2, 4, 1, 0, 2, 4, 2, 0], { mss: 512 }],
    ["SACK permitted (RFC 2018 §2)", [4, 2], { sackPermitted: true }],
    ["SACK permitted with a wrong length", [4, 3, 0], {}],
    ["timestamps (RFC 7323 §3)", [8, 10, 0xff, 0, 0, 1, 0, 0, 1, 0], { timestamps: [0xff00_0001, 256] }],
    ["timestamps cut short", [8, 9, 0, 0, 0, 1, 0, 0, 1], {}],
    ["a SACK block (RFC 2018 §3)", [5, 10, 0, 0, 0, 1, 0xff, 0, 0, 0], { sack: [1, 0xff00_0000] }],
    ["a user time-out in seconds (RFC 5482 §3.3)", [28, 4, 0, 90], { userTimeout: 90_000 }],
    ["a user time-out in minutes", [28, 4, 0x80, 5], { userTimeout: 300_000 }],
    ["a user time-out of zero, which is reserved", [28, 4, 0x80, 0], {}],
    ["a user time-out with a wrong length", [28, 3, 9], {}],
    ["an empty SACK", [5, 2], {}],
    ["a SACK with half a block", [5, 6, 0, 0, 0, 1], {}],
  ])("may be %s", (_, options, values) => {
    expect(optionsOf(...options)).toEqual({ ...NONE, ...values });
  });

  it("of a SYN are read as they were written", () => {
    const u32 = fc.nat(0xffff_ffff);
    const option = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
      fc.option(arbitrary, { nil: undefined });
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        option(fc.nat(14)),
        fc.boolean(),
        option(fc.tuple(u32, u32)),
        (mss, windowScale, sackPermitted, timestamps) => {
          const bytes = new Uint8Array(60);
          const length = emitSynOptions(bytes, 0, { mss, windowScale, sackPermitted, timestamps });
          expect(length % 4).toBe(0);
          bytes[12] = (20 + length) << 2;
          expect(readOptions(bytes, 0)).toEqual({
            ...NONE,
            mss,
            windowScale,
            sackPermitted,
            timestamps,
            sack: [],
          });
        },
      ),
    );
  });

  it("of an ordinary segment are read as they were written, and take what was said", () => {
    const u32 = fc.nat(0xffff_ffff);
    fc.assert(
      fc.property(
        fc.boolean(),
        u32,
        u32,
        fc.array(fc.tuple(u32, u32), { maxLength: 3 }),
        (stamped, value, echo, blocks) => {
          const bytes = new Uint8Array(60);
          let end = 20;
          if (stamped) end = emitTimestampsOption(bytes, end, value, echo);
          expect(end - 20).toBe(stamped ? TCP_TIMESTAMPS_LENGTH : 0);
          const edges = Int32Array.from(blocks.flat());
          if (blocks.length > 0) end = emitSackOption(bytes, end, edges, blocks.length);
          expect(end - 20 - (stamped ? TCP_TIMESTAMPS_LENGTH : 0)).toBe(sackOptionLength(blocks.length));
          bytes[12] = end << 2;
          expect(readOptions(bytes, 0)).toEqual({
            ...NONE,
            timestamps: stamped ? [value, echo] : undefined,
            sack: blocks.flat(),
          });
        },
      ),
    );
  });

  it.each([
    [1, 1000],
    [100_000, 100_000],
    [100_001, 101_000],
    [32_767_000, 32_767_000],
    [32_767_001, 547 * 60_000],
    [Infinity, 32_767 * 60_000],
  ])("say a user time-out of %i ms as %i", (timeout, said) => {
    const bytes = new Uint8Array(24);
    expect(emitUserTimeoutOption(bytes, 20, timeout)).toBe(24);
    bytes[12] = 24 << 2;
    expect(readOptions(bytes, 0).userTimeout).toBe(said);
  });

  it("never throw nor loop, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 80 }), (bytes) => {
        if (checkTcp(bytes, 0, bytes.length, undefined) !== undefined) return;
        expect(readOptions(bytes, 0).windowScale ?? 0).toBeLessThanOrEqual(14);
      }),
    );
  });
});
