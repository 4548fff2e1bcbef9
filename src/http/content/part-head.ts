import { Pattern, decodeUtf8 } from "../../host/index.js";
import { parseFieldSection } from "../message/field-section.js";
import type { Fields } from "../message/fields.js";
import { parseMediaType, parseParameters } from "../message/media-type.js";
import { badRequest, Refusal } from "../message/refusal.js";
import { latin1Text } from "../message/charset.js";

/** Field lines of a part's head; two are in use. */
const MAX_PART_FIELDS = 8;

/** RFC 2046 §5.1.1. */
const MAX_BOUNDARY = 70;

const BEYOND_ASCII = new Pattern(() => /[\x80-\xff]/);

/** What a part of a form says about itself (RFC 7578 §4). */
export interface PartHead {
  readonly name: string;
  /** The last segment of what the client calls the file, never to be trusted; undefined if the part is none. */
  readonly fileName: string | undefined;
  /** "text/plain" if the part does not say. */
  readonly contentType: string;
  readonly fields: Fields;
}

/** The boundary that a Content-Type names; undefined if it is not that of a form, or has none. */
export function boundaryOf(contentType: string): string | undefined {
  const media = parseMediaType(contentType);
  const boundary = media?.type === "multipart/form-data" ? media.parameters.get("boundary") : undefined;
  if (boundary === undefined || boundary === "" || boundary.length > MAX_BOUNDARY) return undefined;
  return BEYOND_ASCII.regexp.test(boundary) ? undefined : boundary;
}

/** Reads a part's head, with the empty line that ends it. */
export function parsePartHead(bytes: Uint8Array): PartHead | Refusal {
  const fields = parseFieldSection(`\r\n${latin1Text(bytes)}`, MAX_PART_FIELDS);
  if (fields instanceof Refusal) return fields;
  const disposition = fields.get("content-disposition") ?? "";
  const semicolon = disposition.indexOf(";");
  const type = disposition.slice(0, semicolon).trim().toLowerCase();
  const parameters = type === "form-data" ? parseParameters(disposition.slice(semicolon)) : undefined;
  const name = parameters?.get("name");
  if (parameters === undefined || name === undefined) return badRequest("a part of a form without a name");
  // RFC 7578 §4.7: nobody encodes parts any more; one that is encoded would be taken for what it is not.
  const encoding = fields.getLower("content-transfer-encoding") ?? "binary";
  if (encoding === "base64" || encoding === "quoted-printable")
    return badRequest(`a part of a form in ${encoding}`);
  const fileName = parameters.get("filename");
  return {
    name: decodeName(name),
    fileName: fileName === undefined ? undefined : withoutFolders(decodeName(fileName)),
    contentType: fields.get("content-type") ?? "text/plain",
    fields,
  };
}

/** Names are UTF-8 (RFC 7578 §5.1), with three characters escaped by browsers (WHATWG HTML §4.10.21.8). */
function decodeName(text: string): string {
  const name = BEYOND_ASCII.regexp.test(text)
    ? decodeUtf8(
        Uint8Array.from(text, (character) => character.charCodeAt(0)),
        "lossy",
      )
    : text;
  return name.replace(/%22/g, '"').replace(/%0d/gi, "\r").replace(/%0a/gi, "\n");
}

/** RFC 7578 §4.2: a path in the name of a file is not for the server. */
function withoutFolders(fileName: string): string {
  return fileName.slice(Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\")) + 1);
}
