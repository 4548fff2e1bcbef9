import { Pattern } from "../../host/index.js";
/**
 * The three forms (RFC 9110 §5.6.7), case-sensitive: IMF-fixdate, and what RFC 850 and C's asctime wrote. The day of the
 * week is not compared with the date: nothing depends on it.
 */
const IMF_FIXDATE = new Pattern(
  () => /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d\d) ([A-Z][a-z][a-z]) (\d{4}) (\d\d:\d\d:\d\d) GMT$/,
);
const RFC_850 = new Pattern(
  () => /^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-([A-Z][a-z][a-z])-(\d\d) (\d\d:\d\d:\d\d) GMT$/,
);
const ASCTIME = new Pattern(
  () => /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z][a-z]) (\d\d| \d) (\d\d:\d\d:\d\d) (\d{4})$/,
);

const MONTHS: readonly string[] = Object.freeze([
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
]);

/** A two-digit year is never understood as one further in the future than this many years (RFC 9110 §5.6.7). */
const FUTURE_YEARS = 50;

/**
 * Reads an HTTP date in any of its three forms.
 *
 * @param now what a two-digit year is near to, in milliseconds since 1970
 * @returns milliseconds since 1970, or undefined if it is no date
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const fixed = IMF_FIXDATE.regexp.exec(text);
  if (fixed !== null) return timeOf(Number(fixed[3]), fixed[2]!, fixed[1]!, fixed[4]!);
  const asctime = ASCTIME.regexp.exec(text);
  if (asctime !== null) return timeOf(Number(asctime[4]), asctime[1]!, asctime[2]!, asctime[3]!);
  const obsolete = RFC_850.regexp.exec(text);
  if (obsolete === null) return undefined;

  const limit = new Date(now);
  const thisYear = limit.getUTCFullYear();
  limit.setUTCFullYear(thisYear + FUTURE_YEARS);
  // Of a hundred years from this one on, the one that ends with these digits.
  const year = thisYear + ((Number(obsolete[3]) + 100 - (thisYear % 100)) % 100);
  const time = timeOf(year, obsolete[2]!, obsolete[1]!, obsolete[4]!);
  if (time !== undefined && time <= limit.getTime()) return time;
  return timeOf(year - 100, obsolete[2]!, obsolete[1]!, obsolete[4]!);
}

/** @param clock "08:49:37"; a leap second is the first one of the next minute */
function timeOf(year: number, monthName: string, dayText: string, clock: string): number | undefined {
  const month = MONTHS.indexOf(monthName);
  const day = Number(dayText);
  const hour = Number(clock.slice(0, 2));
  const minute = Number(clock.slice(3, 5));
  const second = Number(clock.slice(6));
  if (month < 0 || hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  // Date.UTC would take the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(year, month, day);
  if (date.getUTCDate() !== day) return undefined;
  return date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
}
