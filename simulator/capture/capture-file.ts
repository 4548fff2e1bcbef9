import { closeSync, openSync, writeSync } from "node:fs";
import { NetworkError } from "../../src/error/index.js";

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
    this.#descriptor = attempt("open capture", path, () => openSync(path, "w"));
  }

  /** @throws NetworkError ENOBUFS if the disk is full, EACCES, EINVAL */
  write(block: Uint8Array): void {
    attempt("write capture", this.#path, () => {
      for (let at = 0; at < block.length;) at += writeSync(this.#descriptor, block, at);
    });
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

function attempt<T>(operation: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT") {
      throw new NetworkError("ENOBUFS", operation, path, "the disk is full");
    }
    if (code === "ENOENT") throw new NetworkError("EINVAL", operation, path, "there is no such folder");
    if (code === "EISDIR") throw new NetworkError("EINVAL", operation, path, "it is a folder");
    const denied = code === "EACCES" || code === "EPERM" || code === "EROFS";
    throw new NetworkError(denied ? "EACCES" : "EINVAL", operation, path, message);
  }
}
