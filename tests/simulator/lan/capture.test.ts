import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CAPTURE_LIMITS,
  dhcpServer,
  FilterError,
  firmware,
  Lan,
  loss,
  type LanHost,
  type LanOptions,
} from "../../../simulator/index.js";
import { UdpSocket } from "../../../src/socket/index.js";
import { Program } from "../../support/program.js";
import { describeWith, describeWithTool, requireTool } from "../../support/tools.js";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wirelet-lan-capture-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

interface Pair {
  readonly lan: Lan;
  readonly alice: LanHost;
  /** Sends so many datagrams of so many bytes from alice to bob. */
  readonly send: (count: number, length?: number) => Promise<void>;
}

function pair(options: LanOptions = {}): Pair {
  const lan = new Lan(options);
  const bob = lan.host("bob", { address: "10.0.0.2/24" });
  // Else it would say that nobody is there.
  void new UdpSocket(bob.sockets).bind("0.0.0.0:9");
  const alice = lan.host("alice", { address: "10.0.0.1/24" });
  const socket = new UdpSocket(alice.sockets);
  const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);
  return {
    lan,
    alice,
    async send(count, length = 10) {
      for (let index = 0; index < count; index++) await lan.finish(socket.sendTo(bytes(length), "bob:9"));
      await lan.runFor("1s");
    },
  };
}

describe("a LAN's capture", () => {
  it("has what its hosts have sent, with their names, each frame once", async () => {
    const lan = new Lan({ seed: 7 });
    lan.host("router", { address: "192.168.1.1/24", app: dhcpServer() });
    const sensor = lan.host("sensor", { stack: "device", mac: "02:00:00:00:00:07", app: firmware() });
    await lan.until(() => sensor.network.ipv4 !== undefined);
    const messages = lan.capture.filter("dhcp && host == sensor");
    expect(messages.map((frame) => [frame.port, frame.value("dhcp.option.dhcp")])).toEqual([
      ["sensor", 1],
      ["router", 2],
      ["sensor", 3],
      ["router", 5],
    ]);
    expect(lan.capture.filter(`dhcp.option.dhcp == 5 && dhcp.ip.your == ${sensor.address}`)).toHaveLength(1);
    const [offer] = lan.capture.filter(({ port, protocol }) => port === "router" && protocol === "DHCP");
    expect(offer!.hosts).toEqual(["router", "sensor"]);
    expect(offer!.values("ip.addr")).toEqual(["192.168.1.1", offer!.value("dhcp.ip.your")]);
    expect(offer!.toString()).toMatch(
      /^\d\.\d{6} s {2}router {2}192\.168\.1\.1 → 192\.168\.1\.1\d\d {2}DHCP {2}DHCP Offer - Transaction ID 0x[0-9a-f]+$/,
    );
    expect(() => lan.capture.filter("tcp.flags.sync")).toThrow(FilterError);
  });

  it("says which rule has dropped a frame, and counts from the beginning", async () => {
    const { lan, alice, send } = pair();
    await send(1);
    alice.cable.impair(loss(1), { from: alice.machine.link });
    await send(2);
    const lost = lan.capture.filter('frame.dropped == "loss 100%"');
    expect(lost.map(({ number, comment }) => [number, comment])).toEqual([
      [lan.capture.size - 1, "dropped: loss 100%"],
      [lan.capture.size, "dropped: loss 100%"],
    ]);
    expect(lost[0]!.toString()).toMatch(/\(dropped: loss 100%\)$/);
    expect(lan.capture.filter("udp && !frame.dropped")).toHaveLength(1);
  });

  it("is kept as it was, whatever comes later", async () => {
    const { lan, send } = pair();
    await send(1, 100);
    const [before] = lan.capture.filter("udp");
    await send(50, 1);
    expect(before!.value("udp.payload")).toEqual(new Uint8Array(100).fill(7));
  });

  it("keeps the newest frames, within its limits", async () => {
    const { lan, send } = pair({ capture: { frames: 32, bytes: 1e6 } });
    await send(100);
    expect(lan.capture.size).toBeLessThanOrEqual(32);
    expect(lan.capture.size).toBeGreaterThanOrEqual(30);
    const numbers = lan.capture.frames.map(({ number }) => number);
    expect(numbers).toEqual(numbers.map((_, index) => lan.capture.forgotten + 1 + index));
    expect(numbers.at(-1)).toBe(102);
    const small = pair({ capture: { bytes: 16 * 1024 } });
    await small.send(100, 1000);
    expect(small.lan.capture.size).toBeLessThanOrEqual(16);
    expect(small.lan.capture.size).toBeGreaterThanOrEqual(12);
    expect(small.lan.capture.frames.at(-1)!.value("udp.length")).toBe(1008);
    expect(CAPTURE_LIMITS).toEqual({ frames: 4096, bytes: 524_288 });
  });

  it("keeps nothing if it shall not, and nothing that was cleared", async () => {
    const { lan, send } = pair({ capture: false });
    await send(3);
    expect([lan.capture.size, lan.capture.forgotten]).toEqual([0, 0]);
    const other = pair();
    await other.send(3);
    other.lan.capture.clear();
    expect(other.lan.capture.frames).toEqual([]);
    await other.send(1);
    expect(other.lan.capture.frames.map(({ protocol }) => protocol)).toEqual(["UDP"]);
  });

  it("tells of frames as they are sent", async () => {
    const { lan, send } = pair();
    const heard: string[] = [];
    const end = lan.capture.follow("udp", ({ number, summary }) => heard.push(`${number} ${summary}`));
    await send(2);
    end();
    await send(1);
    expect(heard).toEqual([
      expect.stringMatching(/^3 \d+ → 9 Len=10$/),
      expect.stringMatching(/^4 \d+ → 9 Len=10$/),
    ]);
  });
});

const devFull = {
  name: "/dev/full",
  missing: existsSync("/dev/full") ? undefined : "only Linux has /dev/full",
};

describeWith([devFull], "a live capture on a full disk", () => {
  it("ends with one message, and the LAN goes on", async () => {
    const { lan, send } = pair();
    const live = lan.capture.live("/dev/full");
    await send(3);
    expect(live.isOpen).toBe(false);
    live.close();
    const told = lan.story.filter(({ who }) => who === "capture");
    expect(told.map(({ text }) => text)).toEqual(["write capture /dev/full: the disk is full (ENOBUFS)"]);
    expect(lan.capture.filter("udp")).toHaveLength(3);
  });
});

describeWith([requireTool("mkfifo", "coreutils")], "a live capture to a pipe", () => {
  it("is read while the LAN runs, and ends with one message when the reader goes", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const reader = new Program(spawn("head", ["-c", "4000", pipe]));
    const { lan, send } = pair();
    const problems: string[] = [];
    const live = lan.capture.live(pipe, { onProblem: ({ message }) => problems.push(message) });
    await send(2);
    expect(live.isOpen).toBe(true);
    for (let tries = 0; live.isOpen && tries < 10_000; tries++) await send(1, 1000);
    expect(problems).toEqual([`write capture ${pipe}: nobody reads it any more (EPIPE)`]);
    expect((await reader.ends()).status).toBe(0);
    await send(1);
  });
});

describeWithTool("tshark", "what a LAN's capture writes", () => {
  function read(path: string, ...fields: string[]): string[] {
    const names = ["-o", "nameres.network_name:TRUE"];
    const args = [
      "-N",
      "n",
      ...names,
      "-r",
      path,
      "-T",
      "fields",
      ...fields.flatMap((field) => ["-e", field]),
    ];
    const output = execFileSync("tshark", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return output.trimEnd().split("\n");
  }

  it("has the hosts' names and what became of frames, whether it was saved or live", async () => {
    const [saved, live, ofBob] = ["saved", "live", "bob"].map((name) => join(folder, name));
    const { lan, alice, send } = pair();
    const whole = lan.capture.live(live!);
    const link = lan.capture.live(ofBob!, { at: lan.find("bob").cable });
    await send(1);
    alice.cable.impair(loss(1), { from: alice.machine.link });
    await send(1);
    lan.capture.save(saved!);
    whole.close();
    link.close();
    const fields = ["frame.interface_name", "frame.time_epoch", "ip.dst_host", "frame.comment"];
    const lines = read(saved!, ...fields);
    expect(lines).toEqual([
      "alice\t1577836800.000000000\t\t",
      "bob\t1577836800.002000000\t\t",
      "alice\t1577836800.004000000\tbob\t",
      "alice\t1577836801.000000000\tbob\tdropped: loss 100%",
    ]);
    // Where it is written as it comes, a name is known once its owner has sent something.
    expect(read(live!, ...fields)).toEqual(lines);
    expect(read(ofBob!, "frame.interface_name")).toHaveLength(3);
    expect(readFileSync(live!).subarray(0, 4)).toEqual(readFileSync(saved!).subarray(0, 4));
  });
});
