import { describe, it } from "@jest/globals";
import { requireTool, type Requirement } from "./requirements.js";

export { requireRoot, requireTap, requireTool, type Requirement } from "./requirements.js";

/**
 * `describe`, for tests that need something of the machine. Where that is missing they are skipped, and standard
 * error says so and why; with CI set they fail instead, so that nothing goes untested unnoticed.
 *
 * @example
 * describeWith([requireTap(), requireTool("ping", "iputils-ping")], "TAP device", () => { … });
 */
export function describeWith(requirements: readonly Requirement[], title: string, tests: () => void): void {
  const reasons = requirements.flatMap(({ missing }) => missing ?? []);
  if (reasons.length === 0) {
    describe(title, tests);
    return;
  }
  const reason = reasons.join("; ");
  if (isCi()) {
    describe(title, () => {
      it("has what it needs of the machine", () => {
        throw new Error(`${title} cannot be tested: ${reason}`);
      });
    });
    return;
  }
  process.stderr.write(`SKIPPED: ${title}: ${reason}\n`);
  describe.skip(`${title} (skipped: ${reason})`, tests);
}

/** `describeWith` for one program. */
export function describeWithTool(program: string, title: string, tests: () => void): void {
  describeWith([requireTool(program)], title, tests);
}

function isCi(): boolean {
  const value = process.env["CI"] ?? "";
  return value !== "" && value !== "false" && value !== "0";
}
