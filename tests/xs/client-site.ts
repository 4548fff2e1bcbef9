import { CookieJar, HttpUrl, ResponseParser } from "../../src/http/index.js";

/** Asked of the client's parts, and asked of themselves by whoever compares two engines. */
export interface Asked {
  readonly url: string;
  /** What a server there has answered, each byte a character. */
  readonly response: string;
  readonly method: string;
}

const BASE = HttpUrl.parse("http://user@base.example:81/x/y?q#f");
const LIMITS = Object.freeze({ head: 4096, fields: 16 });
const NOW = Date.UTC(2026, 0);

/** What the client makes of it: the URL, the response, and the cookies that it has set. */
export function answer({ url: text, response, method }: Asked): string {
  const lines: string[] = [];
  const url = HttpUrl.tryParse(text, BASE) ?? BASE;
  lines.push(url.toString(), url.authority, url.target);
  const jar = new CookieJar({ wallClock: { now: () => NOW } });
  const parser = new ResponseParser(LIMITS, {
    onInformational: ({ status }) => void lines.push(`interim ${status}`),
    onHead({ status, statusText, framing, keepAlive, fields }) {
      lines.push(`${status} ${statusText} ${framing} ${keepAlive} ${JSON.stringify([...fields])}`);
      for (const cookie of fields.getAll("set-cookie")) jar.store(url, cookie);
    },
    onBody: (bytes, start, end) => void lines.push(String(bytes.subarray(start, end))),
    onComplete: (trailers) => void lines.push(JSON.stringify([...(trailers ?? [])])),
    onFault: ({ code, detail }) => void lines.push(`${code} ${detail}`),
  });
  parser.expect(method);
  const bytes = Uint8Array.from([...response].map((character) => character.charCodeAt(0)));
  parser.push(bytes, 0, bytes.length);
  parser.end();
  lines.push(String(jar.cookiesFor(url)));
  return lines.join("\n");
}
