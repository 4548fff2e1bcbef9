import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { dissect, FIELDS, findFields, type Dissection, type Field } from "../../../simulator/index.js";
import { captured } from "../../wire/captures.js";
import { craftedFrames, tcpFrame } from "./frames.js";

type Frame = Parameters<typeof captured>[0];

/** The fields of a frame that have a value, as "name value". */
function values({ layers }: Dissection): string[] {
  const list = (field: Field): string[] => [
    ...(field.value === undefined ? [] : [`${field.name} ${String(field.value)}`]),
    ...field.fields.flatMap(list),
  ];
  return layers.slice(1).flatMap(list);
}

function every(fields: readonly Field[], test: (field: Field) => boolean): boolean {
  return fields.every((field) => test(field) && every(field.fields, test));
}

describe("dissect", () => {
  it.each<[Frame, string, string]>([
    ["arpRequest", "ARP", "Who has 192.0.2.2? Tell 192.0.2.1"],
    ["arpReply", "ARP", "192.0.2.2 is at 02:00:00:00:00:0B"],
    ["echoRequest", "ICMP", "Echo (ping) request  id=0x3c7e, seq=1"],
    ["echoReply", "ICMP", "Echo (ping) reply  id=0x3c7e, seq=1"],
    ["udp", "UDP", "44142 → 9 Len=7"],
    ["portUnreachable", "ICMP", "Destination unreachable (Port unreachable)"],
    [
      "fin",
      "TCP",
      "80 → 44526 [FIN, ACK] Seq=1902784246 Ack=385328627 Win=64 Len=0 TSval=2619061851 TSecr=3726593635",
    ],
    [
      "syn",
      "TCP",
      "44526 → 80 [SYN] Seq=385328621 Win=64240 Len=0 MSS=1460 SACK_PERM TSval=3726593634 TSecr=0 WS=1024",
    ],
  ])("tells %s in one line", (frame, protocol, summary) => {
    expect(dissect(captured(frame))).toMatchObject({ protocol, summary, faults: [] });
  });

  it("reads each field where it stands", () => {
    const frame = captured("udp");
    const dissection = dissect(frame, { number: 7, time: 1500, comment: "dropped: loss 20%" });
    expect(values(dissection)).toEqual([
      "eth.dst 02:00:00:00:00:0B",
      "eth.src 02:00:00:00:00:0A",
      "eth.type 2048",
      "ip.version 4",
      "ip.hdr_len 20",
      "ip.dsfield 0",
      "ip.dsfield.dscp 0",
      "ip.dsfield.ecn 0",
      "ip.len 35",
      "ip.id 48295",
      "ip.flags 2",
      "ip.flags.rb false",
      "ip.flags.df true",
      "ip.flags.mf false",
      "ip.frag_offset 0",
      "ip.ttl 64",
      "ip.proto 17",
      "ip.checksum 64030",
      "ip.src 192.0.2.1",
      "ip.dst 192.0.2.2",
      "ip.checksum.status 1",
      "udp.srcport 44142",
      "udp.dstport 9",
      "udp.length 15",
      "udp.checksum 18193",
      "udp.checksum.status 1",
      "udp.payload 97,110,121,111,110,101,63",
      "data.data 97,110,121,111,110,101,63",
    ]);
    const [ttl] = findFields(dissection, "ip.ttl");
    expect(ttl).toMatchObject({ label: "Time to Live", text: "64", at: 22, length: 1 });
    const [frameLayer] = dissection.layers;
    expect(frameLayer!.fields.map(({ name, text }) => `${name} ${text}`)).toEqual([
      "frame.number 7",
      "frame.time 1.500000000 s",
      "frame.len 49 bytes",
      "frame.cap_len 49 bytes",
      "frame.protocols eth:ip:udp:data",
      "frame.comment dropped: loss 20%",
      "frame.dropped loss 20%",
    ]);
  });

  it("shows the packet that an error quotes inside of the error, and lists the error's own addresses", () => {
    const dissection = dissect(captured("portUnreachable"));
    expect(dissection).toMatchObject({ source: "192.0.2.2", destination: "192.0.2.1" });
    expect(dissection.layers.map(({ name }) => name)).toEqual(["frame", "eth", "ip", "icmp"]);
    expect(findFields(dissection, "ip.src").map(({ value }) => value)).toEqual(["192.0.2.2", "192.0.2.1"]);
    expect(findFields(dissection, "udp.dstport").map(({ value }) => value)).toEqual([9]);
    expect(findFields(dissection, "frame.protocols")[0]!.value).toBe("eth:ip:icmp:ip:udp:data");
  });

  it("says what is missing of a frame that was cut", () => {
    const frame = captured("syn");
    expect(dissect(frame.subarray(0, 10)).faults).toEqual(["eth: 10 of 14 bytes"]);
    expect(dissect(frame.subarray(0, 30)).faults).toEqual(["ip: 16 of 20 bytes"]);
    const cut = dissect(frame.subarray(0, 44));
    expect(cut.faults).toEqual(["ip: 30 of 60 bytes"]);
    expect(findFields(cut, "malformed").map(({ text }) => text)).toEqual(["30 of 60 bytes"]);
    expect(findFields(cut, "tcp.dstport")[0]!.value).toBe(80);
  });

  it("tells of a checksum that does not hold", () => {
    const frame = captured("data");
    frame[frame.length - 1]! ^= 1;
    const dissection = dissect(frame);
    expect(dissection.faults).toEqual(["tcp: bad checksum"]);
    expect(findFields(dissection, "tcp.checksum")[0]!.text).toBe("0x2423 [bad]");
    expect(findFields(dissection, "ip.checksum")[0]!.text).toMatch(/\[good\]$/);
  });

  it("sees through VLAN tags", () => {
    const frame = captured("arpRequest");
    const tagged = Uint8Array.of(
      ...frame.subarray(0, 12),
      0x88,
      0xa8,
      0x20,
      0x05,
      0x81,
      0,
      0,
      7,
      ...frame.subarray(12),
    );
    const dissection = dissect(tagged);
    expect(dissection).toMatchObject({ protocol: "ARP", faults: [] });
    expect(findFields(dissection, "vlan.id").map(({ value }) => value)).toEqual([5, 7]);
    expect(findFields(dissection, "vlan.priority")[0]!.value).toBe(1);
  });

  it("shows as much of an HTTP head as the segment has", () => {
    const dissection = dissect(
      tcpFrame(50_000, 80, Buffer.from("GET /half HTTP/1.1\r\nHost: sensor\r\nAcc")),
    );
    expect(dissection).toMatchObject({ protocol: "HTTP", summary: "GET /half HTTP/1.1", faults: [] });
    expect(findFields(dissection, "http.host")[0]!.value).toBe("sensor");
    expect(dissect(tcpFrame(50_000, 80, Buffer.from("GET /ha"))).protocol).toBe("TCP");
  });

  /** Real frames with some bytes changed and the end cut off get further into the dissectors than random ones do. */
  const damaged = fc
    .tuple(
      fc.constantFrom(...craftedFrames()),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }),
      fc.uint8Array({ maxLength: 40 }),
      fc.nat(400),
    )
    .map(([original, changes, more, length]) => {
      const frame = Uint8Array.of(...original, ...more);
      for (const [at, byte] of changes) frame[at % frame.length] = byte;
      return frame.slice(0, Math.max(1, length));
    });
  const headers = fc
    .constantFrom("0800", "0806", "86dd", "8100")
    .map((type) => `ffffffffffff02000000000a${type}`);
  const random = fc
    .tuple(headers, fc.uint8Array({ maxLength: 400 }))
    .map(([header, rest]) => Uint8Array.of(...Buffer.from(header, "hex"), ...rest));

  it.each([
    ["random", fc.uint8Array({ maxLength: 200 })],
    ["headed", random],
    ["damaged", damaged],
  ])("never throws, and points into the frame only: %s bytes", (_, frames) => {
    fc.assert(
      fc.property(frames, (bytes) => {
        const { layers } = dissect(bytes);
        const isInside = ({ at, length }: Field): boolean =>
          at >= 0 && length >= 0 && at + length <= bytes.length;
        return every(layers, (field) => isInside(field) && Object.hasOwn(FIELDS, field.name));
      }),
      { numRuns: 1_000 },
    );
  });
});
