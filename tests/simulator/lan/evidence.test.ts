import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { EVIDENCE_LINES, Lan, LAN_LISTENER, SEED_VARIABLE } from "../../../simulator/index.js";

const given = process.env[SEED_VARIABLE] ?? "";

beforeEach(() => void (process.env[SEED_VARIABLE] = ""));

afterEach(() => void (process.env[SEED_VARIABLE] = given));

/** The message of what `work` is rejected with. */
async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing failed");
}

describe("what fails on a LAN", () => {
  it("says the seed, the last of the story, and how to run it again", async () => {
    const lan = new Lan();
    for (let line = 1; line <= EVIDENCE_LINES + 2; line++)
      lan.tell("sensor", { topic: "log", text: `line ${line}.` });
    const error = await failureOf(lan.until(() => false, { within: "1m" }));
    expect(error).toMatchObject({ code: "ETIMEDOUT" });
    expect(error.message).toContain("Seed 1, after 60 s of virtual time. The last that was told:");
    expect(error.message).toContain("(2 lines before)");
    expect(error.message).not.toContain("line 2.");
    expect(error.message).toContain("sensor   log   line 22.");
    // The test itself, by its whole name.
    expect(error.message).toContain(
      "WIRELET_SEED=1 npx jest tests/simulator/lan/evidence.test.ts -t " +
        "'^what fails on a LAN says the seed, the last of the story, and how to run it again$'",
    );
    expect(error.stack).toContain("Seed 1, after 60 s");
  });

  it("needs no variable if the program has named the seed", async () => {
    const lan = new Lan({ seed: 42 });
    const { message } = await failureOf(lan.finish(new Promise(() => undefined)));
    expect(message).toContain("Seed 42");
    expect(message).toMatch(/^Again: {3}npx jest tests/m);
  });

  it("says so too if an event has thrown, and says it once", async () => {
    const lan = new Lan();
    lan.simulation.schedule(10, () => {
      throw new Error("out of paper");
    });
    const error = await failureOf(lan.runFor("1s"));
    expect(error.message).toMatch(/^out of paper\n\nSeed 1, after 0.01 s of virtual time. Nothing was told./);
    const { message } = error;
    lan.explain(error);
    expect(error.message).toBe(message);
  });

  it("leaves a capture for Wireshark in the temporary folder, or says why it cannot", async () => {
    const lan = new Lan({ seed: 3 });
    const { link } = lan.host("host").machine;
    expect(lan.evidence()).toContain("Capture: none, no frame is kept\n");
    link.transmit(new Uint8Array(60).fill(0xab), 60);
    const file = /^Capture: (.*\/seed-3\.pcapng)$/m.exec(lan.evidence())![1]!;
    expect(readFileSync(file).includes(Buffer.alloc(60, 0xab))).toBe(true);
    expect(dirname(dirname(file))).toBe(tmpdir());
    rmSync(dirname(file), { recursive: true });
    jest.spyOn(lan.capture, "save").mockImplementation(() => {
      throw new Error("no space left on device");
    });
    expect(lan.evidence()).toContain("Capture: none, no space left on device\n");
  });

  it("says it shortly if that is wanted", async () => {
    const { message } = await failureOf(new Lan({ evidence: false }).until(() => false));
    expect(message.replaceAll(" => ", "=>")).toBe(
      "wait until ()=>false: not within 60000 ms of virtual time (seed 1) (ETIMEDOUT)",
    );
  });
});

describe("WIRELET_SEED", () => {
  it("is the seed of LANs that name none", () => {
    process.env[SEED_VARIABLE] = "4294967295";
    expect([new Lan().seed, new Lan({ seed: 5 }).seed]).toEqual([4294967295, 5]);
    process.env[SEED_VARIABLE] = "";
    expect(new Lan().seed).toBe(1);
  });

  it.each(["x", "-1", "1.5", "4294967296"])("%s is refused", (text) => {
    process.env[SEED_VARIABLE] = text;
    expect(() => new Lan()).toThrow(`read WIRELET_SEED=${text}: want a whole number`);
  });
});

it("a test environment hears of each LAN", () => {
  const lans: Lan[] = [];
  const scope = globalThis as Record<symbol, unknown>;
  const former = scope[LAN_LISTENER];
  scope[LAN_LISTENER] = (lan: Lan) => lans.push(lan);
  try {
    const lan = new Lan();
    expect(lans).toEqual([lan]);
  } finally {
    scope[LAN_LISTENER] = former;
  }
});
