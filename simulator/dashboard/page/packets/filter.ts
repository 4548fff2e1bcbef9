import { FilterError, parseFilter, type FrameTest } from "../../../filter/index.js";
import type { Packet } from "../model/packet.js";

/** What only the filter language has: operators, and fields of protocols ("tcp.port", not "192.168"). */
const LANGUAGE = /[=<>!&|()"~{}]|\b[a-z]+\.[a-z_]/i;

/**
 * Which packets a person wants to see. "tcp.flags.syn && ip.addr == 192.168.1.7" is the language of captures; words that mean
 * nothing there are looked for in the lines of the list.
 */
export class Filter {
  readonly text: string;
  /** What is wrong with it; then it passes nothing. */
  readonly error: string | undefined;
  readonly #test: FrameTest | undefined;
  readonly #words: readonly string[];

  constructor(text: string) {
    this.text = text;
    this.#words = text.toLowerCase().split(/\s+/).filter(Boolean);
    if (this.passesAll) return;
    try {
      this.#test = parseFilter(text);
    } catch (error) {
      if (!(error instanceof FilterError) || LANGUAGE.test(text)) this.error = (error as Error).message;
    }
  }

  get passesAll(): boolean {
    return this.#words.length === 0;
  }

  passes(packet: Packet): boolean {
    if (this.error !== undefined) return false;
    if (this.#test !== undefined) return this.#test(packet.dissect());
    const { protocol, source, destination, summary } = packet.row;
    const line =
      `${packet.sender} ${protocol} ${source} ${destination} ${summary} ${packet.fate}`.toLowerCase();
    return this.#words.every((word) => line.includes(word));
  }
}
