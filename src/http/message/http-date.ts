/**
 * Writes a time as HTTP wants it: "Sun, 06 Nov 1994 08:49:37 GMT", the IMF-fixdate of RFC 9110 §5.6.7.
 *
 * @param time milliseconds since 1970, of a year up to 9999; parts of a second are dropped
 */
export function formatHttpDate(time: number): string {
  // ECMA-262 §21.4.4.43 prescribes this very form.
  return new Date(time).toUTCString();
}
