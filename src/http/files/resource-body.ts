import { NetworkError } from "../../error/index.js";
import type { BodySource } from "../message/body-stream.js";
import type { ByteRange } from "./range.js";
import type { Resource } from "./resource.js";

/** Some of a resource's bytes, as the body of a response. */
export class ResourceBody implements BodySource {
  readonly #resource: Resource;
  readonly #end: number;
  #position: number;
  readonly length: number;

  constructor(resource: Resource, { start, end }: ByteRange) {
    this.#resource = resource;
    this.#position = start;
    this.#end = end;
    this.length = end - start;
  }

  get contentType(): string {
    return this.#resource.contentType;
  }

  read(buffer: Uint8Array): number {
    const left = this.#end - this.#position;
    if (left === 0) return 0;
    const count = this.#resource.read(
      this.#position,
      left < buffer.length ? buffer.subarray(0, left) : buffer,
    );
    // Its length was promised: what comes next must not be taken for the rest.
    if (count === 0)
      throw new NetworkError("ECONNABORTED", "read resource", undefined, "it has become shorter");
    this.#position += count;
    return count;
  }

  close(): void {
    this.#resource.close?.();
  }
}
