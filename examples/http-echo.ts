// HTTP echo: a server that sends the body of each request back.
//
// What there is to learn: a request is a method, a path, fields and perhaps a body; an answer is a status, fields and perhaps a
// body. A body is read as it arrives and written as there is room: a long one never stands in memory as a whole. And when to
// begin an answer is a question of its own: with its first byte the status is out, and cannot be taken back.
import {
  HttpError,
  cookiesOf,
  type BodyReader,
  type HttpRequest,
  type HttpResponse,
  type Middleware,
} from "wirelet/http";

export interface EchoLimits {
  /** Bytes of the longest body. */
  readonly body: number;
  /**
   * Bytes of a body that are gathered before the answer begins. A request that turns out to be malformed within them is
   * answered 400; behind them all that can be done is to break off.
   */
  readonly gathered: number;
  /**
   * Bytes of an answer that may wait for a client that sends on without reading. With less than what such a client sends,
   * both would wait for each other.
   */
  readonly waiting: number;
}

/** For a device, whose memory is small. */
export const DEVICE_ECHO: EchoLimits = Object.freeze({ body: 2 ** 20, gathered: 1024, waiting: 4096 });

/** What any page of this server can be asked with; TRACE and CONNECT are not a page's business. */
const ALLOWED = "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS";

/**
 * Answers every request with its own body and content type, whatever its method and path, pages that do not exist included.
 * `/cookie` is answered with the cookies, `/echo` without a body with the fields, a line each.
 *
 * @example
 * server.use(echo());
 */
export function echo(limits = DEVICE_ECHO): Middleware {
  return (request, response) => {
    const { method, path } = request;
    const isForPages = method !== "TRACE" && method !== "CONNECT";
    if (!isForPages) throw new HttpError(405, "no method for a page", { Allow: ALLOWED });
    if (method === "OPTIONS") response.header("Allow", ALLOWED);
    if (path === "/cookie") sendLines(response, cookiesOf(request), "=");
    else request.readBody(new Echo(request, response, limits));
  };
}

function sendLines(
  response: HttpResponse,
  pairs: Iterable<readonly [string, string]>,
  separator: string,
): void {
  const text = [...pairs].map(([name, value]) => `${name}${separator}${value}\n`).join("");
  // In a head each character is a byte, whatever it may mean: so they go back.
  response.header("Content-Type", "text/plain").send(Uint8Array.from(text, (byte) => byte.charCodeAt(0)));
}

/** One body on its way back: gathered first, then written as it comes. */
class Echo implements BodyReader {
  readonly #request: HttpRequest;
  readonly #response: HttpResponse;
  readonly #limits: EchoLimits;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #isWriting = false;
  /** Bytes written since there was no room any more. */
  #waiting = 0;

  /** @throws HttpError 413 if the body is going to be too long */
  constructor(request: HttpRequest, response: HttpResponse, limits: EchoLimits) {
    this.#request = request;
    this.#response = response;
    this.#limits = limits;
    this.#check(this.#contentLength ?? 0);
  }

  onData(bytes: Uint8Array): void {
    this.#length += bytes.length;
    this.#check(this.#length);
    // The server reads the next bytes into the same memory.
    const piece = bytes.slice();
    if (this.#isWriting) {
      this.#write(piece);
      return;
    }
    this.#pieces.push(piece);
    if (this.#length > this.#limits.gathered) this.#begin();
  }

  onEnd(): void {
    if (this.#isWriting) this.#response.end();
    else if (this.#length === 0 && this.#request.path === "/echo")
      sendLines(this.#response, this.#request.fields, ": ");
    else {
      this.#tellType();
      this.#response.send(this.#length === 0 ? "" : joined(this.#pieces, this.#length));
    }
  }

  get #contentLength(): number | undefined {
    const length = this.#request.header("content-length");
    return length === undefined ? undefined : Number(length);
  }

  #check(length: number): void {
    const { body } = this.#limits;
    if (length > body) throw new HttpError(413, `a body of more than ${body} bytes`);
  }

  #begin(): void {
    this.#isWriting = true;
    this.#tellType();
    this.#response.length = this.#contentLength;
    this.#response.onDrain = () => {
      this.#waiting = 0;
      this.#request.resume();
    };
    for (const piece of this.#pieces) this.#write(piece);
    this.#pieces = [];
  }

  #write(piece: Uint8Array): void {
    if (this.#response.write(piece)) return;
    this.#waiting += piece.length;
    if (this.#waiting > this.#limits.waiting) this.#request.pause();
  }

  #tellType(): void {
    const type = this.#request.header("content-type");
    if (type !== undefined) this.#response.header("Content-Type", type);
  }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
