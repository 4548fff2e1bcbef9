import { statSync } from "node:fs";
import { LiveCapture, type LiveCaptureOptions } from "../../../simulator/index.js";
import { UsageError } from "./options.js";

/** For a help text. */
export const PCAP_HELP = `  --pcap FILE     write what crosses the LAN as pcapng, for Wireshark or tshark, while it happens; FILE
                  may be a named pipe, or - for standard output: … --pcap - | wireshark -k -i -`;

/**
 * Begins a capture for --pcap. If it fails later, standard error says so once, and the run goes on.
 * @throws NetworkError if there can be no such file
 */
export function openCapture(
  path: string,
  options: Pick<LiveCaptureOptions, "epoch" | "namesOf"> = {},
): LiveCapture {
  if (isPipe(path)) process.stderr.write(`Waiting for somebody to read ${path}\n`);
  return new LiveCapture(path, {
    ...options,
    onProblem: ({ message }) =>
      process.stderr.write(`wirelet: ${message}; the capture ends here, the run goes on\n`),
  });
}

/**
 * Where the text goes that is standard output's otherwise: not among a capture's bytes.
 * @param takesOutput what else, if anything, wants standard output for itself: "--json"
 * @throws UsageError if both want it
 */
export function textOutput(pcap: string | undefined, takesOutput: string | undefined): NodeJS.WriteStream {
  if (pcap === "-" && takesOutput !== undefined)
    throw new UsageError(`${takesOutput} and --pcap - both want standard output: name a file.`);
  return pcap === "-" || takesOutput !== undefined ? process.stderr : process.stdout;
}

function isPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}
