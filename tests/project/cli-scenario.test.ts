import { describe, expect, it, jest } from "@jest/globals";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { PATIENCE } from "../support/program.js";
import { wirelet } from "./support/wirelet.js";

jest.setTimeout(4 * PATIENCE);

/** Runs `test` with the path of a file in a folder that is gone afterwards. */
async function withFile(name: string, test: (file: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "wirelet-scenario-"));
  try {
    await test(path.join(folder, name));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("wirelet sim --scenario", () => {
  it("lists the scenarios that there are", async () => {
    const { status, stdout } = await wirelet("sim", "--scenario", "list");
    expect(stdout).toContain("power-cut            A power cut in the whole house\n");
    expect(status).toBe(0);
  });

  it("tells the story, says what came true, and writes a report that needs no script", () =>
    withFile("report.html", async (report) => {
      const { status, stdout } = await wirelet("sim", "--scenario", "first-boot", "--report", report);
      expect(stdout).toMatch(/DISCOVER to everybody/);
      expect(stdout).toMatch(/\nok {6}5\.823 s {2}device has an address in 192\.168\.1\.0\/24\n/);
      const html = readFileSync(report, "utf8");
      expect(html).toContain("<h1>First boot</h1>");
      expect(html).toContain("<polyline");
      expect(html).not.toMatch(/<script|https?:\/\/(?!\d|device)/);
      expect(status).toBe(0);
    }));

  it("fails if something did not come true, with the line that expects it", () =>
    withFile("mine.yaml", async (file) => {
      writeFileSync(file, 'title: "<b>"\nhosts: { a: {} }\nexpect:\n  - { address: a, within: 1s }\n');
      const { status, stdout } = await wirelet("sim", "--scenario", file, "--once");
      expect(stdout).toContain(`FAILED  1.000 s  a has an address: a has none (${file}:4)`);
      expect(status).toBe(1);
    }));

  it("has one line for a file with a mistake, a name that is none, and an option that makes no sense", async () => {
    await withFile("mine.yaml", async (file) => {
      writeFileSync(file, "hosts: { a: { ap: firmware } }");
      const { status, stderr } = await wirelet("sim", "--scenario", file);
      expect(stderr).toBe(
        `wirelet: read scenario ${file}:1:15: "a" has no "ap"; did you mean "app"? (EINVAL)\n`,
      );
      expect(status).toBe(1);
    });
    const unknown = await wirelet("sim", "--scenario", "first-bot", "--once");
    expect(unknown.stderr).toContain('did you mean "first-boot"?');
    const refused = await wirelet("sim", "--scenario", "first-boot", "--loss", "0.1");
    expect([refused.status, refused.stderr]).toEqual([
      2,
      "wirelet: --loss does not go with --scenario. Try --help.\n",
    ]);
  });
});
