import { describe, it } from "@jest/globals";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Something that a test needs of the machine. */
export interface Requirement {
  readonly name: string;
  /** Why it is not there; undefined if it is. */
  readonly missing: string | undefined;
}

/** A program on the PATH. @param debianPackage where it comes from, if that is named differently */
export function requireTool(program: string, debianPackage = program): Requirement {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  const found = folders.some((folder) => isAllowed(join(folder, program), constants.X_OK));
  return {
    name: program,
    missing: found ? undefined : `${program} is not installed (Debian package ${debianPackage})`,
  };
}

/** Root, who may make network namespaces. */
export function requireRoot(): Requirement {
  return { name: "root", missing: process.getuid?.() === 0 ? undefined : "it needs root" };
}

/** Linux TAP devices, and the root and iproute2 that it takes to use them in a namespace of the test's own. */
export function requireTap(): Requirement {
  const usable = isAllowed("/dev/net/tun", constants.R_OK | constants.W_OK);
  const missing = usable ? undefined : "/dev/net/tun is not there or may not be opened";
  return {
    name: "TAP",
    missing: missing ?? requireRoot().missing ?? requireTool("ip", "iproute2").missing,
  };
}

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

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
