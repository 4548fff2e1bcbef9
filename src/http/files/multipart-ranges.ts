import { encodeUtf8 } from "../../host/index.js";
import type { BodySource } from "../message/body-stream.js";
import type { ByteRange } from "./range.js";
import { ResourceBody } from "./resource-body.js";
import type { Resource } from "./resource.js";

/** Several ranges of a resource, as a body of type multipart/byteranges (RFC 9110 §14.6). */
export class MultipartRanges implements BodySource {
  readonly length: number;
  readonly #resource: Resource;
  readonly #ranges: readonly ByteRange[];
  readonly #boundary: string;
  #index = 0;
  /** What stands between ranges: being sent while there is some left. */
  #text: Uint8Array;
  #range: ResourceBody | undefined;

  constructor(resource: Resource, ranges: readonly ByteRange[], boundary: string) {
    this.#resource = resource;
    this.#ranges = ranges;
    this.#boundary = boundary;
    let length = 0;
    for (let index = 0; index <= ranges.length; index++) {
      const range = ranges[index];
      length += this.delimiter(index).length + (range === undefined ? 0 : range.end - range.start);
    }
    this.length = length;
    this.#text = this.delimiter(0);
  }

  get contentType(): string {
    return `multipart/byteranges; boundary=${this.#boundary}`;
  }

  read(buffer: Uint8Array): number {
    for (;;) {
      if (this.#text.length > 0) {
        const count = Math.min(this.#text.length, buffer.length);
        buffer.set(this.#text.subarray(0, count));
        this.#text = this.#text.subarray(count);
        return count;
      }
      const range = this.#ranges[this.#index];
      if (range === undefined) return 0;
      this.#range ??= new ResourceBody(this.#resource, range);
      const count = this.#range.read(buffer);
      if (count > 0) return count;
      this.#range = undefined;
      this.#text = this.delimiter(++this.#index);
    }
  }

  close(): void {
    this.#resource.close?.();
  }

  /** The text before the range at `index`, or behind the last one. */
  private delimiter(index: number): Uint8Array {
    const range = this.#ranges[index];
    const start = index === 0 ? "--" : "\r\n--";
    if (range === undefined) return encodeUtf8(`${start}${this.#boundary}--\r\n`);
    const { contentType, length } = this.#resource;
    return encodeUtf8(
      `${start}${this.#boundary}\r\nContent-Type: ${contentType}\r\n` +
        `Content-Range: ${contentRange(range, length)}\r\n\r\n`,
    );
  }
}

/** Value of Content-Range. @param range undefined if none could be satisfied @param length bytes of the whole */
export function contentRange(range: ByteRange | undefined, length: number): string {
  return `bytes ${range === undefined ? "*" : `${range.start}-${range.end - 1}`}/${length}`;
}
