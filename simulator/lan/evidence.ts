import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { formatStoryLine } from "../story.js";
import type { Lan } from "./lan.js";
import { SEED_VARIABLE } from "./seed.js";

/** Lines of the story that a failure prints: what fits on a screen below the test's own message. */
export const EVIDENCE_LINES = 20;

/**
 * A function under this name in `globalThis` gets each LAN that is made: a test environment puts it there, and asks those
 * of a test that fails for their evidence.
 */
export const LAN_LISTENER = Symbol.for("wirelet.lan");

/** Tells whoever listens that `lan` is there. */
export function announceLan(lan: Lan): void {
  const listener = (globalThis as Record<symbol, unknown>)[LAN_LISTENER];
  if (typeof listener === "function") (listener as (lan: Lan) => void)(lan);
}

/** What a person needs to look into a failure: the seed, the last of the story, a capture, and how to see it again. */
export function gatherEvidence(lan: Lan, isSeedGiven: boolean): string {
  const { seed, story } = lan;
  const last = story.slice(-EVIDENCE_LINES);
  const left = story.length - last.length;
  return [
    `Seed ${seed}, after ${lan.simulation.now() / 1000} s of virtual time. ${last.length === 0 ? "Nothing was told." : "The last that was told:"}`,
    ...(left > 0 ? [`  … (${left} lines before)`] : []),
    ...last.map((line) => `  ${formatStoryLine(line)}`),
    `Capture: ${saveCapture(lan)}`,
    `Again:   ${commandAgain(isSeedGiven ? undefined : seed)}`,
  ].join("\n");
}

/** Adds to an error's message, and to the stack that begins with it, which is what jest prints. */
export function appendTo(error: Error, text: string): void {
  const message = `${error.message}\n\n${text}`;
  const { stack } = error;
  if (stack !== undefined) error.stack = stack.replace(error.message, () => message);
  error.message = message;
}

/** @returns where the file is, or why there is none: that must not hide the failure */
function saveCapture(lan: Lan): string {
  if (lan.capture.size === 0) return "none, no frame is kept";
  try {
    const file = join(mkdtempSync(join(tmpdir(), "wirelet-")), `seed-${lan.seed}.pcapng`);
    lan.capture.save(file);
    return file;
  } catch (error) {
    return `none, ${(error as Error).message}`;
  }
}

/** What jest knows of the test that runs, where it is jest. */
interface TestState {
  readonly testPath?: string;
  readonly currentTestName?: string;
}

/** @param seed what the environment has to say; absent: the program says it itself */
function commandAgain(seed: number | undefined): string {
  const variable = seed === undefined ? "" : `${SEED_VARIABLE}=${seed} `;
  const { expect } = globalThis as { expect?: { getState?: () => TestState } };
  const { testPath, currentTestName } = expect?.getState?.() ?? {};
  if (testPath === undefined) {
    const [program = "", ...args] = process.argv.slice(1);
    return `${variable}node ${[shortened(program), ...args].map(quoted).join(" ")}`;
  }
  const name = currentTestName === undefined ? "" : ` -t ${quoted(`^${escaped(currentTestName)}$`)}`;
  return `${variable}npx jest ${quoted(shortened(testPath))}${name}`;
}

function shortened(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith("..") ? file : short;
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `text` as a regular expression. */
function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
