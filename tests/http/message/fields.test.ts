import { describe, expect, it } from "@jest/globals";
import { DEVICE_LIMITS, RequestParser } from "../../../src/http/index.js";
import { Recorder } from "./parse.js";
import { get, latin1 } from "./requests.js";

describe("fields", () => {
  it("are given back as they were sent", () => {
    const events = new Recorder();
    const parser = new RequestParser(DEVICE_LIMITS, events);
    const bytes = latin1(get("X-One:  a b\t\r\nx-TWO: \r\nX-One: c\r\nX-Nbsp: \xa0a\xc3\xa0 \r\n"));
    parser.push(bytes, 0, bytes.length);
    const fields = events.head!.fields;
    expect(["x-one", "x-two", "x-on", "x-three", "x-nbsp"].map((name) => fields.get(name))).toEqual([
      "a b, c",
      "",
      undefined,
      undefined,
      "\xa0a\xc3\xa0",
    ]);
  });

  it("are given back one by one", () => {
    const events = new Recorder();
    const bytes = latin1(get("Cookie: a=b\r\ncookie:\r\n"));
    new RequestParser(DEVICE_LIMITS, events).push(bytes, 0, bytes.length);
    const fields = events.head!.fields;
    expect([...fields]).toEqual([
      ["Host", "a"],
      ["Cookie", "a=b"],
      ["cookie", ""],
    ]);
    expect(fields.getAll("cookie")).toEqual(["a=b", ""]);
    expect([fields.has("cookie"), fields.has("cook")]).toEqual([true, false]);
  });
});
