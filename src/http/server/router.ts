import { NetworkError } from "../../error/index.js";
import { isToken } from "../message/fields.js";
import type { Refusal } from "../message/refusal.js";
import type { HandlerFinder, HttpHandler, Match, RouteOptions } from "./handler.js";
import { Scope, type ErrorHandler, type Middleware } from "./middleware.js";
import type { PathParams } from "./path-params.js";
import { paramNames, parsePattern, parsePrefix } from "./path-pattern.js";
import { ALL_METHODS, NO_NAMES, NO_PATH, Route } from "./route.js";
import { RouteTable } from "./route-table.js";

type PathHandler<Params extends object, Path extends string> = HttpHandler<Params & PathParams<Path>>;

/** Takes no router whose handlers need what the prefix does not give. */
type Giving<Given, Needed> = Given extends Needed ? unknown : { readonly needs: Needed };

/**
 * Finds the handler for a method and a path.
 *
 * A path is text, `<name>` for one segment of any text, and `<converter:name>`: `int` takes digits and gives a number,
 * `uuid` takes a UUID, `string` is the same as no converter, and `path`, at the end, takes all that follows, slashes
 * included. The most specific path wins, whichever was registered first: segment by segment, from the left, text comes
 * before `uuid`, that before `int`, `string` and `path`. Then the method is looked for: GET answers HEAD too, and
 * OPTIONS is answered for every path there is. A path that exists only with, or only without, a slash at its end is
 * redirected there (308). docs/decisions/http-routing.md has the reasons.
 *
 * @typeParam Params what the paths that this router is mounted under must give its handlers
 *
 * @example
 * const items = new Router();
 * items.get("/<int:id>/", (request, response) => response.json(store.get(request.params.id)));
 * items.put("/<int:id>/", (request, response) => {
 *   store.set(request.params.id, request.json());
 *   response.status = 204;
 *   response.send();
 * });
 * items.use((request, response, next) => {
 *   if (request.header("X-Key") !== key) throw new HttpError(403);
 *   return next();
 * });
 * server.mount("/item", items);
 *
 * @example
 * // A body that is too large for the memory, piece by piece.
 * server.put("/firmware", async (request, response) => {
 *   for await (const bytes of request.chunks()) await flash.write(bytes);
 *   response.send("written");
 * }, { body: "stream", maxBody: 1_048_576 });
 *
 * @example
 * server.handleErrors((error, request, response) => {
 *   if (!(error instanceof HttpError) || error.status !== 404) throw error;
 *   response.status = 404;
 *   response.header("Content-Type", "text/html").send("<h1>Nothing here</h1>");
 * });
 */
export class Router<Params extends object = object> implements HandlerFinder {
  readonly #scope = new Scope([], undefined);
  readonly #table = new RouteTable(this.#scope);
  #isMounted = false;

  /** Sets who answers GET on a path, and HEAD, whose body is left out. For what it throws see `route`. */
  get<const Path extends string>(
    path: Path,
    handler: PathHandler<Params, Path>,
    options?: RouteOptions,
  ): this {
    return this.route("GET", path, handler, options);
  }

  post<const Path extends string>(
    path: Path,
    handler: PathHandler<Params, Path>,
    options?: RouteOptions,
  ): this {
    return this.route("POST", path, handler, options);
  }

  put<const Path extends string>(
    path: Path,
    handler: PathHandler<Params, Path>,
    options?: RouteOptions,
  ): this {
    return this.route("PUT", path, handler, options);
  }

  delete<const Path extends string>(
    path: Path,
    handler: PathHandler<Params, Path>,
    options?: RouteOptions,
  ): this {
    return this.route("DELETE", path, handler, options);
  }

  patch<const Path extends string>(
    path: Path,
    handler: PathHandler<Params, Path>,
    options?: RouteOptions,
  ): this {
    return this.route("PATCH", path, handler, options);
  }

  /** Sets who answers OPTIONS in place of the router, which says what the path allows. */
  options<const Path extends string>(
    path: Path,
    handler: PathHandler<Params, Path>,
    options?: RouteOptions,
  ): this {
    return this.route("OPTIONS", path, handler, options);
  }

  /** Sets who answers HEAD in place of the handler for GET. */
  head<const Path extends string>(
    path: Path,
    handler: PathHandler<Params, Path>,
    options?: RouteOptions,
  ): this {
    return this.route("HEAD", path, handler, options);
  }

  /** Sets who answers all methods on a path that have no route of their own there, unknown ones too, but not TRACE. */
  all<const Path extends string>(
    path: Path,
    handler: PathHandler<Params, Path>,
    options?: RouteOptions,
  ): this {
    this.add(ALL_METHODS, path, handler as HttpHandler, options, this.#scope);
    return this;
  }

  /**
   * Sets who answers CONNECT, whatever host it is for: `request.rawTarget` says. Without it CONNECT is answered 405.
   *
   * @example
   * server.connect((request, response) => {
   *   if (request.rawTarget !== "printer:9100") throw new HttpError(403);
   *   response.tunnel((tcp, early) => join(tcp, early, printer));
   * });
   *
   * @throws NetworkError EINVAL if there is one
   */
  connect(handler: HttpHandler<Params>, options?: RouteOptions): this {
    this.add("CONNECT", NO_PATH, handler as HttpHandler, options, this.#scope);
    return this;
  }

  /**
   * Sets who answers a method on a path. Any token is a method; one that no route has is answered 501.
   *
   * @throws NetworkError EINVAL if the method is no token or CONNECT, which has no path; if the path is malformed (see
   * `Router`); if method and path have a route, whatever the names of its parameters; if this router is mounted
   */
  route<const Path extends string>(
    method: string,
    path: Path,
    handler: PathHandler<Params, Path>,
    options?: RouteOptions,
  ): this {
    if (!isToken(method)) throw new NetworkError("EINVAL", "add route", `${method} ${path}`, "no method");
    if (method === "CONNECT")
      throw new NetworkError("EINVAL", "add route", path, "CONNECT is for a host, not for a path");
    this.add(method, path, handler as HttpHandler, options, this.#scope);
    return this;
  }

  /**
   * Puts a middleware around all handlers of this router and of those mounted in it, whether they were registered
   * before or are later, and around its answers where there is no page. The first that was put is the outermost.
   *
   * @param prefix only for the paths that begin with these segments: "/admin" is for "/admin", "/admin/" and "/admin/log"
   * @throws NetworkError EINVAL if the prefix is malformed, or this router is mounted
   */
  use(middleware: Middleware): this;
  use(prefix: string, middleware: Middleware): this;
  use(first: string | Middleware, second?: Middleware): this {
    this.checkOpen("use");
    if (typeof first === "string")
      this.#scope.steps.push({ prefix: parsePrefix(first), middleware: second! });
    else this.#scope.steps.push({ prefix: undefined, middleware: first });
    return this;
  }

  /**
   * Adds all that a router has, below a prefix, which may have parameters. It takes no more then, so that nothing can be
   * added to it that would be missing here.
   *
   * @example
   * const posts = new Router<{ readonly user: string }>();
   * posts.get("/<int:id>", ({ params }, response) => response.json(find(params.user, params.id)));
   * server.mount("/user/<user>/posts", posts);
   *
   * @throws NetworkError EINVAL if the prefix is malformed, a route is here already, the router has one for CONNECT, or
   * this router is mounted itself
   */
  mount<const Prefix extends string, Needed extends object>(
    prefix: Prefix,
    router: Router<Needed> & Giving<Params & PathParams<Prefix>, Needed>,
  ): this {
    this.checkOpen("mount");
    router.#isMounted = true;
    const segments = parsePrefix(prefix);
    const start = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix;
    const scopes = new Map<Scope, Scope>();
    for (const scope of router.#table.scopes) {
      const outer = scope.outer === undefined ? this.#scope : scopes.get(scope.outer)!;
      scopes.set(scope, scope.under(segments, outer));
    }
    this.#table.scopes.push(...scopes.values());
    for (const { method, path, handler, options, scope } of router.#table.routes) {
      if (path === NO_PATH)
        throw new NetworkError("EINVAL", "mount", prefix, "CONNECT has no path to be mounted at");
      this.add(method, start + path, handler, options, scopes.get(scope)!);
    }
    return this;
  }

  /** Sets who answers what goes wrong here. @throws NetworkError EINVAL if there is one, or this router is mounted */
  handleErrors(handler: ErrorHandler): this {
    this.checkOpen("handle errors");
    if (this.#scope.onError !== undefined)
      throw new NetworkError("EINVAL", "handle errors", undefined, "this router has an error handler");
    this.#scope.onError = handler;
    return this;
  }

  /**
   * Who answers, or, where nothing stands around the answer, why nobody does.
   *
   * @param path percent-encoded, without its query; "*" for the server as a whole; empty with CONNECT
   */
  find(method: string, path: string): Match | Refusal {
    return this.#table.find(method, path);
  }

  private checkOpen(operation: string): void {
    if (this.#isMounted) {
      throw new NetworkError("EINVAL", operation, undefined, "a mounted router takes no more");
    }
  }

  private add(
    method: string,
    path: string,
    handler: HttpHandler,
    options: RouteOptions | undefined,
    scope: Scope,
  ): void {
    this.checkOpen("add route");
    const names = method === "CONNECT" ? NO_NAMES : paramNames(parsePattern(path));
    this.#table.add(new Route(method, path, handler, scope, options, names.length === 0 ? NO_NAMES : names));
  }
}
