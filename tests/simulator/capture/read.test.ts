import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  Capture,
  CAPTURE_EPOCH,
  nameResolutionBlock,
  readCaptureFile,
  type CaptureContents,
} from "../../../simulator/index.js";
import { Ipv4Address } from "../../../src/address/index.js";
import { NetworkError } from "../../../src/error/index.js";
import { describeWith, requireTool } from "../../support/tools.js";

/** Lines of a table, "bytes | what they are", as bytes. */
function bytesOf(text: string): Uint8Array {
  const digits = text
    .split("\n")
    .map((line) => line.split("|")[0]!.replaceAll(" ", ""))
    .join("");
  return Uint8Array.from(Buffer.from(digits, "hex"));
}

/** What this project's own writer makes of three frames. */
function ownCapture(): Uint8Array {
  const blocks: Uint8Array[] = [];
  const capture = new Capture((block) => blocks.push(block));
  capture.name([{ address: Ipv4Address.parse("10.0.0.7"), name: "sensor" }]);
  const frame = (time: number, port: string, length: number, comment?: string): void =>
    capture.write({ time, port, bytes: new Uint8Array(64).fill(length), length, comment });
  frame(1500.000001, "sensor", 60);
  frame(1500.25, "router", 61, "dropped: loss 20%");
  frame(86_400_000, "sensor", 62);
  return Buffer.concat(blocks);
}

/** The frames as [ms, length, first byte]. */
function shown({ frames }: CaptureContents): unknown[] {
  return frames.map(({ time, bytes }) => [time, bytes.length, bytes[0]]);
}

const OWN_FRAMES = [
  [1500.000001, 60, 60],
  [1500.25, 61, 61],
  [86_400_000, 62, 62],
];

describe("readCaptureFile", () => {
  it("reads what this project writes, with names, interfaces, comments and virtual times", () => {
    const contents = readCaptureFile(ownCapture());
    expect(contents).toMatchObject({ epoch: CAPTURE_EPOCH, problem: undefined });
    expect(shown(contents)).toEqual(OWN_FRAMES);
    expect(contents.frames.map((frame) => [frame.number, frame.interface, frame.comment])).toEqual([
      [1, "sensor", undefined],
      [2, "router", "dropped: loss 20%"],
      [3, "sensor", undefined],
    ]);
    expect([...contents.names]).toEqual([["10.0.0.7", "sensor"]]);
  });

  it.each([
    [
      "little-endian, microseconds",
      "d4c3b2a1 0200 0400 00000000 00000000 ffff0000 01000000",
      "02000000 40420f00",
      1.000_000,
    ],
    [
      "little-endian, nanoseconds",
      "4d3cb2a1 0200 0400 00000000 00000000 ffff0000 01000000",
      "02000000 0100 0000",
      0.000001,
    ],
    [
      "big-endian, microseconds",
      "a1b2c3d4 0002 0004 00000000 00000000 0000ffff 00000001",
      "00000002 0007a120",
      500,
    ],
    [
      "big-endian, nanoseconds",
      "a1b23c4d 0002 0004 00000000 00000000 0000ffff 00000001",
      "00000002 1dcd6500",
      500,
    ],
  ])("reads classic pcap: %s", (name, header, time, milliseconds) => {
    const lengths = name.startsWith("little") ? "03000000 04000000" : "00000003 00000004";
    const contents = readCaptureFile(bytesOf(`${header} ${time} ${lengths} 0a0b0c`));
    expect(contents).toMatchObject({
      epoch: name.includes("little-endian, micro") ? 3 : 2,
      problem: undefined,
    });
    expect(contents.frames).toEqual([
      expect.objectContaining({
        number: 1,
        originalLength: 4,
        linkType: 1,
        bytes: Uint8Array.of(10, 11, 12),
      }),
    ]);
    expect(contents.frames[0]!.time).toBe(name.includes("little-endian, micro") ? 0 : milliseconds);
  });

  it("reads big-endian pcapng, with every kind of packet and a resolution that is a power of 2", () => {
    const contents = readCaptureFile(
      bytesOf(`
        0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffff ffffffff 0000001c | section
        00000001 00000020 0065 0000 00000002                            | interface: raw IP, two bytes kept
        0009 0001 8a000000 0000 0000 00000020                           | units of 2⁻¹⁰ s
        00000006 00000024 00000000 00000000 00001600                    | enhanced, after 5.5 s
        00000002 00000005 0102 0000 00000024                            | two of five bytes
        00000002 00000024 0000 0007 00000000 00001800                   | obsolete, after 6 s
        00000001 00000001 03 000000 00000024
        00000003 00000014 00000003 0405 0000 00000014                   | simple: as late as the one before
        00000bad 00000010 01020304 00000010                             | whatever that is`),
    );
    expect(contents.problem).toBeUndefined();
    expect(contents.epoch).toBe(5);
    expect(
      contents.frames.map(({ time, bytes, originalLength }) => [time, [...bytes], originalLength]),
    ).toEqual([
      [500, [1, 2], 5],
      [1000, [3], 1],
      [1000, [4, 5], 3],
    ]);
    expect(contents.frames[0]!.linkType).toBe(101);
  });

  it("begins anew with each section, whatever its byte order", () => {
    const other = bytesOf(`
      0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffff ffffffff 0000001c
      00000006 00000020 00000000 00000000 00000000 00000000 00000000 00000020`);
    const { frames, problem } = readCaptureFile(Buffer.concat([ownCapture(), other]));
    expect(frames).toHaveLength(3);
    expect(problem).toMatch(/^the block at byte \d+ is of interface 0, which there is not$/);
  });

  it("reads what there is of a file whose end is missing, and says so", () => {
    const whole = ownCapture();
    const { frames, problem } = readCaptureFile(whole.subarray(0, whole.length - 10));
    expect(frames).toHaveLength(2);
    expect(problem).toBe(`the block at byte ${whole.length - 96} is cut off`);
  });

  it.each([
    ["nothing", "", "the file is empty"],
    ["something else", "474946383961", "it is neither pcapng nor pcap"],
    ["a compressed file", "1f8b0800", "it is compressed: unpack it with gunzip first"],
    ["half a header", "d4c3b2a1 0200", "the file ends within its header"],
    ["half a section", "0a0d0d0a 1c000000", "the block at byte 0 is cut off"],
    [
      "a section of version 2",
      "0a0d0d0a 1c000000 4d3c2b1a 0200 0000 ffffffff ffffffff 1c000000",
      "has version 2",
    ],
    [
      "a section without byte order",
      "0a0d0d0a 1c000000 00000000 0100 0000 ffffffff ffffffff 1c000000",
      "has no byte order",
    ],
  ])("refuses %s", (_, hex, reason) => {
    expect(() => readCaptureFile(bytesOf(hex))).toThrow(NetworkError);
    expect(() => readCaptureFile(bytesOf(hex))).toThrow(reason);
  });

  const magic = fc.constantFrom("0a0d0d0a", "d4c3b2a1", "a1b2c3d4", "4d3cb2a1", "a1b23c4d", "");
  const files = fc.oneof(
    fc
      .tuple(magic, fc.uint8Array({ maxLength: 300 }))
      .map(([first, rest]) => Uint8Array.of(...Buffer.from(first, "hex"), ...rest)),
    fc
      .tuple(fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat(600))
      .map(([changes, length]) => {
        const file = ownCapture().slice(0, length);
        for (const [at, byte] of changes) file[at % file.length] = byte;
        return file;
      }),
  );

  it("throws nothing but its error, whatever the file is, and gives what is in it", () => {
    fc.assert(
      fc.property(files, (file) => {
        try {
          for (const { bytes, time } of readCaptureFile(file).frames) {
            expect(bytes.buffer).toBe(file.buffer);
            expect(Number.isFinite(time)).toBe(true);
          }
        } catch (error) {
          if (!(error instanceof NetworkError)) throw error;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("passes over options and names that make no sense", () => {
    const names = nameResolutionBlock([{ address: Ipv4Address.parse("10.0.0.1"), name: "a" }]);
    names[10] = 0xff;
    const contents = readCaptureFile(Buffer.concat([ownCapture(), names]));
    expect(contents).toMatchObject({ problem: undefined });
    expect(contents.names.size).toBe(1);
  });
});

describeWith([requireTool("editcap", "wireshark-common")], "what editcap makes of a capture", () => {
  it.each(["pcap", "nsecpcap", "modpcap", "pcapng"])("is read, or refused clearly: %s", (format) => {
    const folder = mkdtempSync(join(tmpdir(), "wirelet-read-"));
    try {
      const [from, to] = [join(folder, "own.pcapng"), join(folder, "other")];
      writeFileSync(from, ownCapture());
      execFileSync("editcap", ["-F", format, from, to], { stdio: "ignore" });
      const read = (): CaptureContents => readCaptureFile(readFileSync(to));
      if (format === "modpcap") {
        expect(read).toThrow("it is neither pcapng nor pcap");
        return;
      }
      const { frames, epoch, problem } = read();
      expect(problem).toBeUndefined();
      const ms = frames.map(({ time }) => time + 1000 * (epoch - CAPTURE_EPOCH));
      const resolution = format === "pcap" ? 1e3 : 1e6;
      expect(ms.map((time) => Math.floor(time * resolution + 0.5))).toEqual(
        OWN_FRAMES.map(([time]) => Math.floor(time! * resolution)),
      );
      expect(frames.map(({ bytes }) => bytes.length)).toEqual([60, 61, 62]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
