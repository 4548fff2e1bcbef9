import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PATIENCE } from "../support/program.js";
import { wirelet, wirelets } from "./support/wirelet.js";

jest.setTimeout(2 * PATIENCE);

const GOOD = "0 < S 0:0(0) win 1000\n+0 > R. 0:0(0) ack 1\n";
const BAD = "0 < S 0:0(0) win 1000\n+0 > R. 0:0(0) ack 2\n";

let folder: string;
let good: string;
let bad: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "wirelet-packetdrill-"));
  good = path.join(folder, "good.pkt");
  bad = path.join(folder, "bad.pkt");
  await writeFile(good, GOOD);
  await writeFile(bad, BAD);
});

afterAll(() => rm(folder, { recursive: true }));

describe("wirelet packetdrill", () => {
  it("counts what passes, and ends with status 0", async () => {
    expect(await wirelet("packetdrill", good, good)).toMatchObject({
      status: 0,
      stdout: "2 scripts: 2 passed\n",
      stderr: "",
    });
  });

  it("tells where a script fails and both packets, goes on, and ends with status 1", async () => {
    expect(await wirelet("packetdrill", bad, good)).toMatchObject({
      status: 1,
      stdout: `${bad}:2:1: another packet: acknowledgment 1 instead of 2
  expected: 0.000000 > R. 0:0(0) ack 2
  actual:   0.000000 > R. 0:0(0) ack 1 win 0
2 scripts: 1 passed, 1 failed
`,
      stderr: "",
    });
  });

  it("prints each packet if it is asked to", async () => {
    const { status, stdout } = await wirelet("packetdrill", "--verbose", good);
    expect(status).toBe(0);
    expect(stdout).toContain("\n0.000000 > R. 0:0(0) ack 1 win 0\n");
  });

  it("refuses a wrong call with status 2", async () => {
    const missing = path.join(folder, "missing.pkt");
    const calls = [[], [missing], ["--nope", good], ["--tolerance_usecs=soon", good]];
    const named = ["at least one", missing, "--nope", "soon"];
    const endings = await wirelets(calls.map((args) => ["packetdrill", ...args]));
    for (const [index, { status, stdout, stderr }] of endings.entries()) {
      expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
      expect(stderr).toMatch(/^wirelet: [^\n]+\n$/);
      expect(stderr).toContain(named[index]);
    }
  });
});
