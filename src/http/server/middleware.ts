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

/** What a router puts around its handlers, where it is mounted. */
export class Scope {
  readonly steps: Step[] = [];
  onError: ErrorHandler | undefined = undefined;

  /**
   * @param prefix that the paths of its routes have
   * @param outer of the router that this one is mounted in
   */
  constructor(
    readonly prefix: readonly PatternSegment[],
    readonly outer: Scope | undefined,
  ) {}

  /** True if nothing stands around the handlers. */
  get isBare(): boolean {
    return this.steps.length === 0 && this.onError === undefined && (this.outer?.isBare ?? true);
  }

  /** The same, mounted. */
  under(prefix: readonly PatternSegment[], outer: Scope): Scope {
    const scope = new Scope([...prefix, ...this.prefix], outer);
    scope.onError = this.onError;
    for (const step of this.steps)
      scope.steps.push({ ...step, prefix: step.prefix && [...prefix, ...step.prefix] });
    return scope;
  }

  /** Calls the handler with all that stands around it. */
  run(handler: HttpHandler, request: HttpRequest, response: HttpResponse): void | Promise<void> {
    if (this.isBare) return handler(request, response);
    return this.wrap(() => handler(request, response), request, response)();
  }

  private wrap(inner: Run, request: HttpRequest, response: HttpResponse): Run {
    const { onError, outer, steps } = this;
    let path: readonly string[] | undefined;
    let run = inner;
    for (let at = steps.length - 1; at >= 0; at--) {
      const { prefix, middleware } = steps[at]!;
      if (prefix !== undefined) {
        path ??= splitPath(request.path) ?? [];
        if (!hasPrefix(path, prefix)) continue;
      }
      const next = run;
      run = () => middleware(request, response, next);
    }
    if (onError !== undefined) run = guarded(run, (error) => recover(onError, error, request, response));
    return outer === undefined ? run : outer.wrap(run, request, response);
  }
}

/** Runs something, and gives what it throws, now or later, to `onError`. */
function guarded(run: Run, onError: (error: unknown) => void | Promise<void>): Run {
  return () => {
    let result: void | Promise<void>;
    try {
      result = run();
    } catch (error) {
      return onError(error);
    }
    return result === undefined ? result : result.then(undefined, onError);
  };
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
