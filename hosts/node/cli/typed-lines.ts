import { createInterface } from "node:readline";

/** The lines on standard input, until it ends or the signal fires. It is not touched before somebody asks for them. */
export function typedLines(signal: AbortSignal): AsyncIterable<string> {
  return {
    [Symbol.asyncIterator]() {
      const reader = createInterface({ input: process.stdin });
      const lines = reader[Symbol.asyncIterator]();
      signal.addEventListener("abort", () => {
        reader.close();
        process.stdin.unref?.();
      });
      return lines;
    },
  };
}
