/** Where something stands in a script; lines and columns count from 1. */
export interface Location {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a script expected and what happened instead, both in the script's own notation. */
export interface Comparison {
  readonly expected: string;
  readonly actual: string;
}

/** Why a script did not pass: its text is wrong, it asks for what is not supported, or the stack did something else. */
export class ScriptError extends Error {
  constructor(
    readonly location: Location,
    readonly reason: string,
    readonly comparison?: Comparison,
  ) {
    super(describe(location, reason, comparison));
  }
}

function describe(location: Location, reason: string, comparison: Comparison | undefined): string {
  const first = `${formatLocation(location)}: ${reason}`;
  if (comparison === undefined) return first;
  return `${first}\n  expected: ${comparison.expected}\n  actual:   ${comparison.actual}`;
}

/** FILE:LINE:COLUMN, as editors read it. */
export function formatLocation({ file, line, column }: Location): string {
  return `${file}:${line}:${column}`;
}

/** A construct that packetdrill has and this interpreter does not: never to be passed over. */
export function unsupported(location: Location, what: string): ScriptError {
  return new ScriptError(location, `${what}: not supported`);
}
