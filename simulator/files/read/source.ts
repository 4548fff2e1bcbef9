import { LineCounter, isAlias, parseDocument, type Document, type Node } from "yaml";
import { ScenarioError } from "../scenario-error.js";

/** In UTF-16 units: hundred times what a person writes by hand. */
export const MAX_SCENARIO_LENGTH = 256 * 1024;

/** Each reference is looked for in the whole file. */
export const MAX_REFERENCES = 100;

/** A file's text, and what is needed to say where in it something stands. */
export class Source {
  readonly file: string;
  readonly root: Node | null;
  readonly #document: Document;
  readonly #lines = new LineCounter();
  #references = 0;

  /** @throws ScenarioError for what is too long, or no YAML */
  constructor(text: string, file: string) {
    this.file = file;
    if (text.length > MAX_SCENARIO_LENGTH)
      throw new ScenarioError(`it is longer than ${MAX_SCENARIO_LENGTH} characters`, file, 1, 1);
    // Keys that stand twice are found by the reader, for which the parser would compare each with each.
    const options = { lineCounter: this.#lines, uniqueKeys: false, prettyErrors: false };
    try {
      this.#document = parseDocument(text, options);
    } catch (error) {
      if (error instanceof RangeError) throw new ScenarioError("it is nested too deeply", file, 1, 1);
      throw error;
    }
    const [error] = this.#document.errors;
    if (error !== undefined) throw this.error(`it is no YAML: ${firstLine(error.message)}`, error.pos[0]);
    this.root = this.resolve(this.#document.contents, 0);
  }

  /** What a reference ("*name") stands for; any other node itself. @throws ScenarioError */
  resolve(node: Node | null, offset: number): Node | null {
    if (!isAlias(node)) return node;
    if (++this.#references > MAX_REFERENCES)
      throw this.error(`there are more than ${MAX_REFERENCES} references`, offset);
    const target = node.resolve(this.#document);
    if (target === undefined) throw this.error(`there is no &${node.source} above`, offset);
    return target;
  }

  /** @param offset in characters */
  error(reason: string, offset: number): ScenarioError {
    const { line, col } = this.#lines.linePos(offset);
    return new ScenarioError(reason, this.file, Math.max(line, 1), Math.max(col, 1));
  }
}

/** A parser's message may go on with a picture of the place. */
function firstLine(text: string): string {
  return text.split("\n", 1)[0]!;
}
