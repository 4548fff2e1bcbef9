import { existsSync, readFileSync } from "node:fs";
import { until } from "../../support/program.js";

/** What a client's script has written down: an event by the client's own name for it, and the lease as the client sees it. */
export interface DiaryEntry {
  readonly event: string;
  readonly address: string;
  readonly mask: string;
  readonly router: string;
  /** With a space between them. */
  readonly dns: string;
  readonly domain: string;
  readonly hostName: string;
  /** Seconds. */
  readonly lease: string;
}

/** The file that a client's script appends a line to whenever something happens to its lease. */
export class Diary {
  /** Entries before this one were waited for. */
  #seen = 0;

  constructor(readonly file: string) {}

  get entries(): DiaryEntry[] {
    if (!existsSync(this.file)) return [];
    // What is behind the last line's end is not written to its end.
    const lines = readFileSync(this.file, "utf8").split("\n").slice(0, -1);
    return lines.map((line) => {
      const [event, address, mask, router, dns, domain, hostName, lease] = line.split("|") as string[];
      return { event, address, mask, router, dns, domain, hostName, lease } as DiaryEntry;
    });
  }

  /** Waits for the next of some events, behind those that were waited for. */
  async next(...events: readonly string[]): Promise<DiaryEntry> {
    const look = (): DiaryEntry | undefined => {
      const { entries } = this;
      while (this.#seen < entries.length) {
        const entry = entries[this.#seen++]!;
        if (events.includes(entry.event)) return entry;
      }
      return undefined;
    };
    return until(`"${events.join('" or "')}" of the client`, look).catch((error: Error) => {
      throw new Error(`${error.message}\nSo far: ${JSON.stringify(this.entries)}`);
    });
  }
}

/** The command of a shell script that writes an entry. @param variables of the shell, in the order of a `DiaryEntry` */
export function writeEntry(file: string, ...variables: readonly string[]): string {
  return `echo "${variables.map((name) => `$${name}`).join("|")}" >> ${file}`;
}
