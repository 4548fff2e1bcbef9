import { lstatSync, realpathSync, statSync, type BigIntStats } from "node:fs";
import { join, relative, sep } from "node:path";
import { NetworkError } from "../../../src/error/index.js";
import { contentTypeOf, type Resource, type ResourceSource } from "../../../src/http/index.js";
import { attemptFile } from "../files.js";
import { FileResource } from "./file-resource.js";

export interface FolderOptions {
  /** Whether names that begin with a dot are served: version control and editors keep secrets in such. Absent: no. */
  readonly dotFiles?: boolean;
}

/** The file that a path leads to, whatever links stand on the way. */
interface Found {
  readonly path: string;
  readonly stats: BigIntStats;
}

/**
 * The files of a folder, and of nothing outside of it: neither by "..", nor by a link that leads out. Beside a file
 * may stand the same with ".gz" behind its name, for clients that accept gzip; one that is older than the file is left alone.
 *
 * @throws NetworkError EINVAL if there is no such folder, EACCES
 * @example
 * server.get("/<path:path>", serveFiles(folderSource("public")));
 */
export function folderSource(folder: string, options: FolderOptions = {}): ResourceSource {
  const root = attemptFile("serve folder", folder, () => {
    if (!statSync(folder).isDirectory())
      throw new NetworkError("EINVAL", "serve folder", folder, "it is a file");
    return realpathSync.native(folder);
  });
  const { dotFiles = false } = options;

  function locate(path: string): Found | undefined {
    if (!isPlain(path.split("/"), dotFiles)) return undefined;
    try {
      const real = realpathSync.native(join(root, path));
      const inside = relative(root, real).split(sep);
      // A device or a FIFO would be asked to do something by being opened.
      const stats = lstatSync(real, { bigint: true });
      return isPlain(inside, dotFiles) && stats.isFile() ? { path: real, stats } : undefined;
    } catch {
      // Not there, not to be read, too long a name: nothing that a client should be able to tell apart.
      return undefined;
    }
  }

  return {
    find(path: string): Resource | undefined {
      const file = locate(path);
      if (file === undefined) return undefined;
      const now = Date.now();
      const contentType = contentTypeOf(path);
      const packed = locate(`${path}.gz`);
      const gzip =
        packed !== undefined && packed.stats.mtimeNs >= file.stats.mtimeNs
          ? new FileResource(packed.path, packed.stats, now, { contentType, gzip: undefined })
          : undefined;
      return new FileResource(file.path, file.stats, now, { contentType, gzip });
    },
  };
}

/** True if each is the name of something in the folder before it, by any operating system's rules. */
function isPlain(segments: readonly string[], dotFiles: boolean): boolean {
  return segments.every(
    (name) =>
      name !== "" &&
      name !== "." &&
      name !== ".." &&
      !name.includes("\0") &&
      !name.includes("\\") &&
      (dotFiles || !name.startsWith(".")),
  );
}
