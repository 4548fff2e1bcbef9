import { reasonPhrase } from "../message/status.js";

/**
 * What a handler or a middleware throws to have the request answered with a status of its choice.
 *
 * @example
 * throw new HttpError(404, "no such sensor");
 * throw new HttpError(401, undefined, { "WWW-Authenticate": 'Basic realm="device"' });
 */
export class HttpError extends Error {
  // A field, not an assignment: in a preloaded XS module Error.prototype is frozen, and assigning `name` throws.
  override readonly name: string = "HttpError";

  /**
   * @param status 400 to 599
   * @param detail for the person who reads the answer
   * @param fields of the answer, by their names
   */
  constructor(
    readonly status: number,
    readonly detail?: string,
    readonly fields?: Readonly<Record<string, string>>,
  ) {
    super(`${status} ${reasonPhrase(status)}${detail === undefined ? "" : `: ${detail}`}`);
  }
}
