import { Pattern } from "../../host/index.js";
import { NetworkError } from "../../error/index.js";
import { HttpError } from "../server/http-error.js";
import type { Middleware } from "../server/middleware.js";
import type { HttpRequest } from "../server/request.js";

/** What scripts of other origins may do with a server's answers. */
export interface CorsOptions {
  /**
   * Which origins' scripts: all ("*"), those listed ("https://example.org", "http://localhost:5173"), or those that a function
   * takes.
   */
  readonly origins: "*" | readonly string[] | ((origin: string) => boolean);
  /** Methods beside GET, HEAD and POST, which need no permission. */
  readonly methods?: readonly string[];
  /** Fields of requests beside those that need no permission; "*" for all but Authorization. */
  readonly headers?: readonly string[];
  /** Fields of responses that scripts may read beside those that they always may; "*" for all. */
  readonly exposedHeaders?: readonly string[];
  /** Whether browsers may send cookies and Authorization along, and scripts read what comes back. Absent: no. */
  readonly credentials?: boolean;
  /** How long, in seconds, a browser may remember a permission. Absent: the browser decides (5 s). */
  readonly maxAge?: number;
}

type FieldValues = Readonly<Record<string, string>>;

/** As browsers write an origin: no path, no slash at the end, small letters. "null" is that of sandboxed pages. */
const ORIGIN = new Pattern(() => /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\sA-Z]+$/);

/**
 * Lets scripts of other origins use a server, by the CORS protocol (Fetch §3.2): answers their browsers' preflight
 * requests, and says in the other answers who may read them.
 *
 * @throws NetworkError EINVAL for something that browsers would never match: an origin with a path, or "*" together
 * with credentials, where it is no wildcard (Fetch §3.2.5)
 * @example
 * server.use("/api", cors({ origins: ["https://example.org"], methods: ["PUT"], headers: ["Content-Type"] }));
 */
export function cors(options: CorsOptions): Middleware {
  check(options);
  const { origins, methods, headers, exposedHeaders, credentials, maxAge } = options;
  // A cache must not give one origin's answer to another, nor to those who have none.
  const always: FieldValues = origins === "*" ? {} : { Vary: "Origin" };
  const allowed: FieldValues =
    credentials === true ? { ...always, "Access-Control-Allow-Credentials": "true" } : always;
  const readable: FieldValues = { ...allowed, ...list("Access-Control-Expose-Headers", exposedHeaders) };
  const permissions: FieldValues = {
    ...allowed,
    ...list("Access-Control-Allow-Methods", methods),
    ...list("Access-Control-Allow-Headers", headers),
    ...list("Access-Control-Max-Age", maxAge === undefined ? undefined : [String(maxAge)]),
  };

  function allows(origin: string): boolean {
    if (typeof origins === "function") return origins(origin);
    return origins === "*" || origins.includes(origin);
  }

  return (request, response, next) => {
    const origin = request.header("Origin");
    const isAllowed = origin !== undefined && allows(origin);
    const isAsked = isAllowed && isPreflight(request);
    const fields = isAllowed
      ? {
          "Access-Control-Allow-Origin": origins === "*" ? "*" : origin,
          ...(isAsked ? permissions : readable),
        }
      : always;
    for (const [name, value] of Object.entries(fields)) response.header(name, value);
    if (!isAsked) return annotateErrors(next, fields);
    response.status = 204;
    response.send();
  };
}

function list(name: string, values: readonly string[] = []): FieldValues {
  return values.length === 0 ? {} : { [name]: values.join(", ") };
}

function isPreflight(request: HttpRequest): boolean {
  return request.method === "OPTIONS" && request.header("Access-Control-Request-Method") !== undefined;
}

/** An error's answer has the error's fields only, and a script is to read it too. */
function annotateErrors(next: () => void | Promise<void>, fields: FieldValues): void | Promise<void> {
  const fail = (error: unknown): never => {
    if (!(error instanceof HttpError)) throw error;
    throw new HttpError(error.status, error.detail, { ...error.fields, ...fields });
  };
  try {
    return next()?.catch(fail);
  } catch (error) {
    return fail(error);
  }
}

function check({ origins, credentials, methods, headers, exposedHeaders, maxAge }: CorsOptions): void {
  const listed = typeof origins === "function" || origins === "*" ? [] : origins;
  for (const origin of listed) {
    if (origin !== "null" && !ORIGIN.regexp.test(origin)) refuse(origin, "no origin as browsers write it");
  }
  const wildcards = [origins, ...(methods ?? []), ...(headers ?? []), ...(exposedHeaders ?? [])];
  if (credentials === true && wildcards.includes("*")) refuse("*", "with credentials it is no wildcard");
  if (maxAge !== undefined && !(Number.isInteger(maxAge) && maxAge >= 0)) {
    refuse(String(maxAge), "maxAge is in whole seconds");
  }
}

function refuse(subject: string, detail: string): never {
  throw new NetworkError("EINVAL", "set up CORS", subject, detail);
}
