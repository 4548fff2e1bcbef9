import { readFileSync } from "node:fs";
import {
  ScriptError,
  parseScript,
  readSetting,
  runScript,
  type Settings,
} from "../../../simulator/packetdrill/index.js";
import { UsageError } from "./options.js";

export const PACKETDRILL_HELP = `Runs scripts in packetdrill's language against the stack (host profile), on virtual time.

Usage: npm run wirelet -- packetdrill [OPTION…] FILE…

  --verbose             print what happens, with its time
  --NAME[=VALUE]        a setting of packetdrill's, such as --tolerance_usecs=10000
  --help                print this

A script that does what it says prints nothing. Status 1: at least one did not, 2: a wrong call.
docs/packetdrill.md tells what of the language is supported.
`;

/** `wirelet packetdrill` */
export async function packetdrill(args: readonly string[]): Promise<number> {
  const files = args.filter((argument) => !argument.startsWith("--"));
  if (files.length === 0) throw new UsageError("No script was named.");
  let verbose = false;
  let settings: Partial<Settings> = {};
  for (const argument of args.filter((each) => each.startsWith("--"))) {
    if (argument === "--verbose") verbose = true;
    else settings = { ...settings, ...readOption(argument) };
  }
  let failed = 0;
  for (const file of files) {
    const onLine = (line: string): boolean => process.stdout.write(`${line}\n`);
    try {
      runScript(parseScript(readScript(file), file), { settings, ...(verbose && { onLine }) });
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      failed++;
      process.stderr.write(`${error.message}\n`);
    }
  }
  process.stdout.write(`${files.length - failed} of ${files.length} scripts passed\n`);
  return failed === 0 ? 0 : 1;
}

function readOption(argument: string): Partial<Settings> {
  const [name = "", ...value] = argument.slice(2).split("=");
  try {
    return readSetting(name, value.length === 0 ? undefined : value.join("="));
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(`${error.message}.`) : error;
  }
}

function readScript(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(
      `Cannot read ${file} (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`,
    );
  }
}
