import { decodeUtf8 } from "../../host/index.js";
import { decodeBody } from "../server/decode-body.js";
import { HttpError } from "../server/http-error.js";
import type { HttpRequest } from "../server/request.js";
import { parseMediaType } from "../message/media-type.js";
import { FORM_LIMITS, type FormLimits } from "./form-limits.js";
import { MultipartParser } from "./multipart-parser.js";
import { boundaryOf, type PartHead } from "./part-head.js";
import { parseUrlEncoded } from "./urlencoded.js";

/** A file that came with a form. */
export interface FormFile {
  /** What the client calls it, without folders; never to be trusted. Empty where no file was chosen. */
  readonly fileName: string;
  readonly contentType: string;
  readonly bytes: Uint8Array;
}

export type FormEntry = readonly [name: string, value: string | FormFile];

/** What a form was filled in with, in its order. */
export class Form {
  readonly entries: readonly FormEntry[];

  constructor(entries: readonly FormEntry[]) {
    this.entries = entries;
  }

  /** The first text with this name. */
  get(name: string): string | undefined {
    return this.getAll(name)[0];
  }

  /** The texts with this name. */
  getAll(name: string): string[] {
    return this.values(name).filter((value) => typeof value === "string");
  }

  /** The first file with this name. */
  file(name: string): FormFile | undefined {
    return this.files(name)[0];
  }

  /** The files with this name. */
  files(name: string): FormFile[] {
    return this.values(name).filter((value) => typeof value !== "string");
  }

  has(name: string): boolean {
    return this.values(name).length > 0;
  }

  private values(name: string): (string | FormFile)[] {
    return this.entries.filter(([each]) => each === name).map(([, value]) => value);
  }
}

/** The query of a request, read as a form: of "/search?q=a+b" `get("q")` is "a b". */
export function queryOf(request: HttpRequest, limits: FormLimits = FORM_LIMITS): Form {
  return new Form(parseUrlEncoded(request.query ?? "", limits.fields));
}

/**
 * The form in a request's body, which is there as a whole: application/x-www-form-urlencoded or multipart/form-data.
 * Larger ones are read as they arrive: see `readForm`.
 *
 * @throws HttpError 415 if it is neither, 400 if it is malformed, 413 if it has too many fields
 *
 * @example
 * server.post("/login", (request, response) => {
 *   const form = formOf(request);
 *   response.status = check(form.get("user"), form.get("password")) ? 204 : 403;
 *   response.send();
 * });
 */
export function formOf(request: HttpRequest, limits: FormLimits = FORM_LIMITS): Form {
  const contentType = request.header("content-type") ?? "";
  const boundary = boundaryOf(contentType);
  if (boundary !== undefined) return parseMultipart(request.body, boundary, limits);
  if (parseMediaType(contentType)?.type !== "application/x-www-form-urlencoded")
    throw new HttpError(415, "a body that is no form");
  const { fields } = limits;
  const entries = parseUrlEncoded(decodeUtf8(request.body, "lossy"), fields + 1);
  if (entries.length > fields) throw new HttpError(413, `a form of more than ${fields} fields`);
  return new Form(entries);
}

function parseMultipart(body: Uint8Array, boundary: string, limits: FormLimits): Form {
  const entries: FormEntry[] = [];
  let part: PartHead | undefined;
  let content = body.subarray(0, 0);
  const parser = new MultipartParser(
    boundary,
    {
      onPart(head) {
        part = head;
        content = body.subarray(0, 0);
      },
      onData(bytes) {
        // A part of a body that is pushed in one piece comes in one piece.
        content = bytes;
      },
      onPartEnd() {
        const { name, fileName, contentType } = part!;
        const isFile = fileName !== undefined;
        entries.push([
          name,
          isFile ? { fileName, contentType, bytes: content } : decodeBody(content, contentType),
        ]);
      },
      onEnd: () => undefined,
      onRefusal({ status, detail }) {
        throw new HttpError(status, detail);
      },
    },
    limits,
  );
  parser.push(body);
  parser.end();
  return new Form(entries);
}
