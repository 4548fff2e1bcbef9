import { describe, expect, it } from "@jest/globals";
import { endianness } from "node:os";
import { OffloadBuffer, VIRTIO_HEADER_LENGTH } from "../../hosts/node/tap/offload.js";

/** An Ethernet frame with IPv4 and TCP, of which only the TCP header's length and flags count here. */
function frameWith({ tcpHeader = 32, flags = 0x10, length = 5000 }): Uint8Array {
  const frame = new Uint8Array(length).fill(0xaa);
  frame[34 + 12] = (tcpHeader / 4) << 4;
  frame[34 + 13] = flags;
  return frame;
}

/** The fields of struct virtio_net_hdr, in the order of linux/virtio_net.h. */
function headerOf(buffer: OffloadBuffer): Record<string, number> {
  const bytes = Buffer.from(buffer.bytes.slice(0, VIRTIO_HEADER_LENGTH));
  if (endianness() === "BE") bytes.subarray(2).swap16();
  return {
    flags: bytes[0]!,
    gsoType: bytes[1]!,
    headerLength: bytes.readUInt16LE(2),
    gsoSize: bytes.readUInt16LE(4),
    checksumStart: bytes.readUInt16LE(6),
    checksumOffset: bytes.readUInt16LE(8),
  };
}

const NOTHING = { flags: 0, gsoType: 0, headerLength: 0, gsoSize: 0, checksumStart: 0, checksumOffset: 0 };
const LARGE = {
  flags: 1,
  gsoType: 1,
  headerLength: 66,
  gsoSize: 1448,
  checksumStart: 34,
  checksumOffset: 16,
};

describe("the header before a frame to a TAP device with offload", () => {
  it("asks for nothing where the frame is whole", () => {
    const buffer = new OffloadBuffer(10_000);
    buffer.fill(frameWith({}), 5000, 1448);
    buffer.fill(frameWith({ length: 60 }), 60, undefined);
    expect(headerOf(buffer)).toEqual(NOTHING);
    expect(buffer.frame.subarray(0, 60)).toEqual(frameWith({ length: 60 }));
  });

  it.each([
    ["segments of 1,448 bytes and their checksums", {}, LARGE],
    ["the same behind a header without options", { tcpHeader: 20 }, { ...LARGE, headerLength: 54 }],
    ["CWR on the first segment only (RFC 3168 §6.1.2)", { flags: 0x90 }, { ...LARGE, gsoType: 0x81 }],
  ])("asks for %s", (_, fields, header) => {
    const buffer = new OffloadBuffer(10_000);
    const frame = frameWith(fields);
    buffer.fill(frame, frame.length, 1448);
    expect(headerOf(buffer)).toEqual(header);
    expect(buffer.frame.subarray(0, frame.length)).toEqual(frame);
  });

  it("takes only so many bytes of a longer buffer", () => {
    const buffer = new OffloadBuffer(10_000);
    buffer.fill(frameWith({}), 100, undefined);
    expect(buffer.frame.subarray(99, 102)).toEqual(Uint8Array.of(0xaa, 0, 0));
  });
});

describe("the header before a frame from a TAP device with offload", () => {
  it.each([
    ["comes from the kernel itself and lacks its checksum", 1, true],
    ["was verified", 2, true],
    ["has crossed a wire", 0, false],
  ])("tells of a frame that %s", (_, flags, isVerified) => {
    const buffer = new OffloadBuffer(100);
    buffer.bytes[0] = flags;
    expect(buffer.isVerified).toBe(isVerified);
  });
});
