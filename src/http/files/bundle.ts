import { encodeUtf8, type EncodeUtf8 } from "../../host/index.js";
import { contentTypeOf } from "../content/content-types.js";
import { BytesResource } from "./bytes-resource.js";
import { etagOf } from "./etag-of.js";
import type { Resource, ResourceSource } from "./resource.js";

/** A file of a bundle: its content alone, or with what is known about it. */
export type BundledFile = string | Uint8Array | BundledFileOptions;

export interface BundledFileOptions {
  /** Text is sent as UTF-8. Bytes are not copied and must not change. */
  readonly content: string | Uint8Array;
  /** The same, compressed with gzip by whoever made the bundle. */
  readonly gzip?: Uint8Array;
  /** Absent: by the ending of the name. */
  readonly contentType?: string;
  /** With its quotes; the compressed one gets "-gzip" added. Absent: made from the content, byte by byte. */
  readonly etag?: string;
  /** Milliseconds since 1970. */
  readonly lastModified?: number;
}

/**
 * Files in memory, by path: "index.html", "img/logo.png". Nothing in it changes once it is made, so a module that makes it
 * can be preloaded: then it is made by the build, and lies in flash.
 *
 * @param encode the host's own encoder, where it has a faster one
 */
export function bundle(
  files: Readonly<Record<string, BundledFile>>,
  encode: EncodeUtf8 = encodeUtf8,
): ResourceSource {
  const resources = new Map<string, Resource>();
  for (const [path, file] of Object.entries(files)) resources.set(path, bundled(path, file, encode));
  return { find: (path) => resources.get(path) };
}

function bundled(path: string, file: BundledFile, encode: EncodeUtf8): Resource {
  if (typeof file === "string" || file instanceof Uint8Array) return bundled(path, { content: file }, encode);
  const { content, gzip, contentType = contentTypeOf(path), lastModified } = file;
  const bytes = typeof content === "string" ? encode(content) : content;
  const { etag = etagOf(bytes) } = file;
  const compressed =
    gzip &&
    new BytesResource(gzip, { contentType, etag: file.etag ? variantOf(etag) : etagOf(gzip), lastModified });
  return new BytesResource(bytes, { contentType, etag, lastModified, gzip: compressed });
}

/** Other bytes need another tag (RFC 9110 §8.8.3.3). */
function variantOf(etag: string): string {
  return `${etag.slice(0, -1)}-gzip"`;
}
