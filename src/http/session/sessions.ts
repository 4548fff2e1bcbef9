import { NetworkError } from "../../error/index.js";
import type { Middleware } from "../server/middleware.js";
import type { HttpRequest } from "../server/request.js";
import { SessionKeeper, type SessionsOptions } from "./session-keeper.js";
import { Session } from "./session.js";

/** Where a request's `state` has its session. */
const STATE = "session";

/**
 * Gives requests a session: see `sessionOf`.
 *
 * @throws NetworkError EINVAL for keys that are too short, and a cookie that no client would take
 *
 * @example
 * server.use(sessions({ hashes, random, clock, keys: [randomBytes(random, 32)] }));
 * server.get("/visits", (request, response) => {
 *   const session = sessionOf(request);
 *   const visits = Number(session.get("visits") ?? 0) + 1;
 *   session.set("visits", visits);
 *   response.send(`You were here ${visits} times.`);
 * });
 */
export function sessions(options: SessionsOptions): Middleware {
  const keeper = new SessionKeeper(options);
  return (request, response, next) => {
    request.state[STATE] = new Session(keeper, request, response);
    return next();
  };
}

/** The session of the client. @throws NetworkError EINVAL if the middleware `sessions` is not in use for this path */
export function sessionOf(request: HttpRequest): Session {
  const session = request.state[STATE];
  if (session instanceof Session) return session;
  throw new NetworkError(
    "EINVAL",
    "get session",
    request.path,
    "the middleware `sessions` is not in use here",
  );
}
