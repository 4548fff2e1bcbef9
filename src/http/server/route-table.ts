import { NetworkError } from "../../error/index.js";
import { isMethod } from "../message/method.js";
import { badRequest, Refusal } from "../message/refusal.js";
import type { Match } from "./handler.js";
import { HttpError } from "./http-error.js";
import type { Scope } from "./middleware.js";
import type { ParamValue } from "./path-params.js";
import { hasPrefix, parsePattern, splitPath } from "./path-pattern.js";
import type { HttpRequest } from "./request.js";
import type { HttpResponse } from "./response.js";
import { ALL_METHODS, NO_PATH, Route } from "./route.js";
import { RouteTree } from "./route-tree.js";

const NO_VALUES: readonly ParamValue[] = Object.freeze([]);

/** What a route for all methods allows. Not TRACE, which is the server's business, nor CONNECT. */
const ALL_ALLOWED: readonly string[] = Object.freeze([
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "DELETE",
  "PATCH",
  "OPTIONS",
]);

/** The routes of a router and of those mounted in it, and how they are found. */
export class RouteTable {
  /** As they were added. */
  readonly routes: Route[] = [];
  /** The router's own, then those of what is mounted in it, an outer one before those within. */
  readonly scopes: Scope[];
  /** Of the paths without parameters, each with its first route. */
  readonly #statics = new Map<string, Route>();
  #tree: RouteTree | undefined;

  constructor(scope: Scope) {
    this.scopes = [scope];
  }

  /** @throws NetworkError EINVAL if the path is malformed, or has a route for this method */
  add(route: Route): void {
    const first = route.names.length === 0 ? this.addStatic(route) : this.addToTree(route);
    if (first !== route) {
      if (first.for(route.method) !== undefined) {
        const subject = `${route.method} ${route.path}`.trim();
        throw new NetworkError("EINVAL", "add route", subject, `"${first.path}" has one already`);
      }
      first.append(route);
    }
    this.routes.push(route);
  }

  /** See `HandlerFinder`. A refusal around which something stands comes as a match, for that to see it. */
  find(method: string, path: string): Match | Refusal {
    const first = this.#statics.get(path);
    if (first !== undefined) return this.select(first, method, NO_VALUES, path);
    if (!path.startsWith("/")) return this.findWithoutPath(method);
    const segments = splitPath(path);
    if (segments === undefined) return badRequest("malformed percent-encoding in the path");
    const values: ParamValue[] = [];
    const found = this.search(path, segments, values);
    if (found !== undefined) return this.select(found, method, values, path);
    return this.findOtherForm(method, path, segments);
  }

  private addStatic(route: Route): Route {
    const first = this.#statics.get(route.path) ?? route;
    this.#statics.set(route.path, first);
    return first;
  }

  private addToTree(route: Route): Route {
    this.#tree ??= RouteTree.root();
    return this.#tree.add(parsePattern(route.path), route);
  }

  /** The first route of a path that has parameters, or whose text came percent-encoded. */
  private search(path: string, segments: readonly string[], values: ParamValue[]): Route | undefined {
    // An encoded slash is none between segments.
    const isStatic = path.includes("%") && segments.every((segment) => !segment.includes("/"));
    const found = isStatic ? this.#statics.get(`/${segments.join("/")}`) : undefined;
    return found ?? this.#tree?.find(segments, values);
  }

  /** Of the routes of a path, the one for the method. */
  private select(first: Route, method: string, values: readonly ParamValue[], path: string): Match | Refusal {
    const route =
      first.for(method) ??
      (method === "HEAD" ? first.for("GET") : undefined) ??
      (method === "TRACE" ? undefined : first.for(ALL_METHODS));
    if (route !== undefined) return route.withParams(values);
    const scope = this.scopeOf(splitPath(path)!);
    const methods: string[] = [];
    for (let at: Route | undefined = first; at !== undefined; at = at.next) methods.push(at.method);
    if (method === "OPTIONS") return allowing(methods, scope);
    return this.refuse(
      method,
      scope,
      new Refusal(405, "a method that this page does not offer", listed(methods)),
    );
  }

  /** RFC 9110 §9.3.7: "*" asks what the server can do, for which it has no more to say than the methods it knows. */
  private findWithoutPath(method: string): Match | Refusal {
    const scope = this.scopes[0]!;
    if (method === "CONNECT") return this.refuse(method, scope, new Refusal(405, "no proxy is here", ""));
    return allowing(
      this.routes.map((route) => route.method).filter((name) => name !== "CONNECT"),
      scope,
    );
  }

  /** Nothing has this path: perhaps it is there with, or without, a slash at its end. */
  private findOtherForm(method: string, path: string, segments: readonly string[]): Match | Refusal {
    const scope = this.scopeOf(segments);
    const other = otherForm(path);
    const exists = this.#statics.has(other) || this.search(other, splitPath(other)!, []) !== undefined;
    if (exists && path !== "/" && this.isKnown(method)) return answering(redirect, scope);
    return this.refuse(method, scope, new Refusal(404, "no such page"));
  }

  private refuse(method: string, scope: Scope, refusal: Refusal): Match | Refusal {
    const reason = this.isKnown(method) ? refusal : new Refusal(501, "an unknown method");
    if (scope.isBare) return reason;
    const { status, detail, allow } = reason;
    return answering(() => {
      throw new HttpError(status, detail, allow === undefined ? undefined : { Allow: allow });
    }, scope);
  }

  private isKnown(method: string): boolean {
    return isMethod(method) || this.routes.some((route) => route.method === method);
  }

  /** The scope of the innermost router mounted above a path. */
  private scopeOf(segments: readonly string[]): Scope {
    let found = this.scopes[0]!;
    for (const scope of this.scopes)
      if (scope.prefix.length >= found.prefix.length && hasPrefix(segments, scope.prefix)) found = scope;
    return found;
  }
}

/** An answer of the router's own. It needs no body: where the client waits to send one, it is not asked for it. */
function answering(handler: (request: HttpRequest, response: HttpResponse) => void, scope: Scope): Match {
  return new Route(ALL_METHODS, NO_PATH, handler, scope, { body: "stream" });
}

function allowing(methods: readonly string[], scope: Scope): Match {
  return answering((_, response) => {
    response.status = 204;
    response.header("Allow", listed(methods)).send();
  }, scope);
}

/** The path with a slash at its end, or without. */
function otherForm(path: string): string {
  return path.endsWith("/") ? path.slice(0, -1) : `${path}/`;
}

/**
 * 308 and not 301, so that a POST stays one (RFC 9110 §15.4.9). The location begins with one slash: no route is found
 * for a path that begins with two, which a client would take for another host (RFC 3986 §4.2).
 */
function redirect({ path, query }: HttpRequest, response: HttpResponse): void {
  // To a browser a backslash is a slash, and two of them begin another host's name (URL Standard, "relative slash state").
  const location = otherForm(path).replaceAll("\\", "%5C");
  response.redirect(query === undefined ? location : `${location}?${query}`, 308);
}

/** The value of Allow (RFC 9110 §10.2.1). */
function listed(offered: readonly string[]): string {
  const methods = new Set(offered.includes(ALL_METHODS) ? [...offered, ...ALL_ALLOWED] : offered);
  methods.delete(ALL_METHODS);
  if (methods.has("GET")) methods.add("HEAD");
  methods.add("OPTIONS");
  return [...methods].join(", ");
}
