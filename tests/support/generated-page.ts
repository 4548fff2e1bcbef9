import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const DOCS = join(__dirname, "..", "..", "docs");
/** What is between one of these, which may name a part, and the next of those is generated. */
const beginOf = (part: string | undefined): string =>
  part === undefined ? "<!-- generated -->\n" : `<!-- generated: ${part} -->\n`;
const END = "<!-- end of what is generated -->\n";

/** Set, a page is written anew instead of compared: its change is then read in Git. */
export const IS_UPDATE = process.env.UPDATE_GOLDEN !== undefined;

/** A page of docs/ of which a part is made from the code. */
export class GeneratedPage {
  readonly #path: string;
  readonly #begin: string;

  /** @param part for a page with several */
  constructor(name: string, part?: string) {
    this.#path = join(DOCS, name);
    this.#begin = beginOf(part);
  }

  /** What the page has between its marks. */
  read(): string {
    const { text, begin, end } = this.#parts;
    return text.slice(begin, end);
  }

  write(generated: string): void {
    const { text, begin, end } = this.#parts;
    writeFileSync(this.#path, text.slice(0, begin) + generated + text.slice(end));
  }

  get #parts(): { text: string; begin: number; end: number } {
    const text = readFileSync(this.#path, "utf8");
    const begin = text.indexOf(this.#begin) + this.#begin.length;
    return { text, begin, end: text.indexOf(END, begin) };
  }
}

type Cells = readonly (string | number)[];

/** A table of Markdown. */
export function markdownTable(head: Cells, rows: readonly Cells[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
