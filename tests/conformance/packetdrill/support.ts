import {
  ScriptError,
  parseScript,
  runScript,
  type RunOptions,
} from "../../../simulator/packetdrill/index.js";

/** Seven lines that open a connection; its descriptor is 4, the peer's segments have 1000 bytes. */
export const OPEN = `0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
+0 bind(3, ..., ...) = 0
+0 listen(3, 1) = 0
+0 < S 0:0(0) win 65535 <mss 1000>
+0 > S. 0:0(0) ack 1 <...>
+.1 < . 1:1(0) ack 1 win 65535
+0 accept(3, ..., ...) = 4
`;

/** @returns why the script does not pass, or "passed" */
export function outcomeOf(
  text: string,
  { file = "test.pkt", ...options }: RunOptions & { readonly file?: string } = {},
): string {
  return messageOf(() => runScript(parseScript(text, file), options));
}

/** @returns the message of the script error that `work` throws, or "passed" */
export function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ScriptError) return error.message;
    throw error;
  }
  return "passed";
}
