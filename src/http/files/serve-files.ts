import { HttpError } from "../server/http-error.js";
import type { HttpHandler } from "../server/handler.js";
import type { ResourceSource } from "./resource.js";
import { sendResource } from "./send-resource.js";

export interface ServeFilesOptions {
  /** What stands for a folder. Absent: "index.html". */
  readonly index?: string;
  /** Value of Cache-Control, for all files or by path. Absent: none, and clients ask again when they see fit. */
  readonly cacheControl?: string | ((path: string) => string | undefined);
}

/**
 * Answers with the files of a source. A folder's path ends with a slash, and without it leads there; relative links in
 * its index would lead elsewhere.
 *
 * @example
 * server.get("/<path:path>", serveFiles(bundle({ "index.html": page, "style.css": style })));
 */
export function serveFiles(
  source: ResourceSource,
  options: ServeFilesOptions = {},
): HttpHandler<{ path: string }> {
  const { index = "index.html", cacheControl } = options;
  return (request, response) => {
    const { path } = request.params;
    const isFolder = path === "" || path.endsWith("/");
    const resource = source.find(isFolder ? path + index : path);
    if (resource === undefined) {
      if (isFolder || source.find(`${path}/${index}`) === undefined) throw new HttpError(404, "no such file");
      response.redirect(withSlash(request.path, request.query), 308);
      return;
    }
    const caching = typeof cacheControl === "function" ? cacheControl(path) : cacheControl;
    if (caching !== undefined) response.setHeader("Cache-Control", caching);
    sendResource(request, response, resource);
  };
}

/**
 * Relative, as a path that begins with two slashes would be another host's, and with "./", as a name may have a colon
 * (RFC 3986 §4.2).
 */
function withSlash(path: string, query: string | undefined): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return `./${name}/${query === undefined ? "" : `?${query}`}`;
}
