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
Each script has a stack of its own.

Usage: npm run wirelet -- packetdrill [OPTION…] FILE…

  --verbose, -v              print each packet and each system call with its time
  --tolerance_usecs=N        how far from its time something may happen, in µs (default 4000)
  --strict_segments          a packet of the script is one segment, never several that follow each other
  --strict_packets           the stack may send nothing that the script does not expect
  --NAME[=VALUE]             any other option that a script can set; docs/packetdrill.md has them all
  --help                     print this

Options here override those in a script. Status 0: all scripts passed; 1: some did not; 2: a wrong call.
docs/packetdrill.md tells what of the language is supported.
`;

/** `wirelet packetdrill` */
export function packetdrill(args: readonly string[]): Promise<number> {
  const { files, settings, isVerbose } = readArguments(args);
  const scripts = files.map((file) => ({ file, text: readScript(file) }));
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  let failed = 0;
  for (const { file, text } of scripts) {
    if (isVerbose) print(`${file}:`);
    const error = run(text, file, { settings, onPrint: print, ...(isVerbose ? { onLine: print } : {}) });
    if (error === undefined) continue;
    failed++;
    print(error.message);
  }
  print(
    `${scripts.length} ${scripts.length === 1 ? "script" : "scripts"}: ${summary(scripts.length, failed)}`,
  );
  return Promise.resolve(failed === 0 ? 0 : 1);
}

function run(text: string, file: string, options: Parameters<typeof runScript>[1]): ScriptError | undefined {
  try {
    runScript(parseScript(text, file), options);
    return undefined;
  } catch (error) {
    if (error instanceof ScriptError) return error;
    throw error;
  }
}

function summary(total: number, failed: number): string {
  const passed = `${total - failed} passed`;
  return failed === 0 ? passed : `${passed}, ${failed} failed`;
}

interface Arguments {
  readonly files: readonly string[];
  readonly settings: Partial<Settings>;
  readonly isVerbose: boolean;
}

/** What begins with "-" is an option; packetdrill has its values behind "=". */
function readArguments(args: readonly string[]): Arguments {
  const isOption = (argument: string): boolean => argument.startsWith("-");
  const files = args.filter((argument) => !isOption(argument));
  if (files.length === 0) throw new UsageError("Name at least one script.");
  let settings: Partial<Settings> = {};
  let isVerbose = false;
  for (const argument of args.filter(isOption)) {
    if (argument === "--verbose" || argument === "-v") isVerbose = true;
    else settings = { ...settings, ...readOption(argument) };
  }
  return { files, settings, isVerbose };
}

function readOption(argument: string): Partial<Settings> {
  const [name = "", ...value] = argument.replace(/^--/, "").split("=");
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
    const { code = "unknown error" } = error as NodeJS.ErrnoException;
    throw new UsageError(`Cannot read ${file} (${code}).`);
  }
}
