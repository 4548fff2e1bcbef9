import { statSync } from "node:fs";
import { storedLeaseRows, type LeaseRow } from "../../../../src/dhcp/index.js";
import { NetworkError } from "../../../../src/error/index.js";
import { readLeases, type LeaseFileContent } from "../../leases/index.js";
import { UsageError, parseCall } from "../options.js";
import { untilSignal } from "../until-signal.js";
import { layOutLeases } from "./lease-layout.js";
import { formatLeaseTable, summarizeLeases } from "./lease-table.js";
import { LiveScreen } from "./live-screen.js";

export const DHCP_LEASES_HELP = `Prints the table of leases that "wirelet dhcp-server --leases FILE" keeps, whether it runs or not.
Lines of the file that are damaged are named on standard error, and left out.

Usage: npm run wirelet -- dhcp-leases FILE [OPTION…]

  --json    one line of JSON
  --watch   again whenever the file changes, until Ctrl-C; on a terminal in place
  --help    print this
`;

/** Between two looks at a file that is watched, in ms. */
const WATCH_INTERVAL = 500;
/** Damaged lines that are named: it may be all of them. */
const MAX_FAULTS = 5;

/** `wirelet dhcp-leases` */
export async function dhcpLeases(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseCall(args, { json: { type: "boolean" }, watch: { type: "boolean" } });
  const [file, ...others] = positionals;
  if (file === undefined || others.length > 0) throw new UsageError("Name one file of leases.");
  const isJson = values.json === true;
  // Before it is read: what changes meanwhile is read once more.
  const version = versionOf(file);
  const first: Reading = { file, version, content: readLeases(file) };
  if (values.watch !== true) {
    print(first.content, isJson);
    return 0;
  }
  const asked = untilSignal();
  const end = process.stdout.isTTY && !isJson ? showAlways(first) : printAlways(first, isJson);
  await asked;
  end();
  return 0;
}

/** A file as it was read. */
interface Reading {
  readonly file: string;
  /** See `versionOf`. */
  readonly version: string;
  readonly content: LeaseFileContent;
}

function print(content: LeaseFileContent, isJson: boolean): void {
  const leases = rowsOf(content);
  if (isJson) {
    process.stdout.write(`${JSON.stringify({ leases, faults: content.faults })}\n`);
    return;
  }
  const table = leases.length === 0 ? [] : formatLeaseTable(leases);
  process.stdout.write(`${[summarizeLeases(leases), ...table].join("\n")}\n`);
  for (const fault of describeFaults(content)) process.stderr.write(`${fault}\n`);
}

/** Prints the table, and again when the file changes. @returns a function that ends it */
function printAlways(first: Reading, isJson: boolean): () => void {
  print(first.content, isJson);
  return watch(
    first,
    (content) => {
      if (!isJson) process.stdout.write("\n");
      print(content, isJson);
    },
    (problem) => process.stderr.write(`${problem}\n`),
  );
}

/** Shows the table on the terminal. @returns a function that ends it */
function showAlways(first: Reading): () => void {
  let { content } = first;
  let news = describeFaults(content);
  const screen = new LiveScreen(process.stdout, (columns, rows) =>
    layOutLeases({ title: first.file, leases: rowsOf(content), news }, columns, rows),
  );
  const unwatch = watch(
    first,
    (next) => {
      content = next;
      news = describeFaults(next);
      screen.refresh();
    },
    (problem) => {
      news = [problem];
      screen.refresh();
    },
  );
  return () => {
    unwatch();
    screen.close();
  };
}

/** Reads the file whenever it changes. @param onProblem hears why that was not possible @returns a function that ends it */
function watch(
  { file, version }: Reading,
  onContent: (content: LeaseFileContent) => void,
  onProblem: (problem: string) => void,
): () => void {
  const look = (): void => {
    try {
      onContent(readLeases(file));
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
      onProblem(error.message);
    }
  };
  let known = version;
  const interval = setInterval(() => {
    const now = versionOf(file);
    if (now === known) return;
    known = now;
    look();
  }, WATCH_INTERVAL);
  return () => clearInterval(interval);
}

/** Another one when the file was written, or is another file; empty while there is none. */
function versionOf(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined ? "" : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}

function rowsOf({ leases }: LeaseFileContent): LeaseRow[] {
  return storedLeaseRows(leases.values(), Date.now());
}

function describeFaults({ faults }: LeaseFileContent): string[] {
  const lines = faults.slice(0, MAX_FAULTS).map(({ line, reason }) => `line ${line} is ${reason}`);
  return faults.length > MAX_FAULTS ? [...lines, `and ${faults.length - MAX_FAULTS} more`] : lines;
}
