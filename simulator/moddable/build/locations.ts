import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The file of a caller: 0 is who calls this function, 1 who calls that one. It is asked of the stack, since the same source
 * is an ES module in the package and CommonJS under jest and ts-node, which have no way in common to say where they are.
 */
export function callerFile(depth: number): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  let frames: NodeJS.CallSite[] = [];
  try {
    Error.stackTraceLimit = depth + 2;
    Error.prepareStackTrace = (_, sites) => (frames = sites);
    void new Error().stack;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  }
  const name = frames[depth + 1]?.getFileName() ?? join(process.cwd(), "nowhere");
  return name.startsWith("file:") ? fileURLToPath(name) : name;
}

/** The folder of this package, where its manifests are, whether it is built or not. */
export function packageFolder(): string {
  let folder = dirname(callerFile(0));
  while (!existsSync(join(folder, "manifest_host.json"))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error("the manifests of wirelet are not where they should be");
    folder = parent;
  }
  return folder;
}
