import { milliseconds, type Duration } from "../../../simulator/index.js";
import { NetworkError } from "../../../src/error/index.js";
import { parseArgs, type ParseArgsConfig } from "node:util";

/** Something wrong with how the command was called: one line for the user, status 2. */
export class UsageError extends Error {}

type Options = NonNullable<ParseArgsConfig["options"]>;

/** What an option was given; a list where it may be given several times. */
export type OptionValue = string | boolean | readonly string[] | undefined;

type Values = Record<string, OptionValue>;

/** Node's own parser, with its errors as one line each. @throws UsageError also for what is no option */
export function parseOptions(args: readonly string[], options: Options): Values {
  return parse(args, options, false).values;
}

/** The same for a command that takes other arguments, too. @throws UsageError */
export function parseCall(
  args: readonly string[],
  options: Options,
): { values: Values; positionals: string[] } {
  return parse(args, options, true);
}

function parse(
  args: readonly string[],
  options: Options,
  allowPositionals: boolean,
): { values: Values; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals });
    return { values: values as Values, positionals };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Node goes on to explain "--": nobody who mistyped an option wants to know.
    throw new UsageError(message.split(/\. (?:To specify|If you want)|\n/)[0]!.replace(/\.?$/, "."));
  }
}

export interface NumberRange {
  readonly minimum: number;
  readonly maximum: number;
  readonly integer?: boolean;
}

/** The number that an option was given, or undefined if it was not. @throws UsageError */
export function numberOption(
  name: string,
  value: OptionValue,
  { minimum, maximum, integer = false }: NumberRange,
): number | undefined {
  if (typeof value !== "string") return undefined;
  const isNumber = (integer ? /^\d+$/ : /^(\d+\.?\d*|\.\d+)$/).test(value);
  const number = Number(value);
  if (!isNumber || number < minimum || number > maximum) {
    const kind = integer ? "a whole number" : "a number";
    throw new UsageError(`--${name} takes ${kind} from ${minimum} to ${maximum}, not "${value}".`);
  }
  return number;
}

/** The text that an option was given, or undefined if it was not. @throws UsageError if it is empty */
export function textOption(name: string, value: OptionValue): string | undefined {
  if (value === "") throw new UsageError(`--${name} takes a value.`);
  return typeof value === "string" ? value : undefined;
}

/** What each suffix of a size stands for. */
const UNITS: Readonly<Record<string, number>> = Object.freeze({ "": 1, k: 2 ** 10, M: 2 ** 20, G: 2 ** 30 });

/** The bytes that an option was given, 0 or more, or undefined if it was not. @throws UsageError */
export function sizeOption(name: string, value: OptionValue, maximum: number): number | undefined {
  if (typeof value !== "string") return undefined;
  const [, digits = "", unit = ""] = /^(\d+)([kMG]?)$/.exec(value) ?? [];
  const bytes = Number(digits) * UNITS[unit]!;
  if (digits === "" || bytes > maximum)
    throw new UsageError(
      `--${name} takes bytes up to ${maximum}, such as 65536, 64k or 16M, not "${value}".`,
    );
  return bytes;
}

/** The texts that an option was given, in order; none if it was not. @throws UsageError if one is empty */
export function listOption(name: string, value: OptionValue): readonly string[] {
  const list = Array.isArray(value) ? (value as readonly string[]) : [];
  return list.map((text) => textOption(name, text)!);
}

/** In seconds. */
const LONGEST = 10 * 365 * 86_400;

/** The span of time that an option was given, in seconds, or undefined if it was not. @throws UsageError */
export function durationOption(name: string, value: OptionValue): number | undefined {
  if (typeof value !== "string") return undefined;
  const seconds = secondsOf(value);
  if (seconds === undefined || seconds > LONGEST)
    throw new UsageError(
      `--${name} takes a time from 1s to 3650d, such as 90s, 30m, 12h or 7d, not "${value}".`,
    );
  return seconds;
}

/** Whole ones, of at least one; undefined if `text` says none. */
function secondsOf(text: string): number | undefined {
  try {
    const seconds = milliseconds(text as Duration) / 1_000;
    return Number.isInteger(seconds) && seconds >= 1 ? seconds : undefined;
  } catch {
    return undefined;
  }
}

/** For `catch`: rethrows, and says what the user can do about a port that somebody else has. @param option chooses another */
export function explainPort(option: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof NetworkError) || error.code !== "EADDRINUSE") throw error;
    const detail = `another program has that port; choose one with --${option} N`;
    throw new NetworkError(error.code, error.operation, error.subject, detail);
  };
}
