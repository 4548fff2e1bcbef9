import { closeSync, openSync } from "node:fs";
import { attemptFile, writeFully } from "../../hosts/node/files.js";

/**
 * A file for a `Capture` to write to. Each block is on disk, as far as the program is concerned, when `write`
 * returns, so a run that is killed leaves a file that can be read.
 *
 * @example
 * const file = new CaptureFile("lan.pcapng");
 * new Capture((block) => file.write(block)).watch(lan);
 */
export class CaptureFile {
  readonly #path: string;
  readonly #descriptor: number;

  /** Makes the file or empties it. @throws NetworkError EACCES, or EINVAL if there can be no such file */
  constructor(path: string) {
    this.#path = path;
    this.#descriptor = attemptFile("open capture", path, () => openSync(path, "w"));
  }

  /** @throws NetworkError ENOBUFS if the disk is full, EACCES, EINVAL */
  write(block: Uint8Array): void {
    attemptFile("write capture", this.#path, () => writeFully(this.#descriptor, block));
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
