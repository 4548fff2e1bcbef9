import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  PROTOCOL_TCP,
  TCP_ACK,
  TCP_FIN,
  TCP_PSH,
  TCP_SYN,
  checkTcp,
  emitSynOptions,
  emitTcp,
  ipv4PseudoSum,
  readTcpOptions,
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
function optionsOf(...options: number[]): TcpOptionValues {
  const padded = [...options, ...Array<number>((4 - (options.length % 4)) % 4).fill(0)];
  const bytes = new Uint8Array(20 + padded.length);
  bytes[12] = (bytes.length >> 2) << 4;
  bytes.set(padded, 20);
  const values: TcpOptionValues = { mss: 1, windowScale: 1 };
  readTcpOptions(bytes, 0, values);
  return values;
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
  it("are read as Linux wrote them, those unknown here among them", () => {
    const values: TcpOptionValues = { mss: undefined, windowScale: undefined };
    readTcpOptions(captured("syn"), AT, values);
    expect(values).toEqual({ mss: 1460, windowScale: 10 });
    readTcpOptions(captured("data"), AT, values);
    expect(values).toEqual({ mss: undefined, windowScale: undefined });
  });

  it.each<[string, number[], TcpOptionValues]>([
    ["none", [], { mss: undefined, windowScale: undefined }],
    ["both", [2, 4, 5, 180, 1, 3, 3, 7], { mss: 1460, windowScale: 7 }],
    ["the end before another one", [2, 4, 5, 180, 0, 3, 3, 7], { mss: 1460, windowScale: undefined }],
    ["a shift count above 14 (RFC 7323 §2.3)", [3, 3, 255], { mss: undefined, windowScale: 14 }],
    ["the MSS with a wrong length", [2, 3, 5, 3, 3, 2], { mss: undefined, windowScale: 2 }],
    ["a length of 0", [2, 4, 5, 180, 99, 0, 3, 3], { mss: 1460, windowScale: undefined }],
    ["a length of 1", [99, 1, 2, 4, 5, 180], { mss: undefined, windowScale: undefined }],
    ["a length beyond the end", [3, 3, 1, 99, 40], { mss: undefined, windowScale: 1 }],
    ["a kind without its length", [1, 1, 1, 2], { mss: undefined, windowScale: undefined }],
    ["the same twice: the last counts", [2, 4, 1, 0, 2, 4, 2, 0], { mss: 512, windowScale: undefined }],
  ])("may be %s", (_, options, values) => {
    expect(optionsOf(...options)).toEqual(values);
  });

  it("are read as they were written", () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.option(fc.nat(14), { nil: undefined }), (mss, windowScale) => {
        const bytes = new Uint8Array(28);
        bytes[12] = (20 + emitSynOptions(bytes, 0, mss, windowScale)) << 2;
        const values: TcpOptionValues = { mss: undefined, windowScale: undefined };
        readTcpOptions(bytes, 0, values);
        expect(values).toEqual({ mss, windowScale });
      }),
    );
  });

  it("never throw nor loop, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 80 }), (bytes) => {
        if (checkTcp(bytes, 0, bytes.length, undefined) !== undefined) return;
        const values: TcpOptionValues = { mss: undefined, windowScale: undefined };
        readTcpOptions(bytes, 0, values);
        expect(values.windowScale ?? 0).toBeLessThanOrEqual(14);
      }),
    );
  });
});
