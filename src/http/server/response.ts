import { NetworkError } from "../../error/index.js";
import { encodeUtf8, type Tcp } from "../../host/index.js";
import { hasControl, isToken } from "../message/fields.js";
import { reasonPhrase } from "../message/status.js";
import type { BodySource } from "./body-stream.js";

/** Takes a connection over. @param early bytes of the new protocol that have come already */
export type TakeConnection = (connection: Tcp, early: Uint8Array) => void;

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
  /** Bytes of a body that is written piece by piece, where they are known: becomes Content-Length. */
  length: number | undefined = undefined;
  /** There is room again, after `write` has said false. */
  onDrain: (() => void) | undefined = undefined;
  /** The client has gone before the end. */
  onClose: (() => void) | undefined = undefined;
  readonly #sink: ResponseSink;
  #fields = "";
  #sent = false;
  readonly #pieces: (string | Uint8Array)[] = [];

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** True once the head is out or on its way. */
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
    if (!isToken(name) || FRAMING_FIELDS.includes(name.toLowerCase()))
      throw new NetworkError("EINVAL", "set header", name);
    if (hasControl(value))
      throw new NetworkError("EINVAL", "set header", name, "control character in the value");
    this.#fields += `${name}: ${value}\r\n`;
    return this;
  }

  /** Sets a field in place of those with the same name. @throws NetworkError EINVAL as `header` */
  setHeader(name: string, value: string): this {
    const kept = this.#fields
      .split("\r\n")
      .filter((line) => line !== "" && !line.toLowerCase().startsWith(`${name.toLowerCase()}:`));
    this.#fields = kept.map((line) => `${line}\r\n`).join("");
    return this.header(name, value);
  }

  /** A field's value, the first one if it was added several times; undefined if there is none. */
  getHeader(name: string): string | undefined {
    const start = `${name.toLowerCase()}: `;
    const line = this.#fields.split("\r\n").find((each) => each.toLowerCase().startsWith(start));
    return line?.slice(line.indexOf(":") + 2);
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
    if (body !== "" && this.getHeader("Content-Type") === undefined) {
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
    if (this.getHeader("Content-Type") === undefined) this.header("Content-Type", "application/json");
    this.send(text ?? "null");
  }

  /** Sends the client elsewhere. @param location an absolute URL, or a reference relative to the request's */
  redirect(location: string, status = 302): void {
    this.status = status;
    this.setHeader("Location", location).send();
  }

  /** Sends an error as application/problem+json (RFC 9457). @param members more of what is known about it */
  problem(status: number, detail?: string, members?: Readonly<Record<string, unknown>>): void {
    this.status = status;
    this.setHeader("Content-Type", "application/problem+json");
    this.json({ title: reasonPhrase(status), status, detail, ...members });
  }

  /**
   * Sends a piece of the body, and the head before the first: with `length` as its Content-Length, else in chunks; to an
   * HTTP/1.0 client until the connection is closed. Bytes are not copied and must not change any more.
   *
   * @returns false if more than the high-water mark waits: `onDrain` is called when it does no more
   */
  write(data: string | Uint8Array): boolean {
    this.#pieces.push(data);
    return true;
  }

  /** Ends a body that was written piece by piece. @param trailers fields behind it, where it goes in chunks */
  end(trailers?: Readonly<Record<string, string>>): void {
    void trailers;
    const pieces = this.#pieces.map((piece) => (typeof piece === "string" ? encodeUtf8(piece) : piece));
    const body = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      body.set(piece, at);
      at += piece.length;
    }
    this.send(body);
  }

  /** Sends a body as the socket has room for it: never more than one piece is in memory. */
  sendFrom(source: BodySource): void {
    const buffer = new Uint8Array(1024);
    for (let count = source.read(buffer); count > 0; count = source.read(buffer))
      this.write(buffer.slice(0, count));
    source.close?.();
    this.end();
  }

  /** Goes over to a protocol that the client has offered in `request.upgrade`: answers 101 (RFC 9110 §7.8). */
  upgrade(protocol: string, take: TakeConnection): void {
    void take;
    throw new NetworkError("ENOTSUP", "upgrade", protocol);
  }

  /** Answers CONNECT with 200, and hands the connection over (RFC 9110 §9.3.6). */
  tunnel(take: TakeConnection): void {
    void take;
    throw new NetworkError("ENOTSUP", "tunnel");
  }

  /** Sends a head before the final one, like 103; an HTTP/1.0 client gets none. @param status 102 to 199 */
  informational(status: number, fields: Readonly<Record<string, string>> = {}): void {
    void fields;
    throw new NetworkError("ENOTSUP", "send response", String(status));
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
