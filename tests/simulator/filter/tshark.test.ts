import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  dissect,
  interfaceBlock,
  packetBlock,
  parseFilter,
  sectionHeaderBlock,
} from "../../../simulator/index.js";
import { Program } from "../../support/program.js";
import { describeWithTool } from "../../support/tools.js";
import { bootFrames, craftedFrames } from "../dissect/frames.js";

const FILTERS = [
  "arp",
  "dhcp",
  "tcp || udp",
  "!(ip || arp)",
  "arp.opcode == 2",
  "tcp.flags.syn == 1",
  "tcp.flags.syn == 1 && tcp.flags.ack == 0",
  "tcp.port == 80",
  "udp.port != 68",
  "tcp.dstport in {80..90}",
  "tcp.len > 0 and tcp.len <= 0x100",
  "tcp.options.mss_val >= 1460",
  "udp.port == 53 or udp.port == 5353",
  "ip.addr == 192.168.1.1",
  "ip.addr == 192.168.0.0/16",
  "ip.src == 192.0.2.0/24 && !icmp",
  "ip.addr != 192.0.2.1",
  "ip.ttl < 64",
  "ip.flags.df == 0",
  "eth.dst == ff:ff:ff:ff:ff:ff",
  "eth.addr == 02-00-00-00-00-0b",
  "dhcp.option.dhcp == 5",
  "dhcp.option.type == 55",
  'dhcp.option.hostname contains "wirelet"',
  'http.request.method == "GET"',
  'http.request.uri contains "status"',
  'http.host matches "^S[a-z]+$"',
  "http.response.code == 200 || http.response.code == 301",
  'frame contains "HTTP/1.1"',
  "frame contains 02:00:00:00:00:0b:02",
  'dns.qry.name == "sensor.local"',
  "dns.a == 192.0.2.7",
  "dns.aaaa == 2001:db8::/32",
  "icmp.type == 3 && udp.dstport == 9",
  "igmp.maddr == 224.0.0.0/4",
  "vlan.id == 5",
  "frame.len > 1000",
  "ipv6.dst == ff02::2",
];

/** Between two frames, in seconds. */
const INTERVAL = 0.001;

let folder: string;
let file: string;
let frames: readonly Uint8Array[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "wirelet-filter-"));
  file = join(folder, "frames.pcapng");
  frames = [...(await bootFrames()), ...craftedFrames()];
  // tshark leaves out the interval that the file ends in: one more frame ends it.
  const blocks = [...frames, frames[0]!].map((bytes, index) =>
    packetBlock({ interfaceId: 0, time: (index + 0.1) * INTERVAL * 1000, bytes, length: bytes.length }),
  );
  writeFileSync(file, Buffer.concat([sectionHeaderBlock("wirelet"), interfaceBlock("lan", 0), ...blocks]));
});

afterAll(() => rmSync(folder, { recursive: true }));

/**
 * For each filter the numbers of the frames that tshark would show. It counts what each filter takes in each
 * interval, and each frame has an interval of its own.
 */
async function shown(): Promise<number[][]> {
  const alone = ["tcp.desegment_tcp_streams:FALSE", "http.desegment_body:FALSE", "ip.defragment:FALSE"];
  const options = alone.flatMap((preference) => ["-o", preference]);
  const statistics = ["-z", ["io,stat", INTERVAL, ...FILTERS].join(",")];
  const { status, stdout, stderr } = await new Program(
    spawn("tshark", ["-n", "-q", "-r", file, ...options, ...statistics]),
  ).ends();
  if (status !== 0) throw new Error(`tshark does not take a filter: ${stderr}`);
  const rows = stdout
    .split("\n")
    .filter((line) => line.includes("<>"))
    .slice(0, frames.length);
  // Behind the interval, frames and bytes for each filter.
  const counts = rows.map((row) => row.split("|").slice(2, -1).map(Number));
  return FILTERS.map((_, filter) =>
    counts.flatMap((row, frame) => (row[2 * filter] === 1 ? [frame + 1] : [])),
  );
}

describeWithTool("tshark", "tshark's own display filters", () => {
  it("take the same frames", async () => {
    const theirs = await shown();
    const dissections = frames.map((frame) => dissect(frame));
    const ours = FILTERS.map((filter) => {
      const test = parseFilter(filter);
      return dissections.flatMap((frame, index) => (test(frame) ? [index + 1] : []));
    });
    const named = (lists: readonly number[][]): [string, number[]][] =>
      FILTERS.map((filter, index) => [filter, lists[index]!]);
    expect(named(ours)).toEqual(named(theirs));
    // Each of them picks some: else it would show nothing.
    expect(FILTERS.filter((_, index) => ours[index]!.length === 0)).toEqual([]);
  });
});
