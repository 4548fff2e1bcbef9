import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Lan, loss, when } from "../../../simulator/index.js";
import { BatchWriter, type PacketRecord } from "../../../simulator/dashboard/protocol/index.js";
import { transfer } from "../../../simulator/dashboard/run/traffic.js";
import { pictureOfHost } from "../../../simulator/dashboard/server/picture.js";
import { Recorder } from "../../../simulator/dashboard/server/recorder.js";
import { ladderOf } from "../../../simulator/dashboard/page/ladder/ladder.js";
import { MAX_FLOWS } from "../../../simulator/dashboard/page/model/flows.js";
import { MAX_PACKETS } from "../../../simulator/dashboard/page/model/log.js";
import { Model } from "../../../simulator/dashboard/page/model/model.js";
import { layOut } from "../../../simulator/dashboard/page/picture/layout.js";
import { seriesOf } from "../../../simulator/dashboard/page/plots/series.js";

/** What a page knows of a LAN on which one host sends bytes to another, and some of them are lost on the way from the switch. */
async function watched(bytes: number): Promise<Model> {
  const lan = new Lan({ seed: 3 });
  const recorder = new Recorder(lan);
  const alice = lan.host("alice", { address: "10.0.0.1/24" });
  const bob = lan.host("bob", { address: "10.0.0.2/24" });
  recorder.watchNewHosts();
  let data = 0;
  const isThird = when(({ length }) => length > 500 && ++data === 3, loss(1));
  bob.cable.impair(isThird, { to: bob.machine.link });
  transfer(alice, bob, bytes);
  await lan.runFor("20s");
  return modelOf(lan, recorder);
}

/** What a page knows when it was told all. */
function modelOf(lan: Lan, recorder: Recorder): Model {
  const model = new Model();
  model.take({ type: "hosts", hosts: lan.hosts.map(pictureOfHost) });
  model.take({ type: "ports", first: 0, names: recorder.names });
  const cursor = recorder.history.cursor(64);
  for (let piece = recorder.history.read(cursor); piece.length > 0; piece = recorder.history.read(cursor))
    model.takeBatch(piece);
  recorder.end();
  return model;
}

describe("a conversation", () => {
  it("is a ladder from the handshake to the end, with what was lost, and by which rule", async () => {
    const model = await watched(6_000);
    const flow = model.flows.all.find(({ kind }) => kind === "TCP")!;
    const { lines, arrows } = ladderOf(flow, model.log.packets, (address) => model.nameOf(address));
    expect(lines).toEqual(["alice", "bob"]);
    const told = arrows.map(({ from, label, note }) => `${lines[from]}: ${label}${note && ` (${note})`}`);
    expect(told.slice(0, 3)).toEqual(["alice: SYN", "bob: SYN, ACK 1", "alice: ACK 1"]);
    expect(told).toContain("alice: bytes 1 to 1448, ACK 1");
    const lost = arrows.filter(({ isDropped }) => isDropped);
    expect(lost.map(({ packet }) => packet.fates)).toEqual([
      [{ where: "bob", comment: "dropped: loss 100%" }],
    ]);
    expect(lost[0]!.label).toMatch(/^bytes 2897 to /);
    expect(told.filter((line) => line.includes("sent again"))).toEqual([
      expect.stringMatching(/^alice: bytes 2897 to /),
    ]);
    expect(told.filter((line) => line.includes("FIN"))).toHaveLength(2);
    expect(flow.dropped).toBe(1);
  });

  it("over a router is seen on both its sides, and not as sent again", async () => {
    const lan = new Lan();
    const [left, right] = [lan.switch("left"), lan.switch("right")];
    const recorder = new Recorder(lan);
    const address = ["10.0.1.1/24", "10.0.2.1/24"];
    lan.host("router", { on: [left, right], address, stack: { forwarding: true } });
    const alice = lan.host("alice", { on: left, address: "10.0.1.9/24", gateway: "10.0.1.1" });
    const bob = lan.host("bob", { on: right, address: "10.0.2.9/24", gateway: "10.0.2.1" });
    transfer(alice, bob, 5_000);
    await lan.runFor("5s");
    const model = modelOf(lan, recorder);
    const flow = model.flows.all.find(({ kind }) => kind === "TCP")!;
    const { lines, arrows } = ladderOf(flow, model.log.packets, (name) => model.nameOf(name));
    expect(lines).toEqual(["alice", "router", "bob"]);
    expect(arrows.slice(0, 4).map(({ from, to, label }) => [from, to, label])).toEqual([
      [0, 1, "SYN"],
      [1, 2, "SYN"],
      [2, 1, "SYN, ACK 1"],
      [1, 0, "SYN, ACK 1"],
    ]);
    expect(arrows.filter(({ note }) => note.includes("again"))).toEqual([]);
    const { sent, again, acknowledged } = seriesOf(flow, model.log.packets, flow.from);
    expect([Math.max(...sent.map(Number)), Math.max(...acknowledged.map(Number))]).toEqual([5_002, 5_002]);
    expect(again.every((value) => value === null)).toBe(true);
  });

  it("has plots of what was sent and acknowledged, of windows and of times", async () => {
    const model = await watched(200_000);
    const flow = model.flows.all.find(({ kind }) => kind === "TCP")!;
    const series = seriesOf(flow, model.log.packets, flow.from);
    const values = (column: readonly (number | null)[]): number[] => column.filter((value) => value !== null);
    expect(new Set(Object.values(series).map((column: unknown[]) => column.length)).size).toBe(1);
    expect(series.time).toEqual([...series.time].sort((a, b) => a - b));
    // SYN, the bytes, FIN.
    expect(Math.max(...values(series.sent))).toBe(200_002);
    expect(Math.max(...values(series.acknowledged))).toBe(200_002);
    expect(values(series.again)).toHaveLength(1);
    expect(Math.max(...values(series.congestionWindow))).toBeGreaterThan(10 * 1448);
    expect(Math.max(...values(series.window))).toBeGreaterThan(0xffff / 2);
    for (const time of values(series.answered)) expect(time).toBeGreaterThanOrEqual(2);
    expect(values(series.smoothedRtt).at(-1)).toBeGreaterThanOrEqual(4);
  });
});

describe("a tab", () => {
  it("keeps a bounded number of packets and conversations", () => {
    const model = new Model();
    model.take({ type: "ports", first: 0, names: ["host"] });
    const bytes = new Uint8Array(60);
    for (let number = 1; number <= 2 * MAX_PACKETS; number++) {
      // Each from another sender.
      const frame = Uint8Array.from(bytes);
      new DataView(frame.buffer).setUint32(8, number);
      const record = {
        kind: "packet",
        number,
        time: number,
        port: 0,
        bytes: frame,
        comment: undefined,
        tcp: undefined,
      } as const;
      model.takeBatch(batchOf(record));
    }
    expect(model.log.total).toBe(2 * MAX_PACKETS);
    expect(model.log.packets.length).toBeLessThanOrEqual(1.25 * MAX_PACKETS);
    expect(model.log.find(2 * MAX_PACKETS)?.sender).toBe("host");
    expect(model.log.find(1)).toBeUndefined();
    expect(model.flows.all).toHaveLength(MAX_FLOWS);
  });
});

describe("the picture", () => {
  const names = (count: number): { name: string; switches: string[] }[] =>
    Array.from({ length: count }, (_, index) => ({ name: `host ${index}`, switches: ["switch"] }));

  it.each([1, 3, 24, 100, 1_000])("has room for %i hosts, none of which covers another", (count) => {
    for (const aspect of [0.5, 1, 2.4]) {
      const layout = layOut({ switches: ["switch"], hosts: names(count), aspect });
      const points = [...layout.hosts.values()];
      expect(points).toHaveLength(count);
      for (const { x, y } of points) {
        expect(x).toBeGreaterThan(0);
        expect(x).toBeLessThan(layout.width);
        expect(y).toBeGreaterThan(0);
        expect(y).toBeLessThan(layout.height);
      }
      const close = points.some((a, index) =>
        points.slice(index + 1).some((b) => Math.hypot(a.x - b.x, a.y - b.y) < 50 * layout.scale),
      );
      expect([count, aspect, close]).toEqual([count, aspect, false]);
    }
  });

  it("puts switches beside each other, with their own hosts around them, the same way each time", () => {
    const input = {
      switches: ["left", "right"],
      hosts: [
        { name: "a", switches: ["left"] },
        { name: "router", switches: ["left", "right"] },
        { name: "b", switches: ["right"] },
        { name: "lonely", switches: [] },
      ],
      aspect: 2,
    };
    const layout = layOut(input);
    const [left, right] = [layout.switches.get("left")!, layout.switches.get("right")!];
    expect(left.x).toBeLessThan(right.x);
    expect(Math.abs(layout.hosts.get("a")!.x - left.x)).toBeLessThan(
      Math.abs(layout.hosts.get("a")!.x - right.x),
    );
    expect(layout.hosts.has("lonely")).toBe(true);
    expect(layOut(input)).toEqual(layout);
  });

  it("of an empty LAN is empty", () => {
    expect(layOut({ switches: [], hosts: [], aspect: 1 }).hosts.size).toBe(0);
  });
});

describe("the colours", () => {
  const css = readFileSync(join(__dirname, "../../../simulator/dashboard/page/style/theme.css"), "utf8");
  const themes = css.split(":root").slice(1).map(coloursOf);
  const TEXTS = ["text", "dim", "accent", "good", "bad", "tcp", "udp", "dhcp", "arp", "icmp", "other"];
  const GROUNDS = ["page", "panel", "raised"];

  it.each([
    ["light", 0],
    ["dark", 1],
  ])("of the %s theme can be read: WCAG AA", (_, index) => {
    const colours = themes[index]!;
    const ratio = (a: string, b: string): number => contrast(colours.get(a)!, colours.get(b)!);
    const pairs = TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const));
    const weak = [...pairs, ["on-accent", "accent"] as const, ["on-mark", "mark"] as const].filter(
      ([text, ground]) => ratio(text, ground) < 4.5,
    );
    expect(weak).toEqual([]);
    // The borders of what is used, and the marks of the focus (1.4.11).
    expect(GROUNDS.filter((ground) => ratio("edge", ground) < 3 || ratio("accent", ground) < 3)).toEqual([]);
  });
});

function coloursOf(block: string): Map<string, string> {
  return new Map(
    [...block.matchAll(/--([\w-]+): #([0-9a-f]{6})/g)].map(([, name, colour]) => [name!, colour!]),
  );
}

/** WCAG 2.2, "contrast ratio". */
function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
}

function luminance(colour: string): number {
  const [red, green, blue] = [0, 2, 4].map((at) => {
    const part = parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

function batchOf(record: PacketRecord): Uint8Array {
  const writer = new BatchWriter(128);
  writer.packet(record);
  return writer.from(0);
}
