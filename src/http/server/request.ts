import type { Fields } from "../message/fields.js";
import type { RequestHead } from "../message/request-head.js";
import { BodyChunks } from "../message/body-chunks.js";
import type { BodyReader } from "../message/body-stream.js";
import { decodeBody } from "./decode-body.js";
import { HttpError } from "./http-error.js";

/** What a request needs of the connection it came on. */
export interface RequestSource {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly secure: boolean;
  /** @throws NetworkError EINVAL if the body is read already */
  readBody(request: HttpRequest, reader: BodyReader): void;
  /** Says whether a body that is streamed may go on coming. */
  setPaused(request: HttpRequest, paused: boolean): void;
}

const NOTHING = new Uint8Array(0);

/**
 * A request, as a handler gets it.
 *
 * @typeParam Params what the route's path says, by name
 */
export class HttpRequest<Params extends object = object> {
  /** What the route's path says, by name. */
  readonly params: Params;
  /** The whole body; empty if there is none, or the route streams it. */
  body: Uint8Array = NOTHING;
  /** What stood behind the body's last chunk, once that has come; undefined if there was nothing. */
  trailers: Fields | undefined = undefined;
  /** The client has gone before its answer was out. */
  onClose: (() => void) | undefined = undefined;
  readonly #head: RequestHead;
  readonly #source: RequestSource;
  #state: Record<string, unknown> | undefined;

  constructor(head: RequestHead, params: Params, source: RequestSource) {
    this.#head = head;
    this.params = params;
    this.#source = source;
  }

  get method(): string {
    return this.#head.method;
  }

  /** As it stands in the request line. */
  get rawTarget(): string {
    return this.#head.rawTarget;
  }

  /** "/api/status": the target without its query, percent-encoding left as it is. */
  get path(): string {
    return this.#head.target.path;
  }

  /** What follows "?"; undefined if there is none. */
  get query(): string | undefined {
    return this.#head.target.query;
  }

  /** Whom the client means: from the target, else from the Host field (RFC 9112 §3.2.2). */
  get host(): string | undefined {
    return this.#head.target.authority ?? this.#head.fields.get("host");
  }

  get httpVersion(): "1.0" | "1.1" {
    return this.#head.minorVersion === 0 ? "1.0" : "1.1";
  }

  get fields(): Fields {
    return this.#head.fields;
  }

  /** The protocols that the client would go over to, as it names them (RFC 9110 §7.8); undefined if none. */
  get upgrade(): string | undefined {
    return this.#head.upgrade;
  }

  /** The client's IP address, where the platform knows it. */
  get remoteAddress(): string | undefined {
    return this.#source.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.#source.remotePort;
  }

  /** True if it came over TLS. */
  get secure(): boolean {
    return this.#source.secure;
  }

  /** What middleware leaves for those behind it. */
  get state(): Record<string, unknown> {
    this.#state ??= {};
    return this.#state;
  }

  /** A field's value, undefined if there is none; values of a repeated one are joined by ", ". */
  header(name: string): string | undefined {
    return this.#head.fields.get(name.toLowerCase());
  }

  /** The body as text. @throws HttpError 415 for an unknown charset, 400 for bytes that are not of the charset */
  text(): string {
    return decodeBody(this.body, this.header("content-type"));
  }

  /** The value that the body describes. @throws HttpError 415 if its type is not JSON's, 400 if it is malformed */
  json<T = unknown>(): T {
    const type = this.#head.fields.getLower("content-type")?.split(";")[0]!.trim() ?? "application/json";
    if (type !== "application/json" && !type.endsWith("+json"))
      throw new HttpError(415, "a body that is not JSON");
    const text = this.text();
    try {
      return JSON.parse(text) as T;
    } catch {
      throw new HttpError(400, "malformed JSON");
    }
  }

  /**
   * Has the body delivered as it arrives, on routes with `{ body: "stream" }`; on others it comes as a whole. A client that
   * waits for it is told "100 Continue" now (RFC 9110 §10.1.1). Once the client has gone, or has its answer, the reader is
   * told ECONNABORTED at once.
   *
   * @throws NetworkError EINVAL if it is read already
   */
  readBody(reader: BodyReader): void {
    this.#source.readBody(this, reader);
  }

  /** The same for an async handler: pieces to keep, each taken from the socket when it is asked for. */
  chunks(): AsyncIterable<Uint8Array> {
    return new BodyChunks(this);
  }

  /** Nothing more is read from the socket until `resume`, so that TCP slows the client down. */
  pause(): void {
    this.#source.setPaused(this, true);
  }

  resume(): void {
    this.#source.setPaused(this, false);
  }
}
