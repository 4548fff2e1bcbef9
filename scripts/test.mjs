/**
 * `npm test`: types, lint, then the suites, each with its time. `npm test -- NAME…` runs only those named.
 * Suites that need root, a TAP device or a Debian program say so and are skipped; with CI set that is a failure.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { installed, requireNode, root } from "./install.mjs";

const bin = (name) => path.join(root, "node_modules", ...name.split("/"));
const jest = (...args) => [process.execPath, bin("jest/bin/jest.js"), ...args];
const tsc = (project) => [process.execPath, bin("typescript/bin/tsc"), "-p", project];

/** Long suites run only with CI set, or when they are named. */
const STEPS = [
  { name: "types", commands: [tsc("src"), tsc("."), tsc("hosts/xs"), tsc("simulator/dashboard/page")] },
  {
    name: "lint",
    commands: [
      [process.execPath, bin("eslint/bin/eslint.js"), "."],
      [process.execPath, bin("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."],
    ],
  },
  { name: "unit", commands: [jest("--selectProjects", "unit")] },
  { name: "node", commands: [jest("--selectProjects", "node")] },
  { name: "preset", commands: [jest("--selectProjects", "preset")] },
  { name: "interop", commands: [jest("--selectProjects", "interop", "--runInBand")] },
  { name: "package", commands: [jest("--selectProjects", "package", "--runInBand")] },
  { name: "xs", commands: [jest("--selectProjects", "xs", "--runInBand")], folder: "tests/xs" },
];

requireNode();
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STEPS.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `npm test: no suite named ${unknown.join(", ")}; there are ${STEPS.map((step) => step.name).join(", ")}.`,
  );
  process.exit(2);
}
if (!installed()) process.exit(1);

const scratch = mkdtempSync(path.join(os.tmpdir(), "wirelet-test-"));
const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
for (const step of STEPS) {
  if (wanted.length > 0 && !wanted.includes(step.name)) continue;
  console.log(`\n== ${step.name}`);
  const begin = performance.now();
  const ok =
    (step.folder === undefined || installed(path.join(root, step.folder))) && step.commands.every(runCommand);
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(`== ${step.name}: ${ok ? "passed" : "FAILED"} in ${seconds} s`);
  if (!ok) failures.push(step.name);
}
rmSync(scratch, { recursive: true, force: true });
if (failures.length > 0) console.log(`\nFailed: ${failures.join(", ")}.`);
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(failures.length > 0 || totals.failed > 0 ? 1 : 0);

function runCommand(command) {
  const isJest = command.some((part) => part.endsWith("jest.js"));
  const report = path.join(scratch, "report.json");
  const extra = isJest ? ["--json", `--outputFile=${report}`] : [];
  // jest's --json would also print the report; a file and standard error keep the output for people.
  const { status } = spawnSync(command[0], [...command.slice(1), ...extra], {
    cwd: root,
    stdio: ["ignore", isJest ? "ignore" : "inherit", "inherit"],
  });
  if (isJest) count(report);
  else totals[status === 0 ? "passed" : "failed"]++;
  return status === 0;
}

function count(report) {
  try {
    const result = JSON.parse(readFileSync(report, "utf8"));
    totals.passed += result.numPassedTests;
    totals.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    totals.skipped += result.numPendingTests;
    rmSync(report);
  } catch {
    totals.failed++;
  }
}
