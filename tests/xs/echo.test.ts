import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { emitMemory, emitStart, MessageWriter, RecordKind } from "../../hosts/xs/frames/index.js";
import { MacAddress } from "../../src/address/index.js";
import { describeWith } from "../support/tools.js";
import { BareV8 } from "./bare-v8.js";
import { bundle } from "./bundle.js";
import { requireXs, XsEngine, type Engine } from "./engine.js";
import { readReply } from "./exchange.js";

const START = emitStart({
  mac: MacAddress.parse("02:00:00:00:00:01"),
  mtu: 1500,
  seed: new Uint8Array(16).fill(7),
});

/** What `engine` says to a conversation that uses all that the protocol has. */
async function converse(engine: Engine, script: string): Promise<Uint8Array[]> {
  await engine.evaluate(script);
  const writer = new MessageWriter();
  const replies: Uint8Array[] = [];
  const exchange = async (now: number): Promise<void> => {
    const { bytes } = await engine.command(new Uint8Array(writer.finish(now)));
    replies.push(Uint8Array.from(bytes));
  };
  writer.append(RecordKind.start, START);
  await exchange(0.5);
  writer.append(RecordKind.memory, emitMemory({ used: 1234 }));
  writer.append(RecordKind.frame, new Uint8Array(60).fill(1));
  await exchange(2);
  writer.append(RecordKind.frame, new Uint8Array(1514).fill(2));
  await exchange(20);
  await exchange(27);
  await exchange(45);
  writer.append(RecordKind.link, Uint8Array.of(0));
  await exchange(46);
  return replies;
}

describeWith([requireXs()], "an echo inside XS", () => {
  let engine: XsEngine;
  let script: string;

  beforeEach(async () => {
    engine = new XsEngine();
    ({ script } = await bundle("echo-main.ts"));
  });

  afterEach(() => engine.stop());

  it("sends frames back at once and from its timers", async () => {
    const replies = (await converse(engine, script)).map(readReply);
    expect(
      replies.map(({ deadline, frames, log }) => [deadline, frames.map(({ length }) => length), log]),
    ).toEqual([
      [Infinity, [], [{ level: "info", line: "echo at 02:00:00:00:00:01, mtu 1500 ✓" }]],
      [27, [60], [{ level: "debug", line: "1234 bytes" }]],
      [27, [1514], [{ level: "debug", line: "1234 bytes" }]],
      [45, [60], []],
      [Infinity, [1514], []],
      [Infinity, [], [{ level: "info", line: "link down" }]],
    ]);
  });

  it("says the same as on V8, byte for byte", async () => {
    expect(await converse(engine, script)).toEqual(await converse(new BareV8(), script));
  });

  it("says the same when it is preloaded", async () => {
    const preloaded = (await bundle("echo-main.ts", { preloaded: true })).script;
    expect(preloaded).toMatch(/globalThis\.preloaded\(.*NetworkError/);
    expect(await converse(engine, preloaded)).toEqual(await converse(new BareV8(), script));
  });
});
