import type { Resource } from "./resource.js";

/**
 * Bytes in memory, which must not change.
 *
 * @example
 * server.get("/log.csv", (request, response) => {
 *   const bytes = encodeUtf8(log.toCsv());
 *   sendResource(request, response, new BytesResource(bytes, { contentType: "text/csv", etag: etagOf(bytes) }));
 * });
 */
export class BytesResource implements Resource {
  readonly length: number;
  readonly contentType: string;
  readonly etag: string | undefined;
  readonly lastModified: number | undefined;
  readonly gzip: Resource | undefined;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, about: Pick<Resource, "contentType" | "etag" | "lastModified" | "gzip">) {
    this.#bytes = bytes;
    this.length = bytes.length;
    this.contentType = about.contentType;
    this.etag = about.etag;
    this.lastModified = about.lastModified;
    this.gzip = about.gzip;
  }

  read(position: number, buffer: Uint8Array): number {
    const count = Math.min(buffer.length, this.length - position);
    buffer.set(this.#bytes.subarray(position, position + count));
    return count;
  }
}
