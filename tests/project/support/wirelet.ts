import { spawn } from "node:child_process";
import { join } from "node:path";
import { Program, type Ending } from "../../support/program.js";

const ROOT = join(__dirname, "..", "..", "..");

/** Runs at a time: each wants a core for half a second. */
const AT_ONCE = 4;

/** Starts a program in the repository's root. */
export function start(program: string, ...args: string[]): Program {
  return new Program(spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] }));
}

/** The same in a process group of its own, as a terminal would: a signal to the group reaches its children too. */
export function startGroup(program: string, ...args: string[]): Program {
  return new Program(spawn(program, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"], detached: true }));
}

/** Starts the `wirelet` command from its sources. */
export function startWirelet(...args: string[]): Program {
  return start(process.execPath, "scripts/wirelet.mjs", ...args);
}

/** The same with a standard input, which ends after `input`; without one it is open, and the caller's. */
export function startWireletWith(args: readonly string[], input?: string | Uint8Array): Program {
  const child = spawn(process.execPath, ["scripts/wirelet.mjs", ...args], { cwd: ROOT });
  // It may end before it has read all.
  child.stdin.on("error", () => undefined);
  if (input !== undefined) child.stdin.end(input);
  return new Program(child);
}

/** Runs the `wirelet` command to its end. */
export function wirelet(...args: string[]): Promise<Ending> {
  return startWirelet(...args).ends();
}

/** Runs the `wirelet` command once for each list of arguments, some at a time. @returns how they ended, in order */
export async function wirelets(runs: readonly (readonly string[])[]): Promise<Ending[]> {
  const endings: Ending[] = [];
  const waiting = runs.entries();
  async function work(): Promise<void> {
    for (const [index, args] of waiting) endings[index] = await wirelet(...args);
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return endings;
}
