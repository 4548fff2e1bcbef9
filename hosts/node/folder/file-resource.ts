import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats } from "node:fs";
import { NetworkError } from "../../../src/error/index.js";
import type { Resource } from "../../../src/http/index.js";

/**
 * How old a change must be, in ms, for another one to show in the file's times: FAT counts in steps of two seconds, most
 * others in a clock tick's.
 */
const SETTLED = 2000;

/** Not through a link that has come since the file was looked up, and without waiting for a FIFO's writer. Windows has neither. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A file, opened when it is first read and closed by `close`. */
export class FileResource implements Resource {
  readonly length: number;
  readonly contentType: string;
  readonly etag: string;
  readonly lastModified: number | undefined;
  readonly gzip: Resource | undefined;
  readonly #path: string;
  readonly #stats: BigIntStats;
  #descriptor: number | undefined;

  /**
   * @param path absolute, without links
   * @param stats what the file system says of it, and that it is a file
   * @param now milliseconds since 1970
   */
  constructor(path: string, stats: BigIntStats, now: number, about: Pick<Resource, "contentType" | "gzip">) {
    this.#path = path;
    this.#stats = stats;
    this.length = Number(stats.size);
    this.contentType = about.contentType;
    this.gzip = about.gzip;
    const { mtimeMs, mtimeNs, ctimeMs, ctimeNs } = stats;
    // RFC 9110 §8.8.1: while a second change would go unseen, a tag is weak, and a date would be too.
    const settled = now - Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs) >= SETTLED;
    this.lastModified = settled ? Number(mtimeMs) : undefined;
    // A file that is unpacked or copied may bring an old time of modification along; nobody sets the time of change.
    this.etag = `${settled ? "" : "W/"}"${[mtimeNs, ctimeNs, stats.size].map((part) => part.toString(36)).join("-")}"`;
  }

  read(position: number, buffer: Uint8Array): number {
    this.#descriptor ??= openSync(this.#path, OPEN_FLAGS);
    const count = readSync(this.#descriptor, buffer, 0, buffer.length, position);
    // What is sent must be of one state: rather a response cut off than one made of two.
    if (!isSame(fstatSync(this.#descriptor, { bigint: true }), this.#stats)) {
      throw new NetworkError(
        "ECONNABORTED",
        "read file",
        this.#path,
        "it has changed since it was looked up",
      );
    }
    return count;
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** Not by the time of change, which moves when a file is replaced that is still being read: that goes on as it was. */
function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return (
    one.ino === other.ino && one.dev === other.dev && one.size === other.size && one.mtimeNs === other.mtimeNs
  );
}
