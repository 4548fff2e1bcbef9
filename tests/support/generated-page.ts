import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const DOCS = join(__dirname, "..", "..", "docs");
/** What is between these is generated. */
const BEGIN = "<!-- generated -->\n";
const END = "<!-- end of what is generated -->\n";

/** Set, a page is written anew instead of compared: its change is then read in Git. */
export const IS_UPDATE = process.env.UPDATE_GOLDEN !== undefined;

/** A page of docs/ of which a part is made from the code. */
export class GeneratedPage {
  readonly #path: string;

  constructor(name: string) {
    this.#path = join(DOCS, name);
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
    return { text, begin: text.indexOf(BEGIN) + BEGIN.length, end: text.indexOf(END) };
  }
}

type Cells = readonly (string | number)[];

/** A table of Markdown. */
export function markdownTable(head: Cells, rows: readonly Cells[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
