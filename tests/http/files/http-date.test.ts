import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { formatHttpDate, parseHttpDate } from "../../../src/http/index.js";

const NOW = Date.UTC(2026, 10, 23);
/** The RFC's example: Sun, 06 Nov 1994 08:49:37 GMT. */
const EXAMPLE = 784_111_777_000;

describe("an HTTP date", () => {
  it.each([
    ["an IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE],
    ["RFC 850's form", "Sunday, 06-Nov-94 08:49:37 GMT", EXAMPLE],
    ["asctime's form", "Sun Nov  6 08:49:37 1994", EXAMPLE],
    ["asctime's form with two digits of a day", "Wed Nov 16 08:49:37 1994", EXAMPLE + 10 * 86_400_000],
    ["a leap second", "Sat, 31 Dec 2016 23:59:60 GMT", Date.UTC(2017, 0, 1)],
    ["a 29th of February", "Thu, 29 Feb 2024 00:00:00 GMT", Date.UTC(2024, 1, 29)],
    ["another day of the week than it was", "Mon, 06 Nov 1994 08:49:37 GMT", EXAMPLE],
    ["a time before 1970", "Wed, 31 Dec 1969 23:59:59 GMT", -1000],
    ["a year below 100", "Sat, 01 Jan 0050 00:00:00 GMT", Date.parse("0050-01-01T00:00:00Z")],
  ])("is read: %s", (_, text, time) => {
    expect(parseHttpDate(text, NOW)).toBe(time);
  });

  it.each([
    ["nothing", ""],
    ["another case", "sun, 06 nov 1994 08:49:37 gmt"],
    ["another zone", "Sun, 06 Nov 1994 08:49:37 UTC"],
    ["an offset", "Sun, 06 Nov 1994 08:49:37 +0000"],
    ["one digit of a day", "Sun, 6 Nov 1994 08:49:37 GMT"],
    ["a day that the month has not", "Fri, 30 Feb 2024 00:00:00 GMT"],
    ["a 29th of February in a common year", "Wed, 29 Feb 2023 00:00:00 GMT"],
    ["day 0", "Sun, 00 Nov 1994 08:49:37 GMT"],
    ["no month", "Sun, 06 Nof 1994 08:49:37 GMT"],
    ["hour 24", "Sun, 06 Nov 1994 24:00:00 GMT"],
    ["minute 60", "Sun, 06 Nov 1994 08:60:37 GMT"],
    ["second 61", "Sun, 06 Nov 1994 08:49:61 GMT"],
    ["no day of the week", "06 Nov 1994 08:49:37 GMT"],
    ["something behind", "Sun, 06 Nov 1994 08:49:37 GMT; length=5"],
    ["a blank before", " Sun, 06 Nov 1994 08:49:37 GMT"],
    ["two dates", "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT"],
    ["an ISO date", "1994-11-06T08:49:37Z"],
    ["a number", "784111777"],
  ])("is not: %s", (_, text) => {
    expect(parseHttpDate(text, NOW)).toBeUndefined();
  });

  it.each([
    // [two digits, now, the year that is meant]
    ["94", "2026-11-23", 1994],
    ["26", "2026-11-23", 2026],
    ["27", "2026-11-23", 2027],
    ["75", "2026-11-23", 2075],
    ["76", "2026-11-23", 2076],
    ["77", "2026-11-23", 1977],
    ["76", "2026-01-01", 1976],
    ["10", "2080-06-01", 2110],
    ["40", "1995-06-01", 2040],
    ["00", "2000-01-01", 2000],
  ])("has the year %s, seen in %s: %d", (digits, now, year) => {
    const time = parseHttpDate(`Sunday, 06-Nov-${digits} 08:49:37 GMT`, Date.parse(now));
    expect(new Date(time!).getUTCFullYear()).toBe(year);
  });

  it("has a 29th of February in the nearest year that can be meant", () => {
    expect(parseHttpDate("Tuesday, 29-Feb-00 00:00:00 GMT", NOW)).toBe(Date.UTC(2000, 1, 29));
  });

  it("is written as IMF-fixdate, and read back without the parts of a second", () => {
    const times = fc.integer({ min: Date.parse("0001-01-01"), max: Date.parse("9999-12-31T23:59:59.999Z") });
    fc.assert(
      fc.property(times, (time) => {
        const text = formatHttpDate(time);
        expect(text).toMatch(/^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
        expect(parseHttpDate(text, NOW)).toBe(Math.floor(time / 1000) * 1000);
      }),
    );
  });

  it("in the other forms is the same time", () => {
    // Two digits say a year of the hundred around now.
    const times = fc.integer({ min: Date.parse("1980-01-01"), max: Date.parse("2070-01-01") });
    fc.assert(
      fc.property(times, (time) => {
        const seconds = Math.floor(time / 1000) * 1000;
        const [, name, day, month, year, clock] = /^(...), (..) (...) (....) (.{8}) GMT$/.exec(
          formatHttpDate(time),
        )!;
        const long = { Tue: "Tues", Wed: "Wednes", Thu: "Thurs", Sat: "Satur" }[name!] ?? name!;
        expect(parseHttpDate(`${long}day, ${day}-${month}-${year!.slice(2)} ${clock} GMT`, NOW)).toBe(
          seconds,
        );
        const padded = day!.replace(/^0/, " ");
        expect(parseHttpDate(`${name} ${month} ${padded} ${clock} ${year}`, NOW)).toBe(seconds);
      }),
    );
  });

  it("never throws, whatever it is read from", () => {
    const pieces = ["Sun", "Sunday", ",", " ", "06", "-", "Nov", "94", "1994", "08:49:37", "GMT", "\0", "é"];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces)), (parts) => {
        const time = parseHttpDate(parts.join(""), NOW);
        expect(time === undefined || Number.isFinite(time)).toBe(true);
      }),
    );
  });
});
