import { afterEach, describe, expect, it } from "@jest/globals";
import type { WebSocket } from "ws";
import { Run, standardScenarios } from "../../../simulator/index.js";
import { readBatch, type ServerMessage } from "../../../simulator/dashboard/protocol/index.js";
import { Scene } from "../../../simulator/dashboard/server/scene.js";
import { Tab } from "../../../simulator/dashboard/server/tab.js";
import { makeFrame, A, B } from "../support.js";

const scenes: Scene[] = [];

afterEach(() => {
  for (const scene of scenes.splice(0)) scene.end();
});

/** A browser's end that takes what it is sent, or lets it wait. */
class FakeSocket {
  bufferedAmount = 0;
  messages: ServerMessage[] = [];
  packets: number[] = [];

  send(data: string | Uint8Array): void {
    if (typeof data === "string") this.messages.push(JSON.parse(data) as ServerMessage);
    else this.packets.push(...readBatch(data).map(({ number }) => number));
  }

  /** What it was told since the last call. */
  take(): string[] {
    return this.messages.splice(0).map(({ type }) => type);
  }
}

function makeScene(): Scene {
  const beginning = { scenario: "first-boot", seed: 1, options: {} };
  const run = new Run(beginning, standardScenarios()["first-boot"]!(beginning));
  const scene = new Scene(run);
  scenes.push(scene);
  run.pace.pause();
  scene.update();
  return scene;
}

function open(): { socket: FakeSocket; tab: Tab } {
  const socket = new FakeSocket();
  return { socket, tab: new Tab(socket as unknown as WebSocket) };
}

/** Packets of 1,514 bytes that the laptop sends. */
function send({ run }: Scene, count: number): void {
  const { link } = run.lan.find("laptop").machine;
  const frame = makeFrame(B, A, new Array<number>(1_500).fill(1));
  for (let index = 0; index < count; index++) link.transmit(frame, frame.length);
}

describe("a tab", () => {
  it("is told what there is, then what has changed", () => {
    const scene = makeScene();
    const { socket, tab } = open();
    tab.update(scene, true);
    expect(new Set(socket.take())).toEqual(new Set(["run", "hosts", "cables", "clock", "story", "ports"]));
    tab.update(scene, true);
    expect(socket.take()).toEqual([]);
    scene.run.act({ do: "power", host: "laptop", on: false });
    scene.update();
    tab.update(scene, true);
    const [hosts] = socket.messages.filter(({ type }) => type === "hosts");
    expect(hosts).toMatchObject({ hosts: [{ name: "laptop", isOn: false }] });
    expect(socket.take()).toEqual(["hosts", "cables", "story"]);
    tab.watched = "router";
    tab.update(scene, true);
    expect(socket.take()).toEqual(["details"]);
  });

  it("that takes nothing is sent nothing, and is told later how many packets it has missed", () => {
    const scene = makeScene();
    const { socket, tab } = open();
    tab.update(scene, true);
    const before = socket.packets.length;
    send(scene, 3);
    tab.update(scene, false);
    expect(socket.packets).toHaveLength(before + 3);
    socket.take();
    socket.bufferedAmount = 2 * 1024 * 1024;
    send(scene, 20_000);
    for (let tick = 0; tick < 100; tick++) tab.update(scene, true);
    expect([socket.take(), socket.packets.length]).toEqual([[], before + 3]);
    socket.bufferedAmount = 0;
    tab.update(scene, false);
    const gap = socket.messages.find(({ type }) => type === "gap");
    const missed = gap?.type === "gap" ? gap.packets : 0;
    for (let tick = 0; tick < 100; tick++) tab.update(scene, false);
    // All others, each once, up to the newest.
    const rest = socket.packets.slice(before + 3);
    expect(rest).toEqual(
      Array.from({ length: 20_000 - missed }, (_, index) => before + 3 + missed + 1 + index),
    );
    expect(missed).toBeGreaterThan(15_000);
  });

  it("is told all anew when another run is shown", () => {
    const { socket, tab } = open();
    tab.update(makeScene(), true);
    socket.take();
    tab.update(makeScene(), true);
    expect(socket.take().slice(0, 3)).toEqual(["run", "hosts", "cables"]);
  });
});
