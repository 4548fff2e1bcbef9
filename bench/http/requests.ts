/** A request as a real client sends it. */
export interface TypicalRequest {
  readonly name: string;
  readonly title: string;
  readonly bytes: Buffer;
}

const request = (name: string, title: string, lines: readonly string[], body = ""): TypicalRequest =>
  Object.freeze({ name, title, bytes: Buffer.from(`${lines.join("\r\n")}\r\n\r\n${body}`, "latin1") });

const JSON_BODY = JSON.stringify({ name: "lamp", on: true, brightness: 80, schedule: ["07:00", "22:30"] });
const CHUNK = "0123456789abcdef".repeat(64);

/** What servers get, from the smallest to one with a body in pieces. */
export const TYPICAL_REQUESTS: readonly TypicalRequest[] = Object.freeze([
  request("curl", "curl's GET", [
    "GET /api/status HTTP/1.1",
    "Host: 192.168.1.17",
    "User-Agent: curl/7.88.1",
    "Accept: */*",
  ]),
  request("browser", "Chrome's GET of a page", [
    "GET /devices/lamp?room=kitchen HTTP/1.1",
    "Host: 192.168.1.17",
    "Connection: keep-alive",
    "Cache-Control: max-age=0",
    "Upgrade-Insecure-Requests: 1",
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
    "Referer: http://192.168.1.17/",
    "Accept-Encoding: gzip, deflate",
    "Accept-Language: en-US,en;q=0.9,de;q=0.8",
    "Cookie: session=0f8fad5bd9cb469fa165706; theme=dark",
  ]),
  request(
    "post",
    "a POST of JSON with Content-Length",
    [
      "POST /api/lamp HTTP/1.1",
      "Host: 192.168.1.17",
      "Accept: application/json",
      "Content-Type: application/json",
      `Content-Length: ${JSON_BODY.length}`,
      "Authorization: Bearer 2YotnFZFEjr1zCsicMWpAA",
      "Accept-Language: *",
      "Sec-Fetch-Mode: cors",
      "User-Agent: node",
      "Accept-Encoding: gzip, deflate",
    ],
    JSON_BODY,
  ),
  request(
    "chunked",
    "a POST of four chunks of 1 KiB",
    [
      "POST /upload HTTP/1.1",
      "Host: 192.168.1.17",
      "User-Agent: curl/7.88.1",
      "Accept: */*",
      "Transfer-Encoding: chunked",
      "Content-Type: application/octet-stream",
    ],
    `${`400\r\n${CHUNK}\r\n`.repeat(4)}0\r\n\r\n`,
  ),
]);
