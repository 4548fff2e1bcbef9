import { afterAll, beforeAll } from "@jest/globals";
import { describeSuite } from "../conformance/sockets/describe-suite.js";
import type { SocketCase } from "../conformance/sockets/suite/case.js";
import { ALL_TOPICS } from "../conformance/sockets/suite/cases/index.js";
import { describeWith } from "../support/tools.js";
import { bundle } from "./bundle.js";
import { requireXs } from "./engine.js";
import { PreloadedEngine } from "./preload.js";

describeWith([requireXs()], "sockets between two stacks inside XS", () => {
  let engine: PreloadedEngine;

  beforeAll(async () => {
    engine = new PreloadedEngine();
    await engine.evaluate((await bundle("conformance-main.ts", { preloaded: true })).script);
  });

  afterAll(() => engine.stop());

  async function ask(command: string): Promise<string> {
    return Buffer.from((await engine.command(Buffer.from(command))).bytes).toString();
  }

  /** Begins a case, and lets the engine's virtual time pass until it is over. */
  async function play(test: SocketCase): Promise<void> {
    const topic = ALL_TOPICS.findIndex(({ cases }) => cases.includes(test));
    let answer = await ask(`${topic} ${ALL_TOPICS[topic]!.cases.indexOf(test)}`);
    while (answer === "") answer = await ask("");
    if (answer !== "ok") throw new Error(answer);
  }

  describeSuite("stack, inside XS", play);
});
