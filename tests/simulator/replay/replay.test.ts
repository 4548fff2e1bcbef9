import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  Capture,
  firmware,
  FirstBoot,
  Lan,
  readCaptureFile,
  RecordedHosts,
  Replay,
  type FileFrame,
  type LanHost,
} from "../../../simulator/index.js";
import { MacAddress } from "../../../src/address/index.js";
import { craftedFrames } from "../dissect/frames.js";

/** What crosses a device's cable when it boots and is asked for its status, as a file has it. */
async function recording(loss?: number): Promise<{ frames: readonly FileFrame[]; device: LanHost }> {
  const blocks: Uint8Array[] = [];
  const scenario = new FirstBoot({ seed: 7, ...(loss !== undefined && { loss }) });
  new Capture((block) => blocks.push(block)).watch(scenario.device.cable);
  scenario.boot();
  await scenario.get("/api/status");
  return { frames: readCaptureFile(Buffer.concat(blocks)).frames, device: scenario.device };
}

/** A LAN where another device takes the part of the one that was recorded. */
function stage(device: LanHost): { lan: Lan; double: LanHost } {
  const lan = new Lan();
  const double = lan.host("double", {
    stack: "device",
    mac: device.mac.toString(),
    address: device.subnet.toString(),
    link: { latency: 0 },
    app: firmware({ dhcp: undefined }),
  });
  return { lan, double };
}

describe("Replay", () => {
  it("sends what a device was sent, and the one in its place answers", async () => {
    const { frames, device } = await recording();
    const { lan } = stage(device);
    const replay = new Replay(lan, frames, { as: device.mac });
    await lan.runFor(replay.duration + 1000);
    const sent = lan.capture.filter(({ port }) => port === "replay").length;
    expect(replay).toMatchObject({ sent, foreign: 0, leftOut: frames.length - sent });
    const talk = lan.capture.filter("http").map(({ port, summary }) => `${port} ${summary}`);
    // The answers differ in length, and so what is acknowledged of the one is not all of the other.
    expect([...new Set(talk)]).toEqual([
      "replay GET /api/status HTTP/1.1",
      "double HTTP/1.1 200 OK  (application/json)",
    ]);
    // No peer objects to anything, and no checksum is wrong.
    expect(lan.capture.filter("tcp.flags.reset")).toEqual([]);
    expect(lan.capture.frames.flatMap(({ dissection }) => dissection.faults)).toEqual([]);
  });

  it("keeps the times that were recorded, from the first frame on", async () => {
    const { frames, device } = await recording();
    const { lan } = stage(device);
    await lan.runFor("1m");
    const replay = new Replay(lan, frames, { as: device.mac });
    await lan.runFor(replay.duration);
    const theirs = frames.filter(({ bytes }) => !device.mac.equals(senderOf(bytes)));
    const times = lan.capture.filter(({ port }) => port === "replay").map(({ time }) => time);
    expect(times).toHaveLength(theirs.length);
    times.forEach((time, index) =>
      expect(time - 60_000).toBeCloseTo(theirs[index]!.time - frames[0]!.time, 5),
    );
  });

  it("sends everything where nobody takes a part, once", async () => {
    const { frames } = await recording(0.2);
    const lan = new Lan();
    const replay = new Replay(lan, frames);
    await lan.runFor(replay.duration);
    expect(replay).toMatchObject({ sent: frames.length, leftOut: 0 });
    expect(lan.capture.frames.map(({ bytes }) => bytes.length)).toEqual(
      frames.map(({ bytes }) => bytes.length),
    );
  });

  it("answers ARP for those who are not there, but not for who is", async () => {
    const { frames, device } = await recording();
    const { lan, double } = stage(device);
    const replay = new Replay(lan, frames, { as: device.mac });
    await lan.runFor(replay.duration + 1000);
    lan.capture.clear();
    const { io } = double.stack;
    const udp = new io.UDP({ address: "0.0.0.0", port: 5000 });
    await lan.runFor("20m");
    udp.write(Uint8Array.of(1), "192.168.1.10", 7);
    await lan.runFor("1s");
    const last = lan.capture.filter("arp").map(({ port, summary }) => `${port}: ${summary}`);
    expect(last.at(-1)).toMatch(/^replay: 192\.168\.1\.10 is at /);
  });

  it("passes over what is not Ethernet, and whatever the frames are", async () => {
    const mangled = fc.tuple(fc.constantFrom(...craftedFrames()), fc.nat(80), fc.nat(255), fc.nat(100));
    await fc.assert(
      fc.asyncProperty(fc.array(mangled, { maxLength: 10 }), fc.nat(3), async (list, linkType) => {
        const frames = list.map(([original, at, byte, length], index) => {
          const bytes = original.slice(0, length);
          if (at < bytes.length) bytes[at] = byte;
          const about = { interface: undefined, comment: undefined, linkType };
          return { ...about, number: index + 1, time: index - 3, bytes, originalLength: bytes.length };
        });
        const lan = new Lan();
        const host = lan.host("host", { mac: "02:00:00:00:00:0b", address: "192.0.2.2/24" });
        const replay = new Replay(lan, frames, { as: host.mac });
        await lan.runFor(replay.duration + 10);
        expect(replay.sent + replay.leftOut + replay.foreign).toBe(frames.length);
      }),
      { numRuns: 100 },
    );
  });
});

function senderOf(bytes: Uint8Array): LanHost["mac"] {
  return MacAddress.read(bytes, 6);
}

it("the hosts of a capture are known by MAC and address, and who was spoken to most", async () => {
  const { frames, device } = await recording();
  const hosts = new RecordedHosts(frames);
  const { mac } = device;
  expect(hosts.mostAsked).toEqual({ mac, address: device.address.toString() });
  expect(hosts.find(device.address.toString())).toEqual(hosts.mostAsked);
  expect(hosts.find(mac.toString().toLowerCase())).toEqual(hosts.mostAsked);
  expect(hosts.find("192.168.1.1")!.mac.equals(mac)).toBe(false);
  expect([hosts.find("10.0.0.1"), hosts.find("02:00:00:00:00:99"), hosts.find("x")]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  expect(new RecordedHosts([]).mostAsked).toBeUndefined();
});
