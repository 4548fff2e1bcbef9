import { describe, expect, it } from "@jest/globals";
import {
  interfaceBlock,
  nameResolutionBlock,
  packetBlock,
  sectionHeaderBlock,
} from "../../simulator/index.js";
import { Ipv4Address } from "../../src/address/index.js";

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}

/** Lines of a table, "bytes  what they are", as one string of bytes. */
function table(text: string): string {
  return text
    .split("\n")
    .map((line) => line.split("|")[0]!.replaceAll(" ", ""))
    .join("");
}

describe("pcapng blocks", () => {
  it("begin a section", () => {
    expect(hex(sectionHeaderBlock("wirelet"))).toBe(
      table(`
        0a0d0d0a          | block type
        2c000000          | total length 44
        4d3c2b1a          | byte-order magic
        0100 0000         | version 1.0
        ffffffff ffffffff | section length unknown
        0400 0700         | shb_userappl, 7 bytes
        776972656c657400  | "wirelet", filled up
        0000 0000         | end of options
        2c000000`),
    );
  });

  it("describe an interface", () => {
    expect(hex(interfaceBlock("eth0", 1_577_836_800))).toBe(
      table(`
        01000000          | block type
        34000000          | total length 52
        0100 0000         | LINKTYPE_ETHERNET, reserved
        00000000          | no snapshot length
        0200 0400         | if_name, 4 bytes
        65746830          | "eth0"
        0900 0100         | if_tsresol, 1 byte
        09000000          | nanoseconds, filled up
        0e00 0800         | if_tsoffset, 8 bytes
        00e10b5e 00000000 | 2020-01-01T00:00:00Z in seconds
        0000 0000         | end of options
        34000000`),
    );
  });

  it("hold a packet, filled up to 32 bits", () => {
    const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    expect(hex(packetBlock({ interfaceId: 2, time: 5000.000001, bytes, length: 5 }))).toBe(
      table(`
        06000000          | block type
        28000000          | total length 40
        02000000          | interface 2
        01000000 01f2052a | 5,000,000,001 ns, the upper half first
        05000000 05000000 | captured and original length
        0102030405 000000 | packet
        28000000`),
    );
  });

  it("hold a comment in UTF-8", () => {
    expect(
      hex(packetBlock({ interfaceId: 0, time: 0, bytes: new Uint8Array(4), length: 4, comment: "5 µs" })),
    ).toBe(
      table(`
        06000000          | block type
        34000000          | total length 52
        00000000          | interface 0
        00000000 00000000 | time 0
        04000000 04000000 | captured and original length
        00000000          | packet
        0100 0500         | opt_comment, 5 bytes
        3520c2b573000000  | "5 µs", filled up
        0000 0000         | end of options
        34000000`),
    );
  });

  it("name addresses", () => {
    const address = Ipv4Address.parse("192.168.1.7");
    expect(hex(nameResolutionBlock([{ address, name: "sensor" }]))).toBe(
      table(`
        04000000          | block type
        20000000          | total length 32
        0100 0b00         | nrb_record_ipv4, 11 bytes
        c0a80107          | 192.168.1.7
        73656e736f7200 00 | "sensor", its zero, filled up
        0000 0000         | end of records
        20000000`),
    );
  });

  it("keep nanoseconds over a year of virtual time", () => {
    const year = 365 * 86_400_000;
    const block = packetBlock({ interfaceId: 0, time: year + 0.5, bytes: new Uint8Array(0), length: 0 });
    const view = new DataView(block.buffer);
    const stamp = BigInt(view.getUint32(12, true)) * 2n ** 32n + BigInt(view.getUint32(16, true));
    // 2⁵³ ns are 104 days: beyond, the last bits of a float go, here two of them.
    expect(Number(stamp - BigInt(year) * 1_000_000n - 500_000n)).toBeLessThanOrEqual(4);
  });
});
