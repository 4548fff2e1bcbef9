import { Pattern } from "../../host/index.js";
import type { RequestLimits } from "./limits.js";
import { Refusal } from "./refusal.js";
import { parseRequestHead } from "./request-head.js";

/** What no head has: an LF without CR, a CR without LF, another control character; of those what follows decides. */
// eslint-disable-next-line no-control-regex -- they are what it looks for
const STRAY = new Pattern(() => /[^\r]\n|[\0-\x08\x0b-\x1f\x7f][^\n]/);

/**
 * Says of fields that have not ended that they are malformed, as soon as that can be known: with bare LFs they never end, and
 * the client would be told after a while only, that it is too slow.
 *
 * @param received the head so far, its request line complete
 * @param known how many characters were looked at before
 */
export function checkBegunFields(
  received: string,
  known: number,
  limits: RequestLimits,
): Refusal | undefined {
  if (!STRAY.regexp.test(received.slice(Math.max(known - 2, 0)))) return undefined;
  const head = parseRequestHead(`${received}\r\n\r\n`, limits);
  return head instanceof Refusal ? head : undefined;
}
