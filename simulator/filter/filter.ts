import { Parser, type FrameTest } from "./parser.js";

/**
 * Reads a filter: "tcp.flags.syn && ip.addr == 192.168.1.7". docs/capture.md tells the language. One without anything
 * in it takes every frame.
 *
 * @throws FilterError what is wrong, with the place
 * @example
 * const isAsked = parseFilter('dns.qry.name contains "example" || dhcp');
 * isAsked(dissect(frame));
 */
export function parseFilter(text: string): FrameTest {
  return text.trim() === "" ? () => true : new Parser(text).parse();
}
