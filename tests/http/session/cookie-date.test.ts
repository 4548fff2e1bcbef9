import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { parseCookieDate } from "../../../src/http/index.js";

describe("the date of a cookie", () => {
  it.each([
    ["Wed, 09 Jun 2021 10:18:14 GMT", "2021-06-09T10:18:14Z"],
    ["Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"],
    ["Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06T08:49:37Z"],
    ["Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37Z"],
    ["2021 June 9 1:2:3", "2021-06-09T01:02:03Z"],
    ["10:18:14 9 jUnE 21", "2021-06-09T10:18:14Z"],
    ["1 Jan 69 0:0:0", "2069-01-01T00:00:00Z"],
    ["1 Jan 70 0:0:0", "1970-01-01T00:00:00Z"],
    ["31 Dec 99 23:59:59", "1999-12-31T23:59:59Z"],
    ["1 Jan 1601 00:00:00", "1601-01-01T00:00:00Z"],
    ["29 Feb 2024 00:00:00", "2024-02-29T00:00:00Z"],
    ["9th Junius 2021AD 10:18:14Z", "2021-06-09T10:18:14Z"],
    ["!9/Jun/2021;10:18:14.999~", "2021-06-09T10:18:14Z"],
    // Of two that could be the day the second is the year.
    ["21 09 Jun 10:18:14", "2009-06-21T10:18:14Z"],
    // And three digits are no day.
    ["009 Jun 21 10:18:14", "2009-06-21T10:18:14Z"],
  ])("%s", (text, expected) => {
    expect(parseCookieDate(text)).toBe(Date.parse(expected));
  });

  it.each([
    ["", "nothing"],
    ["09 Jun 2021", "no time"],
    ["Jun 2021 10:18:14", "no day: the year can't be one"],
    ["09 2021 10:18:14", "no month"],
    ["09 Jun 10:18:14", "no year"],
    ["09 Jun 1 10:18:14", "a year of one digit"],
    ["09 Jun 12021 10:18:14", "a year of five digits"],
    ["09 Jun 1600 10:18:14", "before the calendar"],
    ["00 Jun 2021 10:18:14", "day 0"],
    ["32 Jun 2021 10:18:14", "day 32"],
    ["31 Jun 2021 10:18:14", "a day that June does not have"],
    ["29 Feb 2023 10:18:14", "no leap year"],
    ["09 Jun 2021 24:00:00", "hour 24"],
    ["09 Jun 2021 10:60:00", "minute 60"],
    ["09 Jun 2021 10:18:60", "second 60"],
    ["09 Jun 2021 10:18", "no seconds"],
    ["09 Jun 2021 010:18:14", "three digits of hours"],
  ])("%j has %s", (text) => {
    expect(parseCookieDate(text)).toBeUndefined();
  });

  it("reads each date of HTTP", () => {
    const date = fc.date({ min: new Date("1601-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(date, (moment) => {
        expect(parseCookieDate(moment.toUTCString())).toBe(Math.floor(moment.getTime() / 1000) * 1000);
      }),
    );
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseCookieDate(text)));
  });
});
