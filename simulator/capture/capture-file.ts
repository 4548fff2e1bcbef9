import { closeSync, openSync } from "node:fs";
import { attemptFile, writeFully } from "../../hosts/node/files.js";

const STANDARD_OUTPUT = 1;

/**
 * A file, or a pipe, for a `Capture` to write to. Each block is with the system when `write` returns, so a run that is killed
 * leaves a file that can be read, and whoever reads a pipe has all that was seen so far.
 *
 * @example
 * const file = new CaptureFile("lan.pcapng");
 * new Capture((block) => file.write(block)).watch(lan);
 */
export class CaptureFile {
  readonly #name: string;
  readonly #descriptor: number;

  /**
   * Makes the file or empties it; a named pipe is opened when somebody reads it.
   * @param path "-" is standard output
   * @throws NetworkError EACCES, or EINVAL if there can be no such file
   */
  constructor(path: string) {
    this.#name = path === "-" ? "to standard output" : path;
    this.#descriptor =
      path === "-" ? STANDARD_OUTPUT : attemptFile("open capture", path, () => openSync(path, "w"));
  }

  /** @throws NetworkError ENOBUFS if the disk is full, EPIPE if nobody reads the pipe any more, EACCES, EINVAL */
  write(block: Uint8Array): void {
    attemptFile("write capture", this.#name, () => writeFully(this.#descriptor, block));
  }

  close(): void {
    if (this.#descriptor !== STANDARD_OUTPUT) closeSync(this.#descriptor);
  }
}
