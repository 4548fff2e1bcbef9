import { statSync } from "node:fs";
import type { NetworkError } from "../../../src/error/index.js";
import { LiveCapture, type Lan, type Observable } from "../../../simulator/index.js";
import { UsageError } from "./options.js";

/**
 * Begins a capture of a LAN's frames, or of those at one place, for --pcap. If it fails later, standard error says so once,
 * and the run goes on.
 * @throws NetworkError if there can be no such file
 */
export function captureLan(path: string, lan: Lan, at: Observable = lan): LiveCapture {
  announce(path);
  return lan.capture.live(path, { at, onProblem });
}

/** The same for what is no LAN. @param epoch what its times count from, in seconds since 1970 */
export function captureAt(path: string, at: Observable, epoch: number): LiveCapture {
  announce(path);
  const live = new LiveCapture(path, { epoch, onProblem });
  live.watch(at);
  return live;
}

/**
 * Where the text goes that is standard output's otherwise: not among a capture's bytes.
 * @param isTaken whether standard output is --json's
 * @throws UsageError if both want it
 */
export function textOutput(pcap: string | undefined, isTaken: boolean): NodeJS.WriteStream {
  if (pcap === "-" && isTaken)
    throw new UsageError("--json and --pcap - both want standard output: name a file.");
  return pcap === "-" || isTaken ? process.stderr : process.stdout;
}

/** The exit status for a capture: 1 if it is not whole. A reader of a pipe who has gone has seen what he wanted. */
export function captureStatus(capture: LiveCapture | undefined): 0 | 1 {
  const problem = capture?.problem;
  return problem === undefined || problem.code === "EPIPE" ? 0 : 1;
}

function onProblem({ message }: NetworkError): void {
  process.stderr.write(`wirelet: ${message}; the capture ends here, the run goes on\n`);
}

/** A pipe is opened when it has a reader; until then nothing happens. */
function announce(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isFIFO() === true)
    process.stderr.write(`Waiting for somebody to read ${path}\n`);
}
