/** Installs what a fresh clone lacks, from its lockfile; what an install prints goes to standard error. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

const MINIMUM_NODE = [20, 12];

/** Says so and ends the process if this Node is too old to run anything here. */
export function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > MINIMUM_NODE[0] || (major === MINIMUM_NODE[0] && minor >= MINIMUM_NODE[1])) return;
  console.error(`wirelet needs Node ${MINIMUM_NODE.join(".")} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/**
 * Runs `npm ci` in `folder` unless what its lockfile says is installed already.
 * @returns {boolean} false if npm failed; it has said why
 */
export function installed(folder = root) {
  const modules = path.join(folder, "node_modules");
  const stamp = path.join(modules, ".wirelet-installed");
  const lockfile = readFileSync(path.join(folder, "package-lock.json"));
  const wanted = createHash("sha256")
    .update(lockfile)
    .update(process.version)
    .update(process.arch)
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return true;
  const where = path.relative(process.cwd(), folder) || ".";
  console.error(`wirelet: installing packages in ${where} (once, about half a minute) ...`);
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const result = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: folder,
    // npm's own report on descriptor 1 would end up in what --json prints.
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (result.status !== 0) {
    console.error(
      `wirelet: "npm ci" failed in ${where}: ${result.error?.message ?? `status ${result.status}`}.`,
    );
    return false;
  }
  mkdirSync(modules, { recursive: true });
  writeFileSync(stamp, wanted);
  return true;
}
