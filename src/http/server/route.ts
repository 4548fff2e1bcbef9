import type { HttpHandler, Match, RouteOptions } from "./handler.js";
import type { Scope } from "./middleware.js";
import type { ParamValue } from "./path-params.js";
import type { HttpRequest } from "./request.js";
import type { HttpResponse } from "./response.js";

/** The method of a route for all methods; no token is empty. */
export const ALL_METHODS = "";

/** The path of the routes for CONNECT, whose target is a host and no path. */
export const NO_PATH = "";

export const NO_PARAMS: object = Object.freeze({});

const DEFAULT_OPTIONS: RouteOptions = Object.freeze({});

/** Of a path without parameters. */
export const NO_NAMES: readonly string[] = Object.freeze([]);

/** Who answers a method on a path. Without parameters it is its own match, so that such a request makes no object. */
export class Route implements Match {
  /** Another method of the same path: most have one or two, for which a list is smaller than a map. */
  next: Route | undefined;

  /** @param names of the parameters, in the order of the path */
  constructor(
    readonly method: string,
    readonly path: string,
    readonly handler: HttpHandler,
    readonly scope: Scope,
    readonly options: RouteOptions = DEFAULT_OPTIONS,
    readonly names: readonly string[] = NO_NAMES,
  ) {}

  get params(): object {
    return NO_PARAMS;
  }

  run(request: HttpRequest, response: HttpResponse): void | Promise<void> {
    return this.scope.run(this.handler, request, response);
  }

  /** The route of the same path for this method, undefined if there is none. */
  for(method: string): Route | undefined {
    return this.method === method ? this : this.next?.for(method);
  }

  /** Puts another method of the same path behind the last. */
  append(route: Route): void {
    if (this.next === undefined) this.next = route;
    else this.next.append(route);
  }

  /** What answers a request with these parameters. */
  withParams(values: readonly ParamValue[]): Match {
    return this.names.length === 0 ? this : new ParamMatch(this, values);
  }
}

class ParamMatch implements Match {
  readonly #route: Route;
  readonly params: object;

  constructor(route: Route, values: readonly ParamValue[]) {
    this.#route = route;
    const params: Record<string, ParamValue> = {};
    for (let index = 0; index < values.length; index++) params[route.names[index]!] = values[index]!;
    this.params = params;
  }

  get options(): RouteOptions {
    return this.#route.options;
  }

  run(request: HttpRequest, response: HttpResponse): void | Promise<void> {
    return this.#route.run(request, response);
  }
}
