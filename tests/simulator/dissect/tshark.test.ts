import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  dissect,
  FIELDS,
  findFields,
  interfaceBlock,
  packetBlock,
  sectionHeaderBlock,
  type Dissection,
} from "../../../simulator/index.js";
import { describeWithTool } from "../../support/tools.js";
import { readCapture, type CapturedFrame } from "../../support/tshark.js";
import { bootFrames, craftedFrames } from "./frames.js";

/** Each frame is read for itself, as it is here. */
const ALONE = [
  "tcp.relative_sequence_numbers:FALSE",
  "tcp.desegment_tcp_streams:FALSE",
  "http.desegment_headers:FALSE",
  "http.desegment_body:FALSE",
  "ip.defragment:FALSE",
];

/** What tshark does not have, or says otherwise. */
const OURS: Readonly<Record<string, string>> = {
  "frame.number": "of the file",
  "frame.time": "an absolute time there",
  "frame.time_epoch": "of the file",
  "frame.interface_name": "of the file",
  "frame.protocols": "there with the pseudo-protocol ethertype",
  "frame.comment": "of the file",
  "frame.dropped": "of the simulator",
  "frame.duplicated": "of the simulator",
  "frame.changed": "of the simulator",
  "frame.truncated": "of the simulator",
  host: "of the simulator",
  "_ws.malformed": "there without a value",
  "igmp.version": "of version 2 for a query of version 1 too, whose time is 0",
  "ip.opt.data": "there in pieces",
  "http.file_data": "text there, and put together from the connection's segments",
  "data.data": "a segment behind the one with the head is HTTP there, and a body without a type is data",
};

const NAMES = Object.keys(FIELDS).filter(
  (name) => FIELDS[name]!.kind !== "protocol" && !Object.hasOwn(OURS, name),
);

/** Both sides' values in one spelling. */
function normal(name: string, value: unknown): string {
  const { kind } = FIELDS[name]!;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  if (kind === "bytes") return String(value).replaceAll(":", "");
  if (kind === "flag") return /^(1|true)$/i.test(String(value)) ? "true" : "false";
  // The end of the options is an option of type 0 there.
  if (name === "dhcp.option.type") return String(Number(value) % 255);
  if (kind === "number") return String(Number(value));
  if (kind === "mac") return String(value).toUpperCase();
  return String(value).replace(/\\r\\n$/, "");
}

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wirelet-dissect-"));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function readByTshark(
  frames: readonly Uint8Array[],
  names: readonly string[],
): Promise<CapturedFrame[]> {
  const file = join(folder, "frames.pcapng");
  const blocks = frames.map((bytes, time) =>
    packetBlock({ interfaceId: 0, time, bytes, length: bytes.length }),
  );
  writeFileSync(file, Buffer.concat([sectionHeaderBlock("wirelet"), interfaceBlock("lan", 0), ...blocks]));
  return readCapture(file, names, ALONE);
}

/** Fields that differ, each as one line to read. */
function differences(frame: CapturedFrame, dissection: Dissection): string[] {
  // IPv6 has IPv4's version there, too.
  const isSkipped = (name: string): boolean => name === "ip.version" && frame.protocols.includes("ipv6");
  return NAMES.filter((name) => !isSkipped(name)).flatMap((name) => {
    const theirs = (frame.fields[name] ?? []).map((value) => normal(name, value));
    const ours = findFields(dissection, name).map(({ value }) => normal(name, value));
    const isSame = theirs.length === ours.length && theirs.every((value, index) => value === ours[index]);
    return isSame ? [] : [`${frame.number} ${name}: [${ours.join()}] here, [${theirs.join()}] by tshark`];
  });
}

describeWithTool("tshark", "what tshark makes of the same frames", () => {
  it.each([
    ["a first boot and an HTTP exchange", bootFrames],
    ["crafted frames", () => Promise.resolve(craftedFrames())],
  ])("is the same, field for field: %s", async (_, make) => {
    const frames = await make();
    const read = await readByTshark(frames, NAMES);
    expect(read.flatMap((frame, index) => differences(frame, dissect(frames[index]!)))).toEqual([]);
  });

  it("has the same name for the protocol of each, and for most the same line", async () => {
    const frames = [...(await bootFrames()), ...craftedFrames()];
    const read = await readByTshark(frames, ["_ws.col.Protocol", "_ws.col.Source", "_ws.col.Destination"]);
    const theirs = read.map(({ fields }) => Object.values(fields).map((values) => values[0]!.toUpperCase()));
    const ours = frames.map((frame, index) => {
      const { protocol, source, destination } = dissect(frame);
      // What goes on with a message whose head was in an earlier segment is HTTP there, and what JSON it carries is told.
      const isMore = protocol === "TCP" && theirs[index]![0] === "HTTP";
      const shown = theirs[index]![0] === "HTTP/JSON" ? "HTTP/JSON" : isMore ? "HTTP" : protocol;
      return [shown, source, destination].map((text) => text.toUpperCase());
    });
    expect(ours).toEqual(theirs);
    const isToldAlike = (frame: CapturedFrame): boolean =>
      ["ARP", "DHCP"].includes(frame.fields["_ws.col.Protocol"]![0]!);
    const told = read.filter(isToldAlike);
    expect(told.length).toBeGreaterThan(8);
    for (const { number, info } of told)
      expect(dissect(frames[number - 1]!).summary.toUpperCase()).toBe(
        info.replace(/ {2,}/g, " ").toUpperCase(),
      );
  });
});
