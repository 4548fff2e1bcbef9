import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Something that a test needs of the machine. */
export interface Requirement {
  readonly name: string;
  /** Why it is not there; undefined if it is. */
  readonly missing: string | undefined;
}

/** A program on the PATH. @param debianPackage where it comes from, if that is named differently */
export function requireTool(program: string, debianPackage = program): Requirement {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin"];
  const found = folders.some((folder) => isAllowed(join(folder, program), constants.X_OK));
  return {
    name: program,
    missing: found ? undefined : `${program} is not installed (Debian package ${debianPackage})`,
  };
}

/** Root, who may make network namespaces. */
export function requireRoot(): Requirement {
  return { name: "root", missing: process.getuid?.() === 0 ? undefined : "it needs root" };
}

/** Linux TAP devices, and the root and iproute2 that it takes to use them in a namespace of the test's own. */
export function requireTap(): Requirement {
  const usable = isAllowed("/dev/net/tun", constants.R_OK | constants.W_OK);
  const missing = usable ? undefined : "/dev/net/tun is not there or may not be opened";
  return {
    name: "TAP",
    missing: missing ?? requireRoot().missing ?? requireTool("ip", "iproute2").missing,
  };
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
