import { Pattern } from "../../host/index.js";
/** What stands between the parts of a date (RFC 6265bis §5.1.1). */
const DELIMITER = new Pattern(() => /[\t -/;-@[-`{-~]/);

const TIME = new Pattern(() => /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\D|$)/);
const DAY = new Pattern(() => /^(\d{1,2})(?:\D|$)/);
const MONTH = new Pattern(() => /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/);
const YEAR = new Pattern(() => /^(\d{2,4})(?:\D|$)/);

const MONTHS: readonly string[] = Object.freeze([
  "jan",
  "feb",
  "mar",
  "apr",
  "may",
  "jun",
  "jul",
  "aug",
  "sep",
  "oct",
  "nov",
  "dec",
]);

/** The first year that counts (RFC 6265bis §5.1.1): the Gregorian calendar's first whole cycle of 400 years. */
const FIRST_YEAR = 1601;

/**
 * Reads the date in a cookie's Expires as all clients do (RFC 6265bis §5.1.1): by what its parts look like, in any order
 * and format.
 *
 * @returns ms since 1970, undefined if it is no date
 */
export function parseCookieDate(text: string): number | undefined {
  let time: RegExpExecArray | null = null;
  let day: RegExpExecArray | null = null;
  let month: RegExpExecArray | null = null;
  let year: RegExpExecArray | null = null;
  // A part that fits more than one place takes the first that is free.
  for (const part of text.toLowerCase().split(DELIMITER.regexp)) {
    if (time === null && (time = TIME.regexp.exec(part)) !== null) continue;
    if (day === null && (day = DAY.regexp.exec(part)) !== null) continue;
    if (month === null && (month = MONTH.regexp.exec(part)) !== null) continue;
    if (year === null) year = YEAR.regexp.exec(part);
  }
  if (time === null || day === null || month === null || year === null) return undefined;
  const date = [fullYear(Number(year[1])), MONTHS.indexOf(month[0]), Number(day[1])] as const;
  const [hour, minute, second] = [Number(time[1]), Number(time[2]), Number(time[3])];
  if (date[0] < FIRST_YEAR || hour > 23 || minute > 59 || second > 59) return undefined;
  const result = Date.UTC(...date, hour, minute, second);
  // 31 February would be in March.
  return new Date(result).getUTCDate() === date[2] ? result : undefined;
}

function fullYear(year: number): number {
  return year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
}
