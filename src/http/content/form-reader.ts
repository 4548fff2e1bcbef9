import type { NetworkError } from "../../error/index.js";
import type { BodyReader } from "../message/body-stream.js";
import { HttpError } from "../server/http-error.js";
import type { HttpRequest } from "../server/request.js";
import { FORM_LIMITS, type FormLimits } from "./form-limits.js";
import { MultipartParser, type MultipartEvents } from "./multipart-parser.js";
import { boundaryOf } from "./part-head.js";

/** Takes the parts of a form as they arrive. */
export interface FormReader extends Omit<MultipartEvents, "onRefusal"> {
  /** It is malformed (HttpError 400) or too large (413), or the client has gone (NetworkError). Nothing follows. */
  onError(error: HttpError | NetworkError): void;
}

/**
 * Reads multipart/form-data as it arrives, on a route with `{ body: "stream" }`; on others it comes when it is whole.
 * `request.pause` and `resume` slow the client down.
 *
 * @throws HttpError 415 if the request has no such body; what `request.readBody` throws
 *
 * @example
 * server.post("/firmware", (request, response) => {
 *   readForm(request, {
 *     onPart: ({ name }) => { if (name === "image") flash.erase(); },
 *     onData: (bytes) => flash.write(bytes),
 *     onPartEnd: () => flash.close(),
 *     onEnd: () => response.send("done"),
 *     onError: (error) => response.problem(error instanceof HttpError ? error.status : 400, error.message),
 *   });
 * }, { body: "stream", maxBody: 1_048_576 });
 */
export function readForm(request: HttpRequest, reader: FormReader, limits: FormLimits = FORM_LIMITS): void {
  const boundary = boundaryOf(request.header("content-type") ?? "");
  if (boundary === undefined) throw new HttpError(415, "a body that is no form in parts");
  request.readBody(new FormBodyReader(boundary, reader, limits));
}

class FormBodyReader implements BodyReader {
  readonly #reader: FormReader;
  readonly #parser: MultipartParser;
  #failed = false;

  constructor(boundary: string, reader: FormReader, limits: FormLimits) {
    this.#reader = reader;
    this.#parser = new MultipartParser(
      boundary,
      {
        onPart: (head) => reader.onPart(head),
        onData: (bytes) => reader.onData(bytes),
        onPartEnd: () => reader.onPartEnd(),
        // The reader hears of it when the body has ended, too, so that its answer comes behind the whole request.
        onEnd: () => undefined,
        onRefusal: ({ status, detail }) => this.fail(new HttpError(status, detail)),
      },
      limits,
    );
  }

  onData(bytes: Uint8Array): void {
    this.#parser.push(bytes);
  }

  onEnd(): void {
    this.#parser.end();
    if (!this.#failed) this.#reader.onEnd();
  }

  onError(error: NetworkError): void {
    if (!this.#failed) this.fail(error);
  }

  private fail(error: HttpError | NetworkError): void {
    this.#failed = true;
    this.#reader.onError(error);
  }
}
