import { NetworkError } from "../../error/index.js";
import { isMethod, type Method } from "../message/method.js";
import { Refusal } from "../message/refusal.js";
import type { HttpHandler } from "./handler.js";

type Methods = Map<Method, HttpHandler>;

/** Finds the handler for a path and a method. GET answers HEAD too; OPTIONS is answered for every path there is. */
export class Router {
  readonly #routes = new Map<string, Methods>();

  /** @throws NetworkError EINVAL if the path does not start with "/" */
  add(method: Method, path: string, handler: HttpHandler): void {
    if (!path.startsWith("/")) throw new NetworkError("EINVAL", "add route", path, "a path starts with /");
    const methods: Methods = this.#routes.get(path) ?? new Map();
    methods.set(method, handler);
    this.#routes.set(path, methods);
  }

  /** The handler, or the answer that says why there is none. */
  find(method: string, path: string): HttpHandler | Refusal {
    if (!isMethod(method)) return new Refusal(501, "an unknown method");
    if (path === "*") return optionsHandler(this.#allowAnywhere());
    const methods = this.#routes.get(path);
    // CONNECT is for a host, not for a path.
    if (methods === undefined)
      return method === "CONNECT" ? notAllowed("") : new Refusal(404, "no such page");
    const handler = methods.get(method) ?? (method === "HEAD" ? methods.get("GET") : undefined);
    if (handler !== undefined) return handler;
    const allow = allowed(methods.keys());
    return method === "OPTIONS" ? optionsHandler(allow) : notAllowed(allow);
  }

  #allowAnywhere(): string {
    const all: Method[] = [];
    for (const methods of this.#routes.values()) all.push(...methods.keys());
    return allowed(all);
  }
}

function optionsHandler(allow: string): HttpHandler {
  return (_, response) => {
    response.status = 204;
    response.header("Allow", allow).send();
  };
}

/** RFC 9110 §15.5.6: a 405 says what is allowed. */
function notAllowed(allow: string): Refusal {
  return new Refusal(405, "a method that this page does not offer", allow);
}

function allowed(offered: Iterable<Method>): string {
  const methods = new Set<Method>(offered);
  if (methods.has("GET")) methods.add("HEAD");
  methods.add("OPTIONS");
  return [...methods].join(", ");
}
