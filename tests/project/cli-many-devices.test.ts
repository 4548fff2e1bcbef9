import { describe, expect, it, jest } from "@jest/globals";
import { PATIENCE } from "../support/program.js";
import { startWirelet, wirelet } from "./support/wirelet.js";

jest.setTimeout(2 * PATIENCE);

const DEVICES = "50";

describe("wirelet sim --devices", () => {
  it("prints one JSON object, and what people read on standard error", async () => {
    const { status, stdout, stderr } = await wirelet(
      "sim",
      "--devices",
      DEVICES,
      "--once",
      "--json",
      "--seed",
      "7",
    );
    expect(stdout.split("\n")).toEqual([expect.stringMatching(/^\{.*\}$/), ""]);
    const positive = expect.any(Number);
    expect(JSON.parse(stdout)).toEqual({
      seed: 7,
      devices: 50,
      subnets: 1,
      leases: 50,
      listening: 50,
      statuses: 50,
      time: positive,
      events: positive,
      framesSent: positive,
      framesHeard: positive,
      mostFrames: positive,
      wallMilliseconds: { boot: positive, ask: positive, total: positive },
      cpuMilliseconds: positive,
      peakMemoryBytes: positive,
      perDevice: {
        wallMilliseconds: positive,
        memoryBytes: positive,
        events: positive,
        framesSent: positive,
        framesHeard: positive,
      },
    });
    // No terminal, so nothing that is written over.
    expect(stderr).toMatch(
      /^50 devices on one subnet, seed 7\n50 have booted and 50 have a lease, [^\r]*\n$/,
    );
    expect(status).toBe(0);
  });

  it("leads to the first device, and says so", async () => {
    const program = startWirelet("sim", "--devices", DEVICES, "--port", "0");
    const [, port] = await program.says(
      /Open http:\/\/127\.0\.0\.1:(\d+)\/ in your browser: it leads to device-1, at 10\.1\.0\.\d+\./,
    );
    const response = await fetch(`http://127.0.0.1:${port}/api/status`);
    expect(await response.json()).toMatchObject({ mac: "02:00:00:00:00:01", requestsServed: 1 });
    program.kill("SIGTERM");
    const { status, stdout } = await program.ends();
    expect(status).toBe(0);
    expect(stdout).toContain("50 have told the laptop their status");
    expect(stdout).toMatch(/\nStopped\.\n$/);
  });
});
