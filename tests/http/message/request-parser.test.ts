import { describe, expect, it } from "@jest/globals";
import { DEVICE_LIMITS, RequestParser, type HttpLimits } from "../../../src/http/index.js";
import { parse, parseAll, Recorder } from "./parse.js";
import { ACCEPTED, chunked, get, latin1, post, REFUSED } from "./requests.js";

/** How many of a long request's bytes are looked at from both its ends. */
const NEAR = 300;

describe("a request", () => {
  it.each(ACCEPTED)("is accepted: %s", (_, request, expected) => {
    expect(parse(latin1(request))).toMatchObject(expected);
  });

  it.each(REFUSED)("is refused: %s", (_, request, status) => {
    expect(parse(latin1(request))).toMatchObject({ state: "refused", status });
  });

  const all = [...ACCEPTED, ...REFUSED].map(([name, request]) => [name, latin1(request)] as const);

  it.each(all)("means the same wherever it is cut: %s", (_, bytes) => {
    const whole = parse(bytes);
    for (const cut of bytes.keys()) {
      if (cut < NEAR || cut > bytes.length - NEAR) expect(parse(bytes, [cut])).toEqual(whole);
    }
    expect(parse(bytes, [...bytes.keys()])).toEqual(whole);
  });

  const complete = ACCEPTED.filter(([, request]) => parse(latin1(request)).rest === 0);

  it.each(complete)("is followed by the next, or by one that is refused: %s", (_, request, expected) => {
    const meaning = Object.fromEntries(Object.entries(expected).filter(([key]) => key !== "rest"));
    const bytes = latin1(`${request}${get("", "GET /next HTTP/1.1")}${request}GET /\r\n${request}`);
    const found = parseAll(bytes);
    expect(found).toMatchObject([meaning, { path: "/next" }, meaning, { state: "refused", status: 400 }]);
    expect(parseAll(bytes, [...bytes.keys()])).toEqual(found);
  });

  it("keeps to the limits exactly", () => {
    const limits: HttpLimits = { ...DEVICE_LIMITS, requestLine: 30, head: 100, fields: 2, body: 5 };
    const ofLine = (length: number): string => get("", `GET /${"a".repeat(length - 14)} HTTP/1.1`);
    expect(parse(latin1(ofLine(30)), [], limits)).toMatchObject({ state: "complete" });
    expect(parse(latin1(ofLine(31)), [], limits)).toMatchObject({ status: 414 });
    const ofHead = (length: number): string => get(`X: ${"a".repeat(length - 32)}\r\n`);
    expect(ofHead(100)).toHaveLength(100);
    expect(parse(latin1(ofHead(100)), [], limits)).toMatchObject({ state: "complete" });
    expect(parse(latin1(ofHead(101)), [], limits)).toMatchObject({ status: 431 });
    expect(parse(latin1(get("A: b\r\n")), [], limits)).toMatchObject({ state: "complete" });
    expect(parse(latin1(get("A: b\r\nC: d\r\n")), [], limits)).toMatchObject({ status: 431 });
    expect(parse(latin1(post("Content-Length: 5\r\n", "12345")), [], limits)).toMatchObject({
      body: "12345",
    });
    expect(parse(latin1(post("Content-Length: 6\r\n", "123456")), [], limits)).toMatchObject({ status: 413 });
    expect(parse(latin1(chunked("2\r\n12\r\n3\r\n345\r\n0\r\n\r\n")), [], limits)).toMatchObject({
      body: "12345",
    });
    expect(parse(latin1(chunked("2\r\n12\r\n4\r\n3456\r\n0\r\n\r\n")), [], limits)).toMatchObject({
      status: 413,
    });
  });

  it("of more body than the connection allows is refused when its head has come", () => {
    const seen: string[] = [];
    const parser: RequestParser = new RequestParser(DEVICE_LIMITS, {
      onHead: () => (parser.bodyLimit = 2),
      onBody: (_, start, end) => seen.push(`${end - start} bytes`),
      onComplete: () => seen.push("complete"),
      onRefusal: ({ status }) => seen.push(String(status)),
    });
    for (const [request, events] of [
      [post("Content-Length: 3\r\n", "abc"), ["413"]],
      [post("Content-Length: 2\r\n", "ab"), ["2 bytes", "complete"]],
      [chunked("1\r\na\r\n2\r\n"), ["1 bytes", "413"]],
    ] as const) {
      const bytes = latin1(request);
      parser.push(bytes, 0, bytes.length);
      expect(seen.splice(0)).toEqual(events);
      parser.reset();
      expect(parser.bodyLimit).toBe(DEVICE_LIMITS.body);
    }
  });

  it.each([
    ["Content-Length", post("Content-Length: 3\r\n", "abcG"), ["head", "abc", "complete"]],
    ["chunked", chunked("1\r\na\r\n2\r\nbc\r\n0\r\n\r\nG"), ["head", "a", "bc", "complete"]],
  ])("is held behind each event that asks for it: %s", (_, request, events) => {
    const bytes = latin1(request);
    const seen: string[] = [];
    const parser: RequestParser = new RequestParser(DEVICE_LIMITS, {
      onHead: () => (seen.push("head"), parser.hold()),
      onBody: (piece, start, end) => (
        seen.push(Buffer.from(piece.subarray(start, end)).toString()),
        parser.hold()
      ),
      onComplete: () => seen.push("complete"),
      onRefusal: () => undefined,
    });
    let at = parser.push(bytes, 0, bytes.length);
    expect(seen).toEqual(["head"]);
    expect(at).toBe(request.indexOf("\r\n\r\n") + 4);
    for (let count = 2; parser.state === "body"; count++) {
      at = parser.push(bytes, at, bytes.length);
      if (parser.state === "body") expect(seen).toHaveLength(count);
    }
    expect(seen).toEqual(events);
    expect(at).toBe(bytes.length - 1);
  });

  it("leaves the parser as new when it is reset", () => {
    const events = new Recorder();
    const parser = new RequestParser(DEVICE_LIMITS, events);
    for (const begun of ["", "\r\n", "GET /", get("X"), post("Content-Length: 3\r\n", "a"), chunked("1;a")]) {
      const bytes = latin1(begun);
      parser.push(bytes, 0, bytes.length);
      parser.reset();
      events.head = undefined;
      expect([parser.state, parser.idle]).toEqual(["head", true]);
    }
    const bytes = latin1(`\r\n${get()}`);
    expect(parser.push(bytes, 0, bytes.length)).toBe(bytes.length);
    expect(parser.state).toBe("complete");
  });

  it("is decoded by the host, where it can", () => {
    const decoded: number[] = [];
    const events = new Recorder();
    const parser = new RequestParser(DEVICE_LIMITS, events, (bytes, start, end) => {
      decoded.push(end - start);
      return Buffer.from(bytes).toString("latin1", start, end);
    });
    const bytes = latin1(post(`X: ${"a".repeat(1100)}\r\nContent-Length: 2\r\n`, "\xe4!"));
    parser.push(bytes, 0, bytes.length);
    expect(events.body).toBe("\xe4!");
    expect(decoded).toEqual([1024, bytes.length - 1024]);
  });
});
