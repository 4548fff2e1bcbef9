import type { HttpHandler } from "./handler.js";
import { hasPrefix, splitPath, type PatternSegment } from "./path-pattern.js";
import type { HttpRequest } from "./request.js";
import type { HttpResponse } from "./response.js";

/**
 * Stands around handlers: does something before `next()`, after it (where what follows is asynchronous, after awaiting
 * it), or answers itself and leaves `next` alone.
 *
 * @example
 * server.use(async (request, response, next) => {
 *   const start = clock.now();
 *   await next();
 *   log("info", `${request.method} ${request.path}: ${response.status} in ${clock.now() - start} ms`);
 * });
 */
export type Middleware = (
  request: HttpRequest,
  response: HttpResponse,
  next: () => void | Promise<void>,
) => void | Promise<void>;

/**
 * Answers for a handler that threw or rejected, and where there is no page (an HttpError 404 or 405). What it throws
 * itself goes to the router around, and at last to the server, which answers 500 or what an HttpError says.
 */
export type ErrorHandler = (
  error: unknown,
  request: HttpRequest,
  response: HttpResponse,
) => void | Promise<void>;

type Run = () => void | Promise<void>;

interface Step {
  /** Of the paths it is for; undefined for all of the layer's. */
  readonly prefix: readonly PatternSegment[] | undefined;
  readonly middleware: Middleware;
}

/** What one router puts around its handlers. */
export class Layer {
  readonly steps: Step[] = [];
  onError: ErrorHandler | undefined;

  get isEmpty(): boolean {
    return this.steps.length === 0 && this.onError === undefined;
  }

  /** What runs `inner` with all that stands around it. */
  wrap(inner: Run, request: HttpRequest, response: HttpResponse): Run {
    let path: readonly string[] | undefined;
    let run = inner;
    for (let at = this.steps.length - 1; at >= 0; at--) {
      const { prefix, middleware } = this.steps[at]!;
      if (prefix !== undefined) {
        path ??= splitPath(request.path) ?? [];
        if (!hasPrefix(path, prefix)) continue;
      }
      const next = run;
      run = () => middleware(request, response, next);
    }
    const { onError } = this;
    if (onError === undefined) return run;
    return () => guard(run, (error) => recover(onError, error, request, response));
  }

  /** The same where the router's paths begin with `prefix`. */
  under(prefix: readonly PatternSegment[]): Layer {
    const layer = new Layer();
    layer.onError = this.onError;
    for (const step of this.steps)
      layer.steps.push({ ...step, prefix: step.prefix && [...prefix, ...step.prefix] });
    return layer;
  }
}

/** Not made for each request that asks. */
function isEmpty(layer: Layer): boolean {
  return layer.isEmpty;
}

/** The layers around some routes, the outermost first, and the prefix that their paths have. */
export class Scope {
  constructor(
    readonly prefix: readonly PatternSegment[],
    readonly layers: readonly Layer[],
  ) {}

  /** True if nothing stands around the routes. */
  get isBare(): boolean {
    return this.layers.every(isEmpty);
  }

  /** The same where the routes are mounted in another router. */
  under(prefix: readonly PatternSegment[], layer: Layer): Scope {
    return new Scope(
      [...prefix, ...this.prefix],
      [layer, ...this.layers.map((inner) => inner.under(prefix))],
    );
  }

  /** Calls the handler with all that stands around it. */
  run(handler: HttpHandler, request: HttpRequest, response: HttpResponse): void | Promise<void> {
    let run: Run | undefined;
    for (let at = this.layers.length - 1; at >= 0; at--) {
      const layer = this.layers[at]!;
      if (!layer.isEmpty) run = layer.wrap(run ?? (() => handler(request, response)), request, response);
    }
    return run === undefined ? handler(request, response) : run();
  }
}

function guard(run: Run, onError: (error: unknown) => void | Promise<void>): void | Promise<void> {
  let result: void | Promise<void>;
  try {
    result = run();
  } catch (error) {
    return onError(error);
  }
  return result === undefined ? result : result.then(undefined, onError);
}

function recover(
  onError: ErrorHandler,
  error: unknown,
  request: HttpRequest,
  response: HttpResponse,
): void | Promise<void> {
  // Nothing can be answered any more: the server is to log it and to break the response off.
  if (response.sent) throw error;
  return onError(error, request, response);
}
