import { NotOffered } from "../kernel/errno.js";
import type { Kernel } from "../kernel/kernel.js";
import { applySysctl, defaultTuning } from "../kernel/sysctls.js";
import type { Command } from "../language/ast.js";
import { ScriptError, unsupported } from "../script-error.js";

/** What a shell command would change of the stack under test; undefined: nothing that matters to it. */
type Tuning = Parameters<Kernel["tune"]>[0];

/** Commands that would change nothing here; no shell is ever run. */
const HARMLESS: readonly RegExp[] = [
  /^true$/,
  /^:$/,
  /^echo( [^>]*)?$/,
  // Every script has a stack of its own, so nothing need be put back and nothing is remembered.
  /^\/tmp\/sysctl_restore_\$\{PPID\}\.sh$/,
  /^ip tcp_metrics flush all$/,
  /^nstat( -\w+)*$/,
  // There is no queue and no offload between the stack and the script.
  /^tc qdisc (add|replace|delete|del) dev tun0 root( pfifo| fq)?$/,
  /^ethtool -K tun0( (tso|gso|gro|lro) (on|off))+$/,
];

/** CUBIC's parameters that have no sysctl. */
const HYSTART = /^echo (\d+) > \/sys\/module\/tcp_cubic\/parameters\/hystart(_detect)?$/;

/** What a command says may go nowhere; into a file it would be a change. */
const REDIRECTION = /\s*(?:\d|&)?>>?\s*(?:&\d|\/dev\/null)/g;

/**
 * Does what a command asks for, as far as it is about the stack.
 * @returns the options it sets
 * @throws ScriptError for a command that is neither known nor harmless
 */
export function runCommand({ text, location }: Command): Tuning {
  let tuning: Tuning = {};
  for (const line of splitCommands(text)) {
    try {
      tuning = { ...tuning, ...runLine(line) };
    } catch (error) {
      if (error instanceof NotOffered) throw unsupported(location, error.message);
      throw error instanceof RangeError ? new ScriptError(location, error.message) : error;
    }
  }
  return tuning;
}

/** Lines, and what stands between ";" and "&&"; without comments and redirections. */
function splitCommands(text: string): string[] {
  return text
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.replace(/(^|\s)#.*$/, ""))
    .flatMap((line) => line.split(/;|&&/))
    .map((command) => command.replace(REDIRECTION, "").trim().replace(/\s+/g, " "))
    .filter((command) => command !== "");
}

function runLine(line: string): Tuning {
  const [program = "", ...args] = splitWords(line);
  if (program === "sysctl") return setAll(args.filter((argument) => !/^-[a-z]+$/.test(argument)));
  if (/(^|\/)set_sysctls\.py$/.test(program)) return setAll(args.map(pathToName));
  if (/(^|\/)defaults\.sh$/.test(program) && args.length === 0) return defaultTuning();
  const hyStart = HYSTART.exec(line)?.[1];
  if (hyStart !== undefined) return { hyStart: hyStart !== "0" };
  if (HARMLESS.some((pattern) => pattern.test(line))) return {};
  throw new NotOffered(`the command "${line}"`);
}

/** Words, of which quotation marks may hold blanks. */
function splitWords(line: string): string[] {
  return (line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map((word) => word.replace(/["']/g, ""));
}

/** "/proc/sys/net/ipv4/tcp_sack=1" is "net.ipv4.tcp_sack=1". */
function pathToName(argument: string): string {
  const [path = "", ...value] = argument.split("=");
  return [path.replace(/^\/proc\/sys\//, "").replaceAll("/", "."), ...value].join("=");
}

function setAll(assignments: readonly string[]): Tuning {
  let tuning: Tuning = {};
  for (const assignment of assignments) {
    const [name = "", ...value] = assignment.split("=");
    if (value.length === 0) throw new RangeError(`sysctl: "${assignment}" sets nothing`);
    tuning = { ...tuning, ...applySysctl(name.replaceAll("/", "."), value.join("=").trim()) };
  }
  return tuning;
}
