import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MacAddress } from "../../src/address/index.js";
import {
  Cable,
  Capture,
  CaptureFile,
  loss,
  Simulation,
  Switch,
  type CaptureSink,
} from "../../simulator/index.js";
import { describeWith, describeWithTool } from "../support/tools.js";
import { A, B, makeFrame, transmit, transmitSeries } from "./support.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wirelet-capture-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A hundred frames over a lossy cable, watched. @returns how many the capture counted */
function captureLossyCable(sink: CaptureSink, seed: number): number {
  const simulation = new Simulation({ seed });
  const cable = new Cable(simulation, { name: "cable" });
  const a = cable.plug({ name: "a", mac: A });
  cable.plug({ name: "b", mac: B });
  cable.impair(loss(0.2));
  const capture = new Capture(sink);
  capture.watch(cable);
  transmitSeries(simulation, a, 100, 0.5);
  simulation.advance("1s");
  return capture.frames;
}

function captureToMemory(seed: number): Buffer {
  const blocks: Uint8Array[] = [];
  captureLossyCable((block) => blocks.push(block), seed);
  return Buffer.concat(blocks);
}

describe("Capture", () => {
  it("gives the same bytes for the same seed", () => {
    expect(captureToMemory(1)).toEqual(captureToMemory(1));
    expect(captureToMemory(1)).not.toEqual(captureToMemory(2));
  });

  it("can be ended", () => {
    const simulation = new Simulation();
    const cable = new Cable(simulation, { name: "cable" });
    const a = cable.plug({ name: "a" });
    cable.plug({ name: "b" });
    const capture = new Capture(() => undefined);
    const end = capture.watch(cable);
    transmit(a, makeFrame(B, A));
    end();
    transmit(a, makeFrame(B, A));
    expect(capture.frames).toBe(1);
  });
});

describe("CaptureFile", () => {
  it("holds what the sink was given", () => {
    const path = join(folder, "lan.pcapng");
    const file = new CaptureFile(path);
    expect(captureLossyCable((block) => file.write(block), 1)).toBe(100);
    file.close();
    expect(readFileSync(path)).toEqual(captureToMemory(1));
  });

  it("says which file cannot be written, and why", () => {
    expect(() => new CaptureFile(folder)).toThrow(expect.objectContaining({ code: "EINVAL" }));
    expect(() => new CaptureFile(join(folder, "none", "x"))).toThrow(
      /open capture .*x: there is no such folder \(EINVAL\)/,
    );
  });
});

const devFull = {
  name: "/dev/full",
  missing: existsSync("/dev/full") ? undefined : "only Linux has /dev/full",
};

describeWith([devFull], "CaptureFile on a full disk", () => {
  it("says so", () => {
    const full = new CaptureFile("/dev/full");
    expect(() => full.write(new Uint8Array(1))).toThrow(
      "write capture /dev/full: the disk is full (ENOBUFS)",
    );
    full.close();
  });
});

describeWithTool("tshark", "captures read by tshark", () => {
  /** One line a packet, with these fields. */
  function read(path: string, ...fields: string[]): string[] {
    const args = ["-r", path, "-T", "fields", ...fields.flatMap((field) => ["-e", field])];
    const output = execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return output.trimEnd().split("\n");
  }

  it("have names, nanoseconds from the epoch, and comments on what was dropped", () => {
    const path = join(folder, "cable.pcapng");
    const file = new CaptureFile(path);
    captureLossyCable((block) => file.write(block), 1);
    file.close();
    const lines = read(path, "frame.interface_name", "frame.time_epoch", "frame.len", "frame.comment");
    expect(lines).toHaveLength(100);
    expect(lines[1]).toBe("a\t1577836800.000500000\t15\t");
    const dropped = lines.filter((line) => line.endsWith("dropped: loss 20%"));
    expect(dropped.length).toBeGreaterThan(5);
    expect(lines.filter((line) => line.endsWith("\t"))).toHaveLength(100 - dropped.length);
  });

  it("show each frame once at a switch, by the port where it came in", () => {
    const path = join(folder, "switch.pcapng");
    const simulation = new Simulation();
    const lan = new Switch({ name: "lan" });
    const ends = ["sensor", "router", "laptop"].map((name) => {
      const cable = new Cable(simulation, { name, latency: 1 });
      lan.connect(cable);
      return cable.plug({ name: `${name} eth0` });
    });
    const file = new CaptureFile(path);
    new Capture((block) => file.write(block)).watch(lan);
    for (const end of ends) transmit(end, makeFrame(MacAddress.broadcast, end.mac));
    simulation.advance("1s");
    file.close();
    const lines = read(path, "frame.interface_name", "frame.time_relative", "eth.type");
    expect(lines).toEqual(["sensor", "router", "laptop"].map((name) => `${name}\t0.000000000\t0x88b5`));
  });
});
