import { NetworkError } from "../../../src/error/index.js";

/** LINKTYPE_ETHERNET: what frames of nearly every capture are, and the only ones that are understood here. */
export const LINK_TYPE_ETHERNET = 1;

/** How many frames of a file are read: what a program can hold, and a list can show. */
export const MOST_FILE_FRAMES = 1_048_576;

/** A frame of a capture file. The bytes are the file's own, not a copy. */
export interface FileFrame {
  /** Its place in the file, counted from 1. */
  readonly number: number;
  /** Milliseconds since the file's `epoch`, to the nanosecond. */
  readonly time: number;
  readonly bytes: Uint8Array;
  /** How long it was on the wire; more than `bytes` if the capture has cut it short. */
  readonly originalLength: number;
  /** LINK_TYPE_ETHERNET, or another of the registry's (draft-ietf-opsawg-pcaplinktype). */
  readonly linkType: number;
  /** The interface where it was seen, if the file names it. */
  readonly interface: string | undefined;
  readonly comment: string | undefined;
}

/** What a capture file has. */
export interface CaptureContents {
  /** What times count from, in seconds since 1970: what the file says, or else the whole second of its first frame. */
  readonly epoch: number;
  /** In the order of the file. */
  readonly frames: readonly FileFrame[];
  /** Hosts' names by their addresses, "192.168.1.7". */
  readonly names: ReadonlyMap<string, string>;
  /** Why the rest of the file cannot be read: "block at byte 512 is cut off"; undefined if all was. */
  readonly problem: string | undefined;
}

/** What both formats collect. */
export class ContentsBuilder {
  readonly frames: (Omit<FileFrame, "time"> & { nanoseconds: bigint })[] = [];
  readonly names = new Map<string, string>();
  /** What the file's times count from, if it says so; in seconds. */
  epoch: number | undefined;
  problem: string | undefined;

  /** @returns false if there are too many */
  add(frame: Omit<FileFrame, "time" | "number">, nanoseconds: bigint): boolean {
    if (this.frames.length === MOST_FILE_FRAMES) {
      this.problem = `there are more than ${MOST_FILE_FRAMES} frames`;
      return false;
    }
    this.frames.push({ ...frame, number: this.frames.length + 1, nanoseconds });
    return true;
  }

  build(): CaptureContents {
    const { names, problem } = this;
    const first = this.frames[0]?.nanoseconds ?? 0n;
    const epoch = this.epoch ?? Number(first / 1_000_000_000n);
    const origin = BigInt(epoch) * 1_000_000_000n;
    const frames = this.frames.map(({ nanoseconds, ...frame }) => ({
      ...frame,
      time: Number(nanoseconds - origin) / 1e6,
    }));
    return { epoch, frames, names, problem };
  }
}

/** Bytes of a file in the byte order of who wrote it. */
export class FileView {
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly isLittleEndian: boolean,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  u16(at: number): number {
    return this.#view.getUint16(at, this.isLittleEndian);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, this.isLittleEndian);
  }

  i64(at: number): bigint {
    return this.#view.getBigInt64(at, this.isLittleEndian);
  }
}

/** @param file its name, if it has one */
export function notACapture(detail: string, file: string | undefined): NetworkError {
  return new NetworkError("EINVAL", "read capture", file, detail);
}
