import { afterAll, describe, expect, it } from "@jest/globals";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { ROOT } from "./manifest-modules.js";

const folders: string[] = [];

afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

interface Outcome {
  readonly status: number | null;
  /** What jest tells a person. */
  readonly text: string;
}

/** Runs jest with the preset on these files, with the package's sources in the place of the package. */
function runJest(files: Readonly<Record<string, string>>, args: readonly string[] = []): Outcome {
  const folder = mkdtempSync(path.join(os.tmpdir(), "wirelet-preset-"));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const config = {
    rootDir: folder,
    preset: path.join(ROOT, "jest-preset.js"),
    moduleNameMapper: { "^wirelet/simulator$": path.join(ROOT, "simulator", "index") },
    reporters: ["default"],
  };
  const jest = path.join(ROOT, "node_modules", "jest", "bin", "jest.js");
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    [jest, "--ci", "--config", JSON.stringify(config), ...args],
    { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", MODDABLE: "" } },
  );
  return { status, text: stderr + stdout };
}

const FAILING = {
  "app/main.ts": `import { check } from "./check";
import Timer from "timer";
trace("running\\n");
Timer.set(() => check(3), 1000);
`,
  "app/check.ts": `type Level = number;

export function check(level: Level): void {
  if (level > 2) throw new RangeError("level " + level);
  trace("never");
}
`,
  "app/main.test.ts": `import { Lan, moddable, type LanHost } from "wirelet/simulator";
declare const test: (name: string, run: () => Promise<void>) => void;
test("reports", async () => {
  const lan = new Lan({ seed: 5 });
  const app = moddable("./main.ts", { platform: "simulator" });
  const host: LanHost = lan.host("kitchen", { app, address: "192.0.2.1/24" });
  await lan.runFor("5s");
  void host;
});
`,
};

describe("the jest preset", () => {
  it("runs what docs/testing-moddable-apps.md begins with", () => {
    const page = readFileSync(path.join(ROOT, "docs", "testing-moddable-apps.md"), "utf8");
    const [app = "", test = ""] = [...page.matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code!);
    const outcome = runJest({ "app/main.js": app, "app/main.test.js": test });
    expect(outcome.text).toContain("Tests:       1 passed");
    expect(outcome.status).toBe(0);
  }, 120_000);

  it("tells of a failing test its LAN's seed and story, and the lines of the app", () => {
    const { status, text } = runJest(FAILING);
    expect(status).toBe(1);
    for (const part of [
      "AppError: kitchen: RangeError: level 3",
      "Seed 5, after 1 s of virtual time.",
      "kitchen  log   running",
      "kitchen  app   aborted: RangeError: level 3",
      "> 4 |   if (level > 2) throw new RangeError(",
      "at check (app/check.ts:4:24)",
      "at app/main.ts:4:17",
    ])
      expect(text).toContain(part);
    expect(text.match(/Seed 5/g)).toHaveLength(1);
  }, 120_000);

  it("counts what tests run of apps", () => {
    const { text } = runJest(FAILING, ["--coverage", "--collectCoverageFrom=app/*.ts"]);
    expect(text).toMatch(/check\.ts +\| +66\.66 \| +50 \| +100 \| +50 \| 5 /);
    expect(text).toMatch(/main\.ts +\| +100 \| +100 \| +100 \| +100 \|/);
  }, 120_000);
});
