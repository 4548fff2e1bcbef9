import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { describeWith, requireTap, requireTool } from "../support/tools.js";
import { CaseProcess } from "./support/case-process.js";
import type { IperfResult } from "./support/cases-iperf.js";

jest.setTimeout(60_000);

describeWith([requireTap(), requireTool("iperf3")], "iperf3 on the kernel's TCP, against the stack", () => {
  let cases: CaseProcess;
  const figures: string[] = [];

  beforeAll(() => {
    cases = new CaseProcess();
  });

  afterAll(async () => {
    await cases.stop();
    process.stderr.write(`iperf3, measured: ${figures.join("; ")}\n`);
  });

  it.each([
    ["sends", { reverse: false }],
    ["receives", { reverse: true }],
    ["sends in large segments", { reverse: false, offload: true }],
    ["receives in large segments", { reverse: true, offload: true }],
  ])("%s, and both ends count the same", async (name, options) => {
    const { error, sent, received, server } = await cases.play<IperfResult>("iperf", options);
    expect(error).toBeUndefined();
    expect(sent.bytes).toBeGreaterThan(0);
    expect(received.bytes).toBeGreaterThan(0);
    // At the end of its time the receiver has not read all that was sent.
    expect(received.bytes).toBeLessThanOrEqual(sent.bytes);
    expect(options.reverse ? server.sent : server.received).toBe(sent.bytes);
    figures.push(`${name} ${Math.round(received.bits_per_second / 1e6)} Mbit/s`);
  });
});
