/** What a case throws when something is not as it should be. */
export class CaseFailure extends Error {
  override readonly name: string = "CaseFailure";
}

/** @param what tells what was looked at */
export function ok(condition: boolean, what: string): asserts condition {
  if (!condition) throw new CaseFailure(what);
}

/** Values of the language's own kinds, arrays and buffers of them. */
export function equal(actual: unknown, expected: unknown, what: string): void {
  if (isSame(actual, expected)) return;
  throw new CaseFailure(`${what}: ${show(actual)} instead of ${show(expected)}`);
}

/** That it throws an error with this code. @param code absent: any @returns the error */
export function throws(code: string | undefined, action: () => unknown, what: string): Error {
  try {
    action();
  } catch (error) {
    return checkError(error, code, what);
  }
  throw new CaseFailure(`${what}: it does not throw`);
}

/** That it rejects with an error with this code. @returns the error */
export async function rejects(code: string, promise: Promise<unknown>, what: string): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return checkError(error, code, what);
  }
  throw new CaseFailure(`${what}: it does not fail`);
}

/** That an error is one, and has this code. */
export function checkError(error: unknown, code: string | undefined, what: string): Error {
  if (!(error instanceof Error)) throw new CaseFailure(`${what}: ${show(error)} is no error`);
  if (error instanceof CaseFailure) throw error;
  if (code !== undefined) equal(codeOf(error), code, `${what} (${error.message})`);
  return error;
}

/** That the message of an error says all of this. */
export function mentions(error: Error, parts: readonly string[]): void {
  for (const part of parts) {
    ok(error.message.includes(part), `the message "${error.message}" does not say "${part}"`);
  }
}

export function codeOf(error: unknown): unknown {
  return (error as { readonly code?: unknown } | undefined)?.code;
}

/** The longest value that is written out. */
const SHOWN = 24;

function show(value: unknown): string {
  const list = listOf(value);
  if (list === undefined) return typeof value === "string" ? JSON.stringify(value) : String(value);
  const shown = list.slice(0, SHOWN).map(show).join(", ");
  return `[${shown}${list.length > SHOWN ? `, … ${list.length}` : ""}]`;
}

function isSame(actual: unknown, expected: unknown): boolean {
  const [a, b] = [listOf(actual), listOf(expected)];
  if (a === undefined || b === undefined) return Object.is(actual, expected);
  return a.length === b.length && a.every((item, index) => isSame(item, b[index]));
}

function listOf(value: unknown): readonly unknown[] | undefined {
  if (Array.isArray(value)) return value;
  if (value instanceof ArrayBuffer) return Array.from(new Uint8Array(value));
  if (value instanceof Uint8Array) return Array.from(value);
  return undefined;
}
