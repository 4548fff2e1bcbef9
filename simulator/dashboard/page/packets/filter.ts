import type { Packet } from "../model/packet.js";

/** Which packets a person wants to see: those whose line in the list has each of these words. */
export class Filter {
  readonly text: string;
  /** What is wrong with it; then it passes nothing. */
  readonly error: string | undefined;
  readonly #words: readonly string[];

  private constructor(text: string) {
    this.text = text;
    this.#words = text.toLowerCase().split(/\s+/).filter(Boolean);
  }

  static parse(text: string): Filter {
    return new Filter(text);
  }

  get passesAll(): boolean {
    return this.#words.length === 0;
  }

  passes(packet: Packet): boolean {
    const { protocol, source, destination, summary } = packet.row;
    const line =
      `${packet.sender} ${protocol} ${source} ${destination} ${summary} ${packet.fate}`.toLowerCase();
    return this.#words.every((word) => line.includes(word));
  }
}
