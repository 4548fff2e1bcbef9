import { NetworkError } from "../../error/index.js";
import { hasControl, isToken } from "../message/fields.js";
import { reasonPhrase } from "../message/status.js";

/** Where a response goes when it is sent. */
export interface ResponseSink {
  respond(response: HttpResponse, body: string | Uint8Array): void;
}

/** Fields that say where a message ends: the server's own business. */
const FRAMING_FIELDS: readonly string[] = Object.freeze([
  "connection",
  "content-length",
  "transfer-encoding",
]);

/**
 * The answer to one request. It is sent once, now or later; if the client has gone by then, sending does nothing.
 *
 * @example
 * server.get("/", (request, response) => response.header("Content-Type", "text/html").send("<h1>Hello</h1>"));
 * server.get("/time", (request, response) => response.json({ ms: clock.now() }));
 */
export class HttpResponse {
  status = 200;
  /** Set it to false and the connection is closed behind this response. */
  keepAlive = true;
  readonly #sink: ResponseSink;
  #fields = "";
  #hasType = false;
  #sent = false;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  get sent(): boolean {
    return this.#sent;
  }

  /**
   * Adds a field; one that may be repeated (Set-Cookie) can be added again.
   *
   * @throws NetworkError EINVAL if the name is no token, the value has control characters, or the field delimits the
   * message: those are the server's
   */
  header(name: string, value: string): this {
    const lower = name.toLowerCase();
    if (!isToken(name) || FRAMING_FIELDS.includes(lower))
      throw new NetworkError("EINVAL", "set header", name);
    if (hasControl(value))
      throw new NetworkError("EINVAL", "set header", name, "control character in the value");
    if (lower === "content-type") this.#hasType = true;
    this.#fields += `${name}: ${value}\r\n`;
    return this;
  }

  /**
   * Sends text (as UTF-8), bytes or nothing. Bytes are not copied and must not change any more.
   *
   * @throws NetworkError EINVAL if the response was sent already, or its status is none of 200 to 599
   */
  send(body: string | Uint8Array = ""): void {
    if (this.#sent) throw new NetworkError("EINVAL", "send response", undefined, "it was sent already");
    if (!(this.status >= 200 && this.status <= 599)) {
      throw new NetworkError("EINVAL", "send response", String(this.status), "no final status");
    }
    this.#sent = true;
    if (!this.#hasType && body !== "") {
      this.header(
        "Content-Type",
        typeof body === "string" ? "text/plain; charset=utf-8" : "application/octet-stream",
      );
    }
    this.#sink.respond(this, body);
  }

  /** Sends a value as JSON. @throws what JSON.stringify throws, on XS also for objects that were preloaded */
  json(value: unknown): void {
    const text = JSON.stringify(value) as string | undefined;
    if (!this.#hasType) this.header("Content-Type", "application/json");
    this.send(text ?? "null");
  }

  /**
   * The head as text, for whoever sends it.
   *
   * @param contentLength bytes of the body, also where the body itself is left out (HEAD)
   * @param connection value of the Connection field, undefined for none
   */
  head(contentLength: number, connection: string | undefined): string {
    // RFC 9110 §8.6: no Content-Length with 1xx and 204; with 304 it would be that of the response to a GET.
    const length = hasNoBody(this.status) ? "" : `Content-Length: ${contentLength}\r\n`;
    const option = connection === undefined ? "" : `Connection: ${connection}\r\n`;
    return `HTTP/1.1 ${this.status} ${reasonPhrase(this.status)}\r\n${this.#fields}${length}${option}\r\n`;
  }
}

/** True for the statuses that end with their head (RFC 9112 §6.3). */
export function hasNoBody(status: number): boolean {
  return status < 200 || status === 204 || status === 304;
}
