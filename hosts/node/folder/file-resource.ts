import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats } from "node:fs";
import { NetworkError } from "../../../src/error/index.js";
import type { Resource, Validators } from "../../../src/http/index.js";

/**
 * How old a change must be, in ms, for another one to show in a file's times: where those have parts of a second, some ticks
 * of the system's clock; else they are counted in seconds, or as on FAT in two.
 */
const FINE_RESOLUTION = 100;
const COARSE_RESOLUTION = 2000;

/** Not through a link that has come since the file was looked up, and without waiting for a FIFO's writer. Windows has neither. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** A file, opened when it is first read and closed by `close`. */
export class FileResource implements Resource {
  readonly length: number;
  readonly contentType: string;
  readonly etag: string | undefined;
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
    const { etag, lastModified } = validatorsOf(stats, now);
    this.etag = etag;
    this.lastModified = lastModified;
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

function validatorsOf({ mtimeMs, mtimeNs, ctimeMs, ctimeNs, size }: BigIntStats, now: number): Validators {
  const changed = Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
  const isCoarse = ctimeNs % 1_000_000_000n === 0n;
  // RFC 9110 §8.8.1: while another change might go unseen, a tag is weak; and a date, while its second is not over (§8.8.2.2).
  const isSettled = now - changed >= (isCoarse ? COARSE_RESOLUTION : FINE_RESOLUTION);
  const isDated = isSettled && Math.floor(now / 1000) > Math.floor(changed / 1000);
  // A file that is unpacked or copied may bring an old time of modification along; nobody sets the time of change.
  const state = [mtimeNs, ctimeNs, size].map((part) => part.toString(36)).join("-");
  return { etag: `${isSettled ? "" : "W/"}"${state}"`, lastModified: isDated ? Number(mtimeMs) : undefined };
}
