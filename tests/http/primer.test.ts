import { describe, expect, it } from "@jest/globals";
import { reasonPhrase, type HttpRequest } from "../../src/http/index.js";
import { Dialogue, parts } from "./dialogue.js";

/** What a first page about HTTP shows, byte for byte. */
describe("the primer's request", () => {
  const MESSAGE =
    "GET /item/5/ HTTP/1.1\r\n" +
    "Host: www.example.com\r\n" +
    "X-Custom-Header: value\r\n" +
    "Content-Length: 4\r\n" +
    "\r\n" +
    "test";

  it("is served, and its body delivered", () => {
    const dialogue = new Dialogue();
    const seen: HttpRequest[] = [];
    dialogue.server.get("/item/<int:id>/", (request, response) => {
      seen.push(request);
      response.send(`item ${request.params.id + 1}`);
    });
    dialogue.server.start();
    const { client, answer } = dialogue.ask(MESSAGE);
    expect(parts(answer)).toMatchObject({ status: 200, body: "item 6" });
    const [request] = seen;
    expect(request).toMatchObject({
      method: "GET",
      path: "/item/5/",
      host: "www.example.com",
      params: { id: 5 },
    });
    expect(request!.header("X-Custom-Header")).toBe("value");
    expect(request!.text()).toBe("test");
    expect(parts(dialogue.say(client, MESSAGE)).status).toBe(200);
  });
});

/** IANA's registry of HTTP status codes, without 306 and 418, which it calls unused. */
const REGISTERED = [
  [100, "Continue"],
  [101, "Switching Protocols"],
  [102, "Processing"],
  [103, "Early Hints"],
  [200, "OK"],
  [201, "Created"],
  [202, "Accepted"],
  [203, "Non-Authoritative Information"],
  [204, "No Content"],
  [205, "Reset Content"],
  [206, "Partial Content"],
  [207, "Multi-Status"],
  [208, "Already Reported"],
  [226, "IM Used"],
  [300, "Multiple Choices"],
  [301, "Moved Permanently"],
  [302, "Found"],
  [303, "See Other"],
  [304, "Not Modified"],
  [305, "Use Proxy"],
  [307, "Temporary Redirect"],
  [308, "Permanent Redirect"],
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [402, "Payment Required"],
  [403, "Forbidden"],
  [404, "Not Found"],
  [405, "Method Not Allowed"],
  [406, "Not Acceptable"],
  [407, "Proxy Authentication Required"],
  [408, "Request Timeout"],
  [409, "Conflict"],
  [410, "Gone"],
  [411, "Length Required"],
  [412, "Precondition Failed"],
  [413, "Content Too Large"],
  [414, "URI Too Long"],
  [415, "Unsupported Media Type"],
  [416, "Range Not Satisfiable"],
  [417, "Expectation Failed"],
  [421, "Misdirected Request"],
  [422, "Unprocessable Content"],
  [423, "Locked"],
  [424, "Failed Dependency"],
  [425, "Too Early"],
  [426, "Upgrade Required"],
  [428, "Precondition Required"],
  [429, "Too Many Requests"],
  [431, "Request Header Fields Too Large"],
  [451, "Unavailable For Legal Reasons"],
  [500, "Internal Server Error"],
  [501, "Not Implemented"],
  [502, "Bad Gateway"],
  [503, "Service Unavailable"],
  [504, "Gateway Timeout"],
  [505, "HTTP Version Not Supported"],
  [506, "Variant Also Negotiates"],
  [507, "Insufficient Storage"],
  [508, "Loop Detected"],
  [510, "Not Extended"],
  [511, "Network Authentication Required"],
] as const;

describe("a reason phrase", () => {
  it.each(REGISTERED)("of %i is %s", (status, phrase) => {
    expect(reasonPhrase(status)).toBe(phrase);
  });

  it("is empty for a status that is not registered", () => {
    expect(reasonPhrase(299)).toBe("");
  });
});
