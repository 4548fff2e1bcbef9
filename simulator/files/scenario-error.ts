import { NetworkError } from "../../src/error/index.js";

/** Says what is wrong with a scenario file, and where. */
export class ScenarioError extends NetworkError {
  /**
   * @param reason without the place
   * @param file as the user named it
   * @param line the first is 1
   * @param column the first is 1
   */
  constructor(
    readonly reason: string,
    readonly file: string,
    readonly line: number,
    readonly column: number,
  ) {
    super("EINVAL", "read scenario", `${file}:${line}:${column}`, reason);
  }
}

/** What went wrong, without the code at the end: where the message stands in another one. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ \([A-Z]+\)$/, "");
}
