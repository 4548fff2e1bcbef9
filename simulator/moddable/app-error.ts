/** What an app has not caught, or what has killed its machine, with the name of the host that it ran on. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly host: string;

  /** @param cause what was thrown; its stack is this error's */
  constructor(host: string, cause: unknown) {
    const text = textOf(cause);
    super(`${host}: ${text}`, { cause });
    this.host = host;
    const stack = (cause as Partial<Error> | undefined)?.stack;
    const frames = typeof stack === "string" ? stack.slice(stack.indexOf("\n    at ") + 1) : "";
    if (frames.startsWith("    at ")) this.stack = `AppError: ${this.message}\n${frames}`;
  }
}

function textOf(cause: unknown): string {
  try {
    return String(cause);
  } catch {
    return "an error without a text";
  }
}
