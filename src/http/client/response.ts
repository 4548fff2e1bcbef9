import { NetworkError } from "../../error/index.js";
import { decodeUtf8 } from "../../host/index.js";
import type { Fields } from "../message/fields.js";
import { BodyChunks } from "../message/body-chunks.js";
import type { BodyReader } from "../message/body-stream.js";
import { charsetOf, latin1Text } from "../message/charset.js";
import type { ResponseBody } from "./response-body.js";
import type { ResponseHead } from "./response-head.js";

/** A response: its head is here, its body comes as it is read. */
export class HttpClientResponse {
  /** Of the page that answered: the last one, if there were redirects. */
  readonly url: string;
  /** True if the request was led somewhere else. */
  readonly redirected: boolean;
  readonly #head: ResponseHead;
  readonly #body: ResponseBody;
  readonly #method: string;
  readonly #bodyLimit: number;

  /** @param bodyLimit bytes that `bytes`, `text` and `json` hold */
  constructor(
    head: ResponseHead,
    body: ResponseBody,
    about: { method: string; url: string; redirected: boolean },
    bodyLimit: number,
  ) {
    this.#head = head;
    this.#body = body;
    this.#method = about.method;
    this.url = about.url;
    this.redirected = about.redirected;
    this.#bodyLimit = bodyLimit;
  }

  get status(): number {
    return this.#head.status;
  }

  /** What the server says of the status in words; it may be empty. */
  get statusText(): string {
    return this.#head.statusText;
  }

  /** True for the statuses 200 to 299. */
  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get httpVersion(): "1.0" | "1.1" {
    return this.#head.minorVersion === 0 ? "1.0" : "1.1";
  }

  get fields(): Fields {
    return this.#head.fields;
  }

  /** A field's value, undefined if there is none; values of a repeated one are joined by ", ". */
  header(name: string): string | undefined {
    return this.#head.fields.get(name.toLowerCase());
  }

  /** Bytes that the body is to have; undefined if the server does not say. */
  get contentLength(): number | undefined {
    const { framing } = this.#head;
    return typeof framing === "number" ? framing : undefined;
  }

  /** What came behind the last chunk of the body, once that was read; undefined if there was nothing. */
  get trailers(): Fields | undefined {
    return this.#body.trailers;
  }

  /** True once somebody has begun to read the body. */
  get bodyUsed(): boolean {
    return this.#body.isUsed;
  }

  /**
   * The body piece by piece, for `for await`. Between pieces a few KiB are read ahead, no more; leaving the loop early ends the
   * connection. Rejects as `bytes`, but for a limit.
   */
  get body(): AsyncIterable<Uint8Array> {
    return new ResponseChunks(this);
  }

  /**
   * The body piece by piece, by callbacks: no promise is made for each, which saves a device memory.
   *
   * @throws NetworkError EALREADY if it is being read
   */
  readBody(reader: BodyReader): void {
    this.use();
    this.#body.read(reader);
  }

  /** Stops the calls of a reader's `onData`, until `resume`: while it is paused, little is read from the socket. */
  pause(): void {
    this.#body.pause();
  }

  resume(): void {
    this.#body.resume();
  }

  /**
   * The whole body.
   *
   * @returns a promise, rejected with NetworkError EMSGSIZE for a body beyond the limit, ECONNABORTED or ECONNRESET for one that
   * was cut short, EPROTO for a malformed one, ETIMEDOUT, ECANCELED, and EALREADY if it is being read
   */
  async bytes(): Promise<Uint8Array> {
    this.use();
    const tooLong = (): NetworkError =>
      this.error("EMSGSIZE", `a body of more than ${this.#bodyLimit} bytes`);
    if ((this.contentLength ?? 0) > this.#bodyLimit) this.#body.cancel(tooLong());
    return this.#body.collect(this.#bodyLimit, tooLong);
  }

  /**
   * The body as text, by the charset that its type names, else UTF-8; U+FFFD stands for what is no character.
   *
   * @returns a promise, rejected as that of `bytes`, and with ENOTSUP for a charset other than utf-8, us-ascii and iso-8859-1
   */
  async text(): Promise<string> {
    const bytes = await this.bytes();
    const charset = charsetOf(this.header("content-type"));
    switch (charset) {
      case "utf-8":
      case "utf8":
        return decodeUtf8(bytes, "lossy");
      case "us-ascii":
      case "ascii":
      case "iso-8859-1":
      case "latin1":
        return latin1Text(bytes);
      default:
        throw this.error("ENOTSUP", `text in the charset ${charset}`);
    }
  }

  /** The body as JSON. @returns a promise, rejected as that of `bytes`, and with EPROTO if it is none */
  async json<T = unknown>(): Promise<T> {
    const text = decodeUtf8(await this.bytes(), "lossy");
    try {
      return JSON.parse(text) as T;
    } catch (error) {
      throw this.error("EPROTO", `its body is no JSON: ${(error as Error).message}`);
    }
  }

  /** Nobody wants the rest of the body: its connection is ended, unless all has come. Whoever reads gets ECANCELED. */
  cancel(): void {
    this.#body.cancel(this.error("ECANCELED", undefined));
  }

  /** @throws NetworkError EALREADY */
  private use(): void {
    if (this.#body.isUsed) throw this.error("EALREADY", "its body is being read");
  }

  private error(code: NetworkError["code"], detail: string | undefined): NetworkError {
    return new NetworkError(code, this.#method, this.url, detail);
  }
}

/** Leaving a loop over it early means that the rest is not wanted: it may have no end. */
class ResponseChunks extends BodyChunks {
  readonly #response: HttpClientResponse;

  constructor(response: HttpClientResponse) {
    super(response);
    this.#response = response;
  }

  override return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#response.cancel();
    return super.return();
  }
}
