import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { describeWith, requireTap, requireTool } from "../support/tools.js";
import { CaseProcess } from "./support/case-process.js";
import type { TransferResult } from "./support/cases-bulk.js";

jest.setTimeout(120_000);

const MEBIBYTE = 1024 * 1024;

/** The kernel has no netem here, so that a fault rule stands between the TAP device and the stack. */
describeWith([requireTap(), requireTool("ss", "iproute2")], "TCP to and from the real kernel", () => {
  let cases: CaseProcess;

  beforeAll(() => {
    cases = new CaseProcess();
  });

  afterAll(() => cases.stop());

  it.each([
    ["1 % loss", 4 * MEBIBYTE, { loss: 0.01 }],
    ["5 % loss", MEBIBYTE, { loss: 0.05 }],
    ["reordering", 4 * MEBIBYTE, { reorder: 0.05 }],
    ["duplication", 4 * MEBIBYTE, { duplicate: 0.05 }],
    ["corruption", 4 * MEBIBYTE, { corrupt: 0.01 }],
    ["all of it", MEBIBYTE, { loss: 0.01, reorder: 0.02, duplicate: 0.02, corrupt: 0.01 }],
  ])("arrives intact through %s", async (_, bytes, faults) => {
    let seed = 0;
    for (const from of ["stack", "kernel"]) {
      for (const connector of ["stack", "kernel"]) {
        const options = { from, connector, bytes, faults, seed: ++seed };
        const { sent, received, hits } = await cases.play<TransferResult>("transfer", options);
        expect({ ...options, ...received }).toEqual({ ...options, bytes, sha256: sent.sha256 });
        expect(hits).toBeGreaterThan(0);
      }
    }
  });
});
