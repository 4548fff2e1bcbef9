import { NetworkError } from "../../error/index.js";
import type { Tcp } from "../../host/index.js";
import { isFieldValue, isToken } from "../message/fields.js";
import { reasonPhrase } from "../message/status.js";
import type { BodySource } from "../message/body-stream.js";
import type { BodyWriter } from "./body-writer.js";

/** Takes a connection over. @param early bytes of the new protocol that have come already */
export type TakeConnection = (connection: Tcp, early: Uint8Array) => void;

/** Where a response goes. What comes from one that is awaited no more is dropped. */
export interface ResponseSink {
  /** Sends the head, and the whole body behind it. */
  respond(response: HttpResponse, body: string | Uint8Array): void;
  /** Sends the head of a response whose body goes piece by piece. @returns undefined if it is awaited no more */
  begin(response: HttpResponse): BodyWriter | undefined;
  /** Sends a head that is not the final one. */
  inform(response: HttpResponse, head: string): void;
  /** Sends the head, and gives the connection away behind it. @throws NetworkError EINVAL if the client has not asked for it */
  handOver(response: HttpResponse, take: TakeConnection): void;
  encode(text: string): Uint8Array;
  /** Lines of fields, each character a byte. */
  encodeFields(lines: string): Uint8Array;
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
  /** The fields as lines, each with its line end. */
  #fields = "";
  #isTyped = false;
  #sent = false;
  #ended = false;
  #writer: BodyWriter | undefined;

  constructor(sink: ResponseSink) {
    this.#sink = sink;
  }

  /** True once the head is out or on its way. */
  get sent(): boolean {
    return this.#sent;
  }

  /** The fields that were set, as the lines of a head. */
  get fieldLines(): string {
    return this.#fields;
  }

  /**
   * Adds a field; one that may be repeated (Set-Cookie) can be added again.
   *
   * @throws NetworkError EINVAL if the name is no token, the value has controls or characters beyond U+00FF (each is sent as a byte), or the field delimits the
   * message: those are the server's
   */
  header(name: string, value: string): this {
    const lower = name.toLowerCase();
    this.#fields += fieldLine(name, value, lower);
    if (lower === "content-type") this.#isTyped = true;
    return this;
  }

  /** Sets a field in place of those with the same name. @throws NetworkError EINVAL as `header` */
  setHeader(name: string, value: string): this {
    const start = `${name.toLowerCase()}:`;
    const lines = this.#fields.split("\r\n").filter((line) => !line.toLowerCase().startsWith(start));
    this.#fields = lines.join("\r\n");
    return this.header(name, value);
  }

  /** A field's value, the first one if it was added several times; undefined if there is none. */
  getHeader(name: string): string | undefined {
    const start = `${name.toLowerCase()}:`;
    const line = this.#fields.split("\r\n").find((each) => each.toLowerCase().startsWith(start));
    return line?.slice(line.indexOf(":") + 2);
  }

  /**
   * Sends text (as UTF-8), bytes or nothing. Bytes are not copied and must not change any more.
   *
   * @throws NetworkError EINVAL if the response was sent already, or its status is none of 200 to 599
   */
  send(body: string | Uint8Array = ""): void {
    if (body !== "" && !this.#isTyped) {
      this.#fields +=
        typeof body === "string"
          ? "Content-Type: text/plain; charset=utf-8\r\n"
          : "Content-Type: application/octet-stream\r\n";
    }
    this.start();
    this.#ended = true;
    this.#sink.respond(this, body);
  }

  /** Sends a value as JSON. @throws what JSON.stringify throws, on XS also for objects that were preloaded */
  json(value: unknown): void {
    const text = JSON.stringify(value) as string | undefined;
    if (!this.#isTyped) {
      this.#isTyped = true;
      this.#fields += "Content-Type: application/json\r\n";
    }
    this.send(text ?? "null");
  }

  /**
   * Sends the client elsewhere.
   *
   * @param location an absolute URL, or a reference relative to the request's; beyond ASCII it is percent-encoded
   */
  redirect(location: string, status = 302): void {
    this.status = status;
    // Not a constant of the module: it would be frozen on devices, and has to note where it is.
    const encoded = location.replace(/[\u{80}-\u{10ffff}]+/gu, encodeURIComponent);
    this.setHeader("Location", encoded).send();
  }

  /** Sends an error as application/problem+json (RFC 9457). @param members more of what is known about it */
  problem(status: number, detail?: string, members?: Readonly<Record<string, unknown>>): void {
    this.status = status;
    this.setHeader("Content-Type", "application/problem+json");
    this.json({ title: reasonPhrase(status), status, detail, ...members });
  }

  /**
   * Sends a piece of the body, and the head before the first: with `length` as its Content-Length, else in chunks; to an
   * HTTP/1.0 client until the connection is closed. An empty piece sends the head. Bytes are not copied and must not change
   * any more. If they are more than `length` says, the connection is broken off.
   *
   * @returns false if more than the high-water mark waits: `onDrain` is called when it does no more
   * @throws NetworkError EINVAL if the response has ended, or its status is none of 200 to 599
   */
  write(data: string | Uint8Array): boolean {
    this.begin("write response");
    return this.#writer?.write(typeof data === "string" ? this.#sink.encode(data) : data) ?? false;
  }

  /**
   * Ends a body that was written piece by piece. If that was less than `length` says, the connection is broken off.
   *
   * @param trailers fields behind the body, where it goes in chunks; else they are left out
   * @throws NetworkError EINVAL for trailers as `header`
   */
  end(trailers: Readonly<Record<string, string>> = {}): void {
    let lines = "";
    for (const name of Object.keys(trailers)) lines += fieldLine(name, trailers[name]!);
    this.begin("end response");
    this.#ended = true;
    this.#writer?.end(this.#sink.encodeFields(lines));
  }

  /**
   * Sends a body as the socket has room for it: never more than one piece of it is in memory. A source that throws, or has less
   * than its length says, breaks the connection off.
   *
   * @throws NetworkError EINVAL as `write`
   */
  sendFrom(source: BodySource): void {
    this.length ??= source.length;
    this.begin("send response");
    this.#ended = true;
    if (this.#writer === undefined) source.close?.();
    else this.#writer.sendFrom(source);
  }

  /**
   * Goes over to a protocol that the client has offered in `request.upgrade`: answers 101 (RFC 9110 §7.8).
   *
   * @param take called when the answer is out; it has to wrap the socket at once: `new io.TCP({ from: connection, … })`
   * @throws NetworkError EINVAL if the client has offered none, or the response was sent already
   */
  upgrade(protocol: string, take: TakeConnection): void {
    this.setHeader("Upgrade", protocol);
    this.status = 101;
    this.handOver(take);
  }

  /**
   * Answers CONNECT with 200, and hands the connection over (RFC 9110 §9.3.6).
   *
   * @param take as for `upgrade`
   * @throws NetworkError EINVAL if the request is not CONNECT, or the response was sent already
   */
  tunnel(take: TakeConnection): void {
    this.status = 200;
    this.handOver(take);
  }

  /**
   * Sends a head before the final one, like 103; an HTTP/1.0 client gets none.
   *
   * @param status 102 to 199
   * @throws NetworkError EINVAL for another status, for fields as `header`, or if the response was sent already
   */
  informational(status: number, fields: Readonly<Record<string, string>> = {}): void {
    if (this.#sent || !(status >= 102 && status <= 199))
      throw new NetworkError("EINVAL", "send informational response", String(status));
    let head = `HTTP/1.1 ${status} ${reasonPhrase(status)}\r\n`;
    for (const name of Object.keys(fields)) head += fieldLine(name, fields[name]!);
    this.#sink.inform(this, `${head}\r\n`);
  }

  private handOver(take: TakeConnection): void {
    if (this.#sent)
      throw new NetworkError("EINVAL", "hand connection over", undefined, "a response was sent");
    this.#sink.handOver(this, take);
    this.#sent = true;
    this.#ended = true;
  }

  private begin(operation: string): void {
    if (this.#ended) throw new NetworkError("EINVAL", operation, undefined, "it has ended");
    if (this.#sent) return;
    this.start();
    this.#writer = this.#sink.begin(this);
  }

  private start(): void {
    if (this.#sent) throw new NetworkError("EINVAL", "send response", undefined, "it was sent already");
    if (!(this.status >= 200 && this.status <= 599))
      throw new NetworkError("EINVAL", "send response", String(this.status), "no final status");
    this.#sent = true;
  }
}

/** @throws NetworkError EINVAL if the name is no token or of a framing field, or the value has controls or characters beyond U+00FF */
function fieldLine(name: string, value: string, lower = name.toLowerCase()): string {
  if (!isToken(name) || FRAMING_FIELDS.includes(lower)) throw new NetworkError("EINVAL", "set header", name);
  if (!isFieldValue(value))
    throw new NetworkError("EINVAL", "set header", name, "its value has a character that is not to be sent");
  return `${name}: ${value}\r\n`;
}
