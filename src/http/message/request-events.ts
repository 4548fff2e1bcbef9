import type { BodyEvents } from "./chunked-decoder.js";
import type { Fields } from "./fields.js";
import type { Refusal } from "./refusal.js";
import type { RequestHead } from "./request-head.js";

/** What a parser finds, in this order: a head, pieces of its body, the end; a refusal may take the place of any. */
export interface RequestEvents extends BodyEvents {
  /** The head is complete. `bodyLimit` of the parser can be set here. */
  onHead(head: RequestHead): void;
  /** The request is complete. @param trailers what came behind the last chunk; undefined if there was nothing */
  onComplete(trailers: Fields | undefined): void;
  /**
   * The request is not to be served, and where the next one begins is not known.
   *
   * @param method of a request that is refused for its head, as far as it can be told
   */
  onRefusal(refusal: Refusal, method?: string): void;
}
