/**
 * A file that only grows, a checksummed line a change, until it is written anew. What was appended is on the disk when
 * `append` returns. After a failed write nothing is known about the file's end: then it must be written anew.
 */
import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  statSync,
  type Stats,
} from "node:fs";
import { NetworkError } from "../../../src/error/index.js";
import { attemptFile, replaceFile, writeFully } from "../files.js";
import { JOURNAL_HEADER, formatJournalLine, parseJournal, type JournalContent } from "./journal-lines.js";

/** Larger files are refused, in bytes: it is a thousand times what a thousand leases take. */
export const MAX_JOURNAL_SIZE = 256 * 1024 * 1024;

/** Permissions of a new file: anybody may see who has which address. */
const NEW_FILE_MODE = 0o644;
const PERMISSIONS = 0o777;

const OTHER_FORMAT = /^wirelet leases, format .+/;

/**
 * Reads a file that may be written at the same time.
 * @throws NetworkError EACCES, or EINVAL if there is no such file, or it is something else
 */
export function readJournal(path: string): JournalContent {
  return attemptFile("read lease file", path, () => {
    const { size } = statFile(path);
    if (size > MAX_JOURNAL_SIZE) throw unusable(path, `it has ${size} bytes`);
    const content = readFileSync(path, "utf8");
    const journal = parseJournal(content);
    if (journal.entries.length === 0 && journal.faults.length > 0 && !content.startsWith(JOURNAL_HEADER)) {
      const [header] = OTHER_FORMAT.exec(content) ?? [];
      // A letter, named by mistake, must not be written over.
      throw unusable(
        path,
        header === undefined ? "it is no lease file" : `it is of another format: ${header}`,
      );
    }
    return journal;
  });
}

export class Journal {
  #path: string;
  #descriptor: number | undefined;
  #mode = NEW_FILE_MODE;
  /** What the file is and has, if nobody else has written. */
  #inode = 0;
  #size = 0;
  #entries = 0;

  /**
   * Opens the file to append to it; it is not made before `rewrite`. Of a damaged one a copy is kept, `NAME.damaged`.
   * @param content what was read from the file; undefined: there is none yet
   * @throws NetworkError EACCES, EINVAL
   */
  constructor(path: string, content: JournalContent | undefined) {
    this.#path = path;
    if (content === undefined) return;
    attemptFile("open lease file", path, () => {
      // A link stays one when the file is replaced.
      this.#path = realpathSync(path);
      this.#mode = statFile(path).mode & PERMISSIONS;
      this.#entries = content.entries.length;
      if (content.faults.some(({ reason }) => reason === "damaged")) copyFileSync(path, `${path}.damaged`);
      else if (content.isWhole) this.#open();
    });
  }

  /** Lines that are there, without the header. */
  get entries(): number {
    return this.#entries;
  }

  /** Whether a line may be appended; otherwise the file must be written anew. */
  get isAppendable(): boolean {
    return this.#descriptor !== undefined && existsSync(this.#path);
  }

  /** @throws NetworkError ENOBUFS if the disk is full, EACCES, EINVAL also if another program has written to the file */
  append(text: string): void {
    const line = Buffer.from(formatJournalLine(text));
    const descriptor = this.#descriptor!;
    attemptFile("write lease file", this.#path, () => {
      this.#checkUntouched();
      try {
        writeFully(descriptor, line);
        fsyncSync(descriptor);
      } catch (error) {
        this.close();
        throw error;
      }
    });
    this.#size += line.length;
    this.#entries++;
  }

  /** Puts a file with these lines in place of the old one. @throws NetworkError as `append` */
  rewrite(texts: readonly string[]): void {
    const content = [`${JOURNAL_HEADER}\n`, ...texts.map(formatJournalLine)].join("");
    attemptFile("write lease file", this.#path, () => {
      this.#checkUntouched();
      this.close();
      replaceFile(this.#path, Buffer.from(content), this.#mode);
      this.#open();
    });
    this.#entries = texts.length;
  }

  close(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #open(): void {
    this.#descriptor = openSync(this.#path, "a");
    const { ino, size } = fstatSync(this.#descriptor);
    this.#inode = ino;
    this.#size = size;
  }

  /** Two servers with one file would each write over what the other has promised. */
  #checkUntouched(): void {
    if (this.#descriptor === undefined) return;
    const file = statSync(this.#path, { throwIfNoEntry: false });
    if (file === undefined || (file.ino === this.#inode && file.size === this.#size)) return;
    throw new NetworkError("EINVAL", "write lease file", this.#path, "another program has changed it");
  }
}

function statFile(path: string): Stats {
  const stats = statSync(path);
  if (stats.isDirectory()) throw unusable(path, "it is a folder");
  if (!stats.isFile()) throw unusable(path, "it is no file");
  return stats;
}

function unusable(path: string, reason: string): NetworkError {
  return new NetworkError("EINVAL", "read lease file", path, reason);
}
